"""Find a school; its public page with the ways in."""

from collections.abc import Mapping

from latchkey.schools.find_school import search, the_school
from portal.system import system
from web.answer import Answer
from web.doors import Doors
from web.request import Request
from web.school_page import TEMPLATE, facts

routes = Doors(__name__, lambda: system().settings)
_LONGEST = 100


@routes.door("GET", "/", page="schools/find_school.html", public=True)
def front(request: Request) -> Answer:
    """The search box, with the first schools."""
    return schools(request)


@routes.door("GET", "/schools", page="schools/find_school.html", public=True)
def schools(request: Request) -> Answer:
    """Schools by name, town, postcode or URN."""
    text = request.query.get("q", "")[:_LONGEST]
    return Answer(data={"items": [_found(school) for school in search(system(), text)], "next": None}, context={"q": text})


@routes.door("GET", "/schools/{school}", page=TEMPLATE, public=True)
def school(request: Request, school: str) -> Answer:
    """The public page of a school."""
    found = the_school(system(), school)
    request.context["school"] = found
    return Answer(data=facts(found))


def _found(school: Mapping[str, str]) -> dict[str, str]:
    shown = {name: school[name] for name in ("slug", "name", "town", "postcode")}
    return shown | {"url": f"/schools/{school['slug']}"}
