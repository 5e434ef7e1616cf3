"""Rosters: which column of a table is which."""

from typing import Any

from console.lists import only
from console.rosters import preview_json, roster_json
from console.rosters_undo import undo_json
from console.system import system
from latchkey.errors import Conflict, Invalid
from latchkey.rosters.ask_to_undo import undoing_of
from latchkey.rosters.map_columns import map_columns
from latchkey.rosters.watch_roster import roster_of
from latchkey.shared.model.ids import new_id
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)


@routes.on("POST", "/admin/{school}/rosters/{id}/map", form="rosters/roster.html")
def choose_columns(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Say which column is which; the file is read and previewed again."""
    seen = admin(request, system(), school)
    columns, role = _asked(request)
    try:
        run, begun = map_columns(system(), school, seen.person, id, columns=columns, role=role)
    except (Invalid, Conflict):
        if request.wants_page:  # the same page again, with what is wrong
            found = roster_of(system(), school, id)
            data = preview_json(found) | {"undo": undo_json(undoing_of(system(), school, found.run))}
            request.context.update(data=data, key=new_id(system().now()))
        raise
    return Answer(data=roster_json(run), status=202 if begun else 200, location=f"/admin/{school}/rosters/{id}")


def _asked(request: Request) -> tuple[dict[str, Any], Any]:
    if request.is_form:
        columns = {name.removeprefix("columns."): value for name, value in request.fields.items() if name.startswith("columns.")}
        only((name for name in request.fields if not name.startswith("columns.")), ("role",))
        return columns, request.fields.get("role")
    only(request.fields, ("columns", "role"))
    found = request.fields.get("columns")
    if not isinstance(found, dict):
        raise Invalid("Nothing was changed.", fields={"columns": "Give an object: a field for the place of each column."})
    return found, request.fields.get("role")
