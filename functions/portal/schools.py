"""Find a school; its public page with the ways in."""

from collections.abc import Mapping
from typing import Any

from latchkey.schools.find_school import search, the_school, ways_in
from latchkey.schools.model.school import School
from portal.system import system
from web.answer import Answer
from web.doors import Doors
from web.request import Request

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


@routes.door("GET", "/schools/{school}", page="schools/school.html", public=True)
def school(request: Request, school: str) -> Answer:
    """The public page of a school."""
    found = the_school(system(), school)
    request.context["school"] = found
    return Answer(data=facts(found))


def facts(school: School) -> dict[str, Any]:
    """What anybody may know of a school."""
    path = f"/schools/{school.slug}"
    ways: list[dict[str, Any]] = []
    for way in ways_in(school):
        if way.sso is not None:
            url = way.sso.url if way.sso.url.startswith("https://") else ""
            ways.append({"kind": "single_sign_on", "roles": way.roles, "label": way.sso.label, "url": url, "help": way.sso.help})
        else:
            ways.append(
                {"kind": "password", "roles": way.roles, "url": f"{path}/sessions", "forgot_password": f"{path}/forgot-password"}
            )
    return {
        "slug": school.slug,
        "name": school.name,
        "town": school.town,
        "postcode": school.postcode,
        "notice": school.settings.notice,
        "help": school.settings.help_line,
        "ways": ways,
        "redeem": f"{path}/redeem",
    }


def _found(school: Mapping[str, str]) -> dict[str, str]:
    shown = {name: school[name] for name in ("slug", "name", "town", "postcode")}
    return shown | {"url": f"/schools/{school['slug']}"}
