"""Drafts as the API and their pages show them."""

from collections.abc import Sequence
from typing import Any, Final

from console.sends.sends import dry_run_json
from console.system import system
from latchkey.schools.model.school import School
from latchkey.schools.model.settings_rules import in_words as life_in_words
from latchkey.schools.name_people import names_of
from latchkey.sends.check_draft import Checked, check_draft
from latchkey.sends.model.draft import Draft
from latchkey.sends.model.send import Selection
from latchkey.sends.name_sends import name_selections
from latchkey.sign_in.session import SignedIn
from web.times import rfc3339

PICKS: Final = {"no_password": "again", "cancelled": "rest", "refused": "refused"}


def drafts_json(drafts: Sequence[Draft], school: School) -> list[dict[str, Any]]:
    """Drafts as the API shows them, by their names."""
    names = name_selections(system(), school, [(each.selection, each.kind, each.whom) for each in drafts])
    return [
        {
            "id": draft.id,
            "kind": draft.kind,
            "name": name,
            "select": select_json(draft.selection),
            "skip_signed_in": draft.selection.skip_signed_in,
            "skip_sent_within": draft.selection.skip_sent_within,
            "scheduled_for": rfc3339(draft.start_at),
            "created_at": rfc3339(draft.created_at),
            "created_by": draft.created_by,
            "changed_at": rfc3339(draft.changed_at),
            "changed_by": draft.changed_by,
            "kept": draft.kept,
            "ends_at": rfc3339(draft.ends_at),
            "revision": draft.revision,
        }
        for draft, name in zip(drafts, names, strict=True)
    ]


def draft_json(draft: Draft, school: School) -> dict[str, Any]:
    """One draft."""
    return drafts_json([draft], school)[0]


def checked_json(draft: Draft, seen: SignedIn) -> tuple[dict[str, Any], Checked]:
    """A draft with what sending it would do now, and that."""
    found = check_draft(system(), seen.school, seen.person, draft)
    named = draft_json(draft, seen.school)
    tried = dry_run_json(
        found.tried,
        seen,
        draft.selection,
        draft.start_at,
        kind=draft.kind,
        name="" if draft.whom else named["name"],
        expected=found.expected,
    )
    shown = {
        **named,
        "dry_run": tried,
        "done_at": rfc3339(found.done_at),
        "was": {"total": found.before.total, "to_send": found.before.to_send} if found.before is not None else None,
    }
    return shown, found


def select_json(selection: Selection) -> dict[str, Any]:
    """Who is meant, as a request's ``select``; of earlier sends by the name of the button, of ticked people their number."""
    if selection.is_from_sends:
        which = {"send": selection.source, "domain": selection.domain}
        return {PICKS.get(selection.pick or "", "refused"): {name: value for name, value in which.items() if value}}
    if selection.contacts is not None:
        return {"contacts": selection.contacts}
    if selection.chosen is not None:
        return {"chosen": selection.count}
    return {"filter": dict(selection.filter)} if selection.filter is not None else {"ids": list(selection.ids)}


def lives(school: School) -> dict[str, str]:
    """How long links work, in words."""
    return {"welcome": life_in_words(school.settings.welcome_life), "reset": life_in_words(school.settings.reset_life)}


def authors(drafts: Sequence[Draft], school: School) -> dict[str, str]:
    """The names of those who began them."""
    return dict(names_of(system(), school, (draft.created_by for draft in drafts)))
