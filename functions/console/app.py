"""The console's Chalice app: one blueprint for each use case."""

from console import audit, codes, control, exports, overview, people, preview, recipients, rosters, sends, settings
from web.doors import new_app

app = new_app(
    "console",
    overview.routes,
    people.routes,
    preview.routes,
    sends.routes,
    recipients.routes,
    control.routes,
    exports.routes,
    codes.routes,
    rosters.routes,
    audit.routes,
    settings.routes,
)
