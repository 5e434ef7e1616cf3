"""Undo an applied roster, for a week."""

from typing import Any

from console.lists import only
from console.system import system
from latchkey.errors import Invalid
from latchkey.rosters.ask_to_undo import Undoing, ask_to_undo, undoing_of
from latchkey.rosters.model.undo import COUNTS, Kept
from latchkey.shared.model.in_words import in_a_row
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)
_WORDS = {
    "in_use": "uses the account already, so it was kept",
    "edited": "was changed since, so the account was kept",
    "linked": "was linked with somebody since, so the account was kept",
    "admin": "is an admin by now",
    "confirmed": "has set a password with a link that went to this address",
    "taken": "somebody else has it by now",
    "changed": "was changed since",
}
_FIELDS = {"given_name": "first name", "family_name": "last name", "upn": "UPN", "mis_id": "MIS id", "email": "e-mail"}


@routes.on("POST", "/admin/{school}/rosters/{id}/undo")
def undo(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Undo a roster; asking again changes nothing. A form says with a tick that it is meant."""
    seen = admin(request, system(), school)
    only(request.fields, ("confirm",) if request.is_form else ())
    if request.is_form and not request.flag("confirm"):
        raise Invalid("Nothing was undone.", fields={"confirm": "Tick that this roster is to be undone."})
    run, begun = ask_to_undo(system(), school, seen.person, id)
    data = {"id": run.id, "undo": undo_json(undoing_of(system(), school, run))}
    return Answer(data=data, status=202 if begun else 200, location=f"/admin/{school}/rosters/{id}")


def undo_json(undoing: Undoing) -> dict[str, Any] | None:
    """The undoing of a roster as the API shows it; null where it never could be undone."""
    if undoing.until is None:
        return None
    begun = undoing.undo
    return {
        "until": rfc3339(undoing.until),
        "possible": undoing.can,
        "later_rosters": undoing.later,
        "state": begun.state if begun else None,
        "progress": {"done": begun.done, "total": begun.total} if begun else None,
        "counts": {name: begun.counts.get(name, 0) for name in COUNTS} if begun else None,
        "at": rfc3339(begun.at) if begun else None,
        "finished_at": rfc3339(begun.finished_at) if begun else None,
        "kept": [_kept(each, undoing) for each in undoing.kept],
    }


def _kept(kept: Kept, undoing: Undoing) -> dict[str, Any]:
    person = undoing.people.get(kept.person)
    names = [_FIELDS.get(name, name.replace("_", " ")) for name in kept.fields]
    text = f"{in_a_row(names)}: {_WORDS[kept.why]}" if names else _WORDS[kept.why]
    return {
        "person": kept.person,
        "name": person.name if person else None,
        "why": kept.why,
        "fields": [*kept.fields],
        "text": text[:1].upper() + text[1:],
    }
