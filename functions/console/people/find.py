"""Find a person, from every page of the console: one who was surely meant opens, several are a list."""

from typing import Any, Final

from console.lists import only
from console.people.asking import list_of
from console.people.people import brief
from console.system import system
from latchkey.people.model.people_filter import parse
from latchkey.roll.find_people import Found, find_people
from latchkey.schools.model.school import School
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)
_SHOWN: Final = 50


@routes.on("POST", "/admin/{school}/people/find")
def find(request: Request, school: str) -> Answer:
    """Who is found by what was typed."""
    seen = admin(request, system(), school)
    only(request.fields, ("q",))
    typed = request.text("q", longest=100, required=not request.is_form)
    found = find_people(system(), school, typed)
    one = found.the_one
    location = f"/admin/{school}/people/{one.id}" if one is not None else list_of(parse({"q": typed}), school)
    return Answer(data=_found_json(found, seen.school, location), location=location if request.wants_page else None)


def _found_json(found: Found, school: School, location: str) -> dict[str, Any]:
    return {
        "items": [brief(each, school) for each in found.people[:_SHOWN]],
        "count": len(found.people),
        "the_one": found.the_one.id if found.the_one else None,
        "near": [{"name": each.name, "count": each.people} for each in found.near],
        "path": location,
    }
