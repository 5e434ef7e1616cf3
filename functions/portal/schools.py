"""Find a school; its public page with the ways in."""

from collections.abc import Mapping

from latchkey.errors import Invalid
from latchkey.schools.find_school import search
from latchkey.shared.model.texts import said
from portal.of_school import of_school
from portal.system import system
from web.answer import Answer, problem_of
from web.request import Request
from web.route_group import RouteGroup
from web.school_page import TEMPLATE

routes = RouteGroup(__name__, lambda: system().settings)
_LONGEST = 100
_FEW = 8
"""So many schools a page lists before anybody has searched."""


@routes.on("GET", "/", page="schools/find_school.html", public=True)
def front(request: Request) -> Answer:
    """The search box, with the first schools."""
    return schools(request)


@routes.on("GET", "/schools", page="schools/find_school.html", public=True)
def schools(request: Request) -> Answer:
    """Schools by name, town, postcode or URN."""
    text = request.query.get("q", "")
    if len(text) > _LONGEST:
        wrong = Invalid(
            said("The search is too long."),
            fields={"q": said("Search for a text of at most {count} characters.", count=_LONGEST)},
        )
        if not request.wants_page:
            raise wrong
        again = {"q": text[:_LONGEST], "many": False, "problem": problem_of(422, wrong)}  # the box again, with what is wrong
        return Answer(data={"items": [], "next": None}, status=422, context=again)
    found = [_found(school) for school in search(system(), text)]
    many = request.wants_page and not text.strip() and len(found) > _FEW
    return Answer(data={"items": [] if many else found, "next": None}, context={"q": text, "many": many})


@routes.on("GET", "/schools/{school}", page=TEMPLATE, public=True)
def school(request: Request, school: str) -> Answer:
    """The public page of a school."""
    _, data = of_school(request, school)
    return Answer(data=data)


def _found(school: Mapping[str, str]) -> dict[str, str]:
    shown = {name: school[name] for name in ("slug", "name", "town", "postcode")}
    return shown | {"url": f"/schools/{school['slug']}"}
