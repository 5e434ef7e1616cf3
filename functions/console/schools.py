"""A school's settings."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from console.lists import only
from console.system import system
from latchkey.mail.messages.notices import SETTINGS, value_in_words
from latchkey.people.model.person import ROLES
from latchkey.schools import decide_settings
from latchkey.schools.change_settings import change_settings, logo_in_page
from latchkey.schools.model.guard import waiting_now
from latchkey.schools.model.school import School, as_values
from latchkey.schools.model.school import Settings as SchoolSettings
from latchkey.schools.model.settings_rules import FAMILY, LIVES, NAMES, UNITS, in_words, unit_of
from latchkey.schools.model.waiting import Waiting
from latchkey.schools.publish_page import publish_page
from latchkey.shared.model.languages import LANGUAGES
from latchkey.wiring import Wiring
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.school_page import school_page
from web.times import rfc3339
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)
_COUNT: Final = re.compile("[0-9]{1,6}")


@routes.on("GET", "/admin/{school}/settings", page="schools/settings.html")
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
    values = _from_form(request.fields) if request.is_form else dict(request.fields)
    if not request.is_form:
        values.pop("waiting", None)  # what was got can be put back
    found = change_settings(system(), seen.school, seen.person, values)
    publish_page(system(), seen.school.slug, school_page)
    said = "waits" if found.asked else "saved"
    data, status = _json(found.settings, found.waiting), 202 if found.asked else 200
    return Answer(data=data, status=status, location=f"/admin/{school}/settings?{said}=1")


for method in ("PUT", "POST"):  # browsers can only post
    routes.on(method, "/admin/{school}/settings", page="schools/settings.html", form="schools/settings.html")(put)


_WAITING: Final = "/admin/{school}/settings/waiting/{id}"
_SAID: Final = ("saved", "waits", "approved", "declined", "withdrawn")


@routes.on("POST", f"{_WAITING}/approve", form="schools/settings.html")
def approve(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Agree to a change of settings that another admin has asked for."""
    return _decided(request, school, id, decide_settings.approve, "approved")


@routes.on("POST", f"{_WAITING}/decline", form="schools/settings.html")
def decline(request: Request, school: str, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Refuse it."""
    return _decided(request, school, id, decide_settings.decline, "declined")


@routes.on("POST", f"{_WAITING}/withdraw", form="schools/settings.html")
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
    """What the page needs, also if the change is refused."""
    lives = [
        (name, NAMES[name], *unit_of(getattr(school.settings, name)), f"{in_words(shortest)} to {in_words(longest)}.")
        for name, (shortest, longest) in LIVES.items()
    ]
    request.context.update(
        data=_json(school.settings, waiting_now(school, system().now())),
        lives=lives,
        units=list(UNITS),
        roles=ROLES,
        languages=list(LANGUAGES.values()),
        logo=logo_in_page(system(), school) if request.wants_page else "",
        **dict.fromkeys(_SAID, False),
    )


def _from_form(fields: Mapping[str, str]) -> dict[str, Any]:
    """The form's fields as settings: a number and a unit are a life, ticked boxes are roles."""
    values: dict[str, Any] = {}
    sso: dict[str, Any] = {"roles": [role for role in ROLES if f"sso.roles.{role}" in fields]}
    for name, text in fields.items():
        if name in LIVES:
            unit = UNITS.get(fields.get(f"{name}.unit", ""))
            values[name] = int(text) * unit if unit and _COUNT.fullmatch(text.strip()) else text
        elif name.startswith("sso.") and not name.startswith("sso.roles."):
            sso[name.removeprefix("sso.")] = text.strip()
        elif not name.endswith(".unit") and not name.startswith(("sso.roles.", "approval.", "words.", "phones.", "family.")):
            values[name] = text
    if values.pop("logo_remove", None):
        values["logo_png"] = ""
    elif not values.get("logo_png"):
        values.pop("logo_png", None)  # no other logo was chosen
    return values | {"sso": sso} | _groups_of(fields)


def _groups_of(fields: Mapping[str, str]) -> dict[str, Any]:
    """The groups of settings that a form has: a box that is not ticked is not sent, so another field says that they are there."""
    values: dict[str, Any] = {}
    words = {name.removeprefix("words."): text for name, text in fields.items() if name.startswith("words.")}
    if words:
        values["words"] = words
    if "approval.above" in fields:
        above = fields["approval.above"].strip().replace(",", "")
        most = int(above) if _COUNT.fullmatch(above) else above or None
        values["approval"] = {"above": most, "staff": "approval.staff" in fields}
    if "family.parent_code_from" in fields:
        flags = {name: f"family.{name}" in fields for name in FAMILY if name != "parent_code_from"}
        values["family"] = {**flags, "parent_code_from": fields["family.parent_code_from"].strip()}
    if "phones.alone" in fields:
        roles = [role for role in ROLES if f"phones.roles.{role}" in fields]
        values["phones"] = {"roles": roles, "alone": fields["phones.alone"] == "on"}
    return values
