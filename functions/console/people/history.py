"""The time line of a person."""

from typing import Any

from console.system import system
from latchkey.records.history import History
from latchkey.records.history import history as look
from latchkey.roll.model.roll import Roll
from latchkey.roll.name_people import names_in as names_by
from latchkey.roll.read_roll import read_roll
from latchkey.schools.model.school import School
from latchkey.shared.model.ids import is_id
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)


@routes.on("GET", "/admin/{school}/people/{id}/history", page="people/history.html")
def history(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """What is known to have happened to a person, newest first."""
    seen = admin(request, system(), school, beside=id)
    data = history_json(look(system(), seen.school, id, seen.beside))
    if not request.wants_page:
        return Answer(data=data)
    return Answer(data=data, context=names_in(seen.school, id, data, read_roll(system(), school, seen.school)))


def history_json(found: History) -> dict[str, Any]:
    """A time line as the API shows it."""
    items = [
        {"at": rfc3339(each.at), "what": each.what, "by": each.by or None, "detail": each.detail or None} for each in found.items
    ]
    return {"items": items, "complete": found.complete}


def names_in(school: School, person: str, history: dict[str, Any], roll: Roll) -> dict[str, Any]:
    """For the page: the names, as they are now, of those who did it, and of the person."""
    ids = {person, *(each["by"] for each in history["items"] if is_id(each["by"] or ""))}
    return {"names": names_by(roll, school, ids), "whose": person}
