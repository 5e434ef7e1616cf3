"""A school's settings: the list of what each page holds now, all of them by API, and what waits for a second admin."""

from collections.abc import Callable
from typing import Any, Final

from console.lists import only
from console.settings.form import values_of
from console.settings.parts import PARTS, lines
from console.system import system
from latchkey.mail.messages.notices import SETTINGS, value_in_words
from latchkey.schools import decide_settings
from latchkey.schools.change_settings import change_settings
from latchkey.schools.model.guard import waiting_now
from latchkey.schools.model.school import School, as_values
from latchkey.schools.model.school import Settings as SchoolSettings
from latchkey.schools.model.waiting import Waiting
from latchkey.schools.publish_page import publish_page
from latchkey.wiring import Wiring
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.school_page import school_page
from web.times import rfc3339
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)


@routes.on("GET", "/admin/{school}/settings", page="settings/list.html")
def settings(request: Request, school: str) -> Answer:
    """The settings as they are."""
    seen = admin(request, system(), school)
    _for_page(request, seen.school)
    said = {name: name in request.query for name in _SAID}
    return Answer(data=_json(seen.school.settings, waiting_now(seen.school, system().now())), context=said)


def put(request: Request, school: str) -> Answer:
    """Change settings; what is not named stays as it is. 202 if something of it waits for a second admin."""
    seen = admin(request, system(), school)
    _for_page(request, seen.school)
    values = values_of(request.fields) if request.is_form else dict(request.fields)
    if not request.is_form:
        values.pop("waiting", None)  # what was got can be put back
    found = change_settings(system(), seen.school, seen.person, values)
    publish_page(system(), seen.school.slug, school_page)
    said = "waits" if found.asked else "saved"
    data, status = _json(found.settings, found.waiting), 202 if found.asked else 200
    return Answer(data=data, status=status, location=f"/admin/{school}/settings?{said}=1")


for method in ("PUT", "POST"):  # browsers can only post
    routes.on(method, "/admin/{school}/settings", page="settings/list.html", form="settings/list.html")(put)


_WAITING: Final = "/admin/{school}/settings/waiting/{id}"
_SAID: Final = ("saved", "waits", "approved", "declined", "withdrawn")


@routes.on("POST", f"{_WAITING}/approve", form="settings/list.html")
def approve(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Agree to a change of settings that another admin has asked for."""
    return _decided(request, school, id, decide_settings.approve, "approved")


@routes.on("POST", f"{_WAITING}/decline", form="settings/list.html")
def decline(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Refuse it."""
    return _decided(request, school, id, decide_settings.decline, "declined")


@routes.on("POST", f"{_WAITING}/withdraw", form="settings/list.html")
def withdraw(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Take back one's own."""
    return _decided(request, school, id, decide_settings.withdraw, "withdrawn")


def _decided(request: Request, school: str, change: str, decide: Callable[..., SchoolSettings], said: str) -> Answer:
    seen = admin(request, system(), school)
    _for_page(request, seen.school)
    only(request.fields, ())
    settings = decide(system(), school, seen.person, change)
    publish_page(system(), school, school_page)
    return Answer(data=_json(settings, None), location=f"/admin/{school}/settings?{said}=1")


def _json(settings: SchoolSettings, waiting: Waiting | None) -> dict[str, Any]:
    """The settings in force; what waits for a second admin only where something does."""
    return as_values(settings) | ({"waiting": waiting_json(system(), waiting)} if waiting else {})


def waiting_json(system: Wiring, waiting: Waiting | None) -> list[dict[str, Any]]:
    """The changes that wait for a second admin, as the API shows them: none, or those of one request."""
    if waiting is None:
        return []
    changes = [
        {"setting": each.setting, "text": SETTINGS.get(each.setting, each.setting), "from": each.old, "to": each.new}
        | {"from_text": value_in_words(each.setting, each.old), "to_text": value_in_words(each.setting, each.new)}
        for each in waiting.changes
    ]
    times = {"asked_at": rfc3339(waiting.at), "lapses_at": rfc3339(waiting.until)}
    return [{"id": waiting.id, "asked_by": waiting.by, **times, "changes": changes}]


def _for_page(request: Request, school: School) -> None:
    """What the list needs, also if the change is refused."""
    request.context.update(
        data=_json(school.settings, waiting_now(school, system().now())),
        parts=[(page, part.title, lines(part, school.settings)) for page, part in PARTS.items()],
        page_of={name: page for page, part in PARTS.items() for name in part.names},
        **dict.fromkeys(_SAID, False),
    )
