"""The short pages of settings: each has its own fields, its own button, and says what was saved."""

from collections.abc import Mapping
from typing import Any, Final

from console.lists import only
from console.settings.form import context, values_of
from console.settings.parts import PARTS, SHOWN, Part
from console.settings.public_page import website
from console.settings.settings import waiting_json
from console.system import system
from latchkey.errors import NotFound
from latchkey.schools.change_settings import change_settings
from latchkey.schools.model.guard import waiting_now
from latchkey.schools.model.school import School, as_values
from latchkey.schools.model.school import Settings as SchoolSettings
from latchkey.schools.model.settings_in_words import changed_in_words
from latchkey.schools.model.waiting import Waiting
from latchkey.schools.publish_page import publish_page
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.school_page import school_page
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)
PATH: Final = "/admin/{school}/settings/{page}"
TEMPLATE: Final = "settings/page.html"


@routes.on("GET", PATH, page=TEMPLATE)
def show(request: Request, school: str, page: str) -> Answer:
    """One page of settings, as they are; after a change it says what was saved."""
    seen = admin(request, system(), school)
    part = the_part(page)
    only(request.query, ("saved", "waits", "in"))
    for_page(request, seen.school, page)
    done = {"saved": changed_in_words(request.query.get("saved", "")), "waits": "waits" in request.query}
    nothing = request.query.get("saved") == "" and not done["waits"]
    return Answer(
        data=part_json(part, seen.school.settings, waiting_now(seen.school, system().now())), context=done | {"nothing": nothing}
    )


@routes.on("POST", PATH, form=TEMPLATE)
def save(request: Request, school: str, page: str) -> Answer:
    """Change the settings of one page; 202 if something of it waits for a second admin."""
    seen = admin(request, system(), school)
    part = the_part(page)
    for_page(request, seen.school, page)
    found = change_settings(system(), seen.school, seen.person, _asked(request, part))
    publish_page(system(), seen.school.slug, school_page)
    data, status = part_json(part, found.settings, found.waiting), 202 if found.asked else 200
    waits = "&waits=1" if found.asked else ""
    return Answer(data=data, status=status, location=f"/admin/{school}/settings/{page}?saved={'.'.join(found.changed)}{waits}")


def _asked(request: Request, part: Part) -> Mapping[str, Any]:
    if request.is_form:
        return values_of(request.fields, part)
    only(request.fields, (*part.names, "waiting"))
    return {name: value for name, value in request.fields.items() if name != "waiting"}


def the_part(page: str) -> Part:
    """The page of this name."""
    if page not in PARTS:
        raise NotFound()
    return PARTS[page]


def part_json(part: Part, settings: SchoolSettings, waiting: Waiting | None) -> dict[str, Any]:
    """The settings of a page in force; what waits for a second admin only where something does."""
    values = as_values(settings)
    shown = {name: values[name] for name in ("logo" if name == "logo_png" else name for name in part.names)}
    return shown | ({"waiting": waiting_json(system(), waiting)} if waiting else {})


def for_page(request: Request, school: School, page: str) -> None:
    """What the page needs, also if the change is refused."""
    part = the_part(page)
    request.frames_own = bool(part.shows)
    request.context.update(
        data=part_json(part, school.settings, waiting_now(school, system().now())),
        page=page,
        part=part,
        shows=[(name, SHOWN[name].words) for name in part.shows],
        saved="",
        waits=False,
        nothing=False,
        **context(request, school, part),
    )
    if request.wants_page and page == "website":
        request.context.update(website(request, school))
