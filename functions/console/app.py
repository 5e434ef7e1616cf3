"""The console's Chalice app: one blueprint for each group of routes."""

from console import audit, closure, contacts, figures, people_emails, preflight, readiness, rosters, rosters_map, rosters_undo
from console.login_details import codes, exports
from console.people import (
    actions,
    address_changes,
    admins,
    confirmations,
    doubles,
    edit,
    everything,
    find,
    history,
    leaving,
    lost_factors,
    people,
    selecting,
    telephone,
)
from console.sends import control, draft_steps, drafts, mail, messages, preview, recipients, sends
from console.settings import pages as settings_pages
from console.settings import preview as settings_preview
from console.settings import settings
from console.sso import connections as sso_connections
from console.sso import provider as sso_provider
from web.app import new_app

app = new_app(
    "console",
    readiness.routes,
    figures.routes,
    closure.routes,
    preflight.routes,
    people.routes,
    people_emails.routes,
    confirmations.routes,
    edit.routes,
    actions.routes,
    leaving.routes,
    lost_factors.routes,
    admins.routes,
    address_changes.routes,
    doubles.routes,
    history.routes,
    everything.routes,
    find.routes,
    selecting.routes,
    telephone.routes,
    preview.routes,
    draft_steps.routes,
    drafts.routes,
    sends.routes,
    messages.routes,
    recipients.routes,
    control.routes,
    mail.routes,
    exports.routes,
    codes.routes,
    rosters.routes,
    rosters_map.routes,
    rosters_undo.routes,
    contacts.routes,
    audit.routes,
    settings.routes,
    settings_pages.routes,
    settings_preview.routes,
    sso_connections.routes,
    sso_provider.routes,
)
