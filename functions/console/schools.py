"""A school's settings."""

import re
from collections.abc import Mapping
from typing import Any, Final

from console.system import system
from latchkey.people.model.person import ROLES
from latchkey.schools.change_settings import as_values, change_settings, logo_in_page
from latchkey.schools.model.school import School
from latchkey.schools.model.settings_rules import LIVES, NAMES, UNITS, in_words, unit_of
from latchkey.schools.publish_page import publish_page
from latchkey.shared.model.languages import LANGUAGES
from web.answer import Answer
from web.doors import Doors
from web.request import Request
from web.school_page import school_page
from web.who import admin

routes = Doors(__name__, lambda: system().settings)
_COUNT: Final = re.compile("[0-9]{1,6}")


@routes.door("GET", "/admin/{school}/settings", page="schools/settings.html")
def settings(request: Request, school: str) -> Answer:
    """The settings as they are."""
    seen = admin(request, system(), school)
    _for_page(request, seen.school)
    return Answer(data=as_values(seen.school.settings), context={"saved": "saved" in request.query})


def put(request: Request, school: str) -> Answer:
    """Change settings; what is not named stays as it is."""
    seen = admin(request, system(), school)
    _for_page(request, seen.school)
    values = _from_form(request.fields) if request.is_form else request.fields
    changed = change_settings(system(), seen.school, seen.person, values)
    publish_page(system(), seen.school.slug, school_page)
    return Answer(data=as_values(changed), location=f"/admin/{school}/settings?saved=1")


for method in ("PUT", "POST"):  # browsers can only post
    routes.door(method, "/admin/{school}/settings", page="schools/settings.html", form="schools/settings.html")(put)


def _for_page(request: Request, school: School) -> None:
    """What the page needs, also if the change is refused."""
    lives = [
        (name, NAMES[name], *unit_of(getattr(school.settings, name)), f"{in_words(shortest)} to {in_words(longest)}.")
        for name, (shortest, longest) in LIVES.items()
    ]
    request.context.update(
        data=as_values(school.settings),
        lives=lives,
        units=list(UNITS),
        roles=ROLES,
        languages=list(LANGUAGES.values()),
        logo=logo_in_page(system(), school) if request.wants_page else "",
        saved=False,
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
        elif not name.endswith(".unit") and not name.startswith(("sso.roles.", "approval.")):
            values[name] = text
    if "approval.above" in fields:
        above = fields["approval.above"].strip().replace(",", "")
        most = int(above) if _COUNT.fullmatch(above) else above or None
        values["approval"] = {"above": most, "staff": "approval.staff" in fields}
    if values.pop("logo_remove", None):
        values["logo_png"] = ""
    elif not values.get("logo_png"):
        values.pop("logo_png", None)  # no other logo was chosen
    return values | {"sso": sso}
