"""Forms of settings as values of settings, and what their pages need to show them."""

import re
from collections.abc import Mapping
from typing import Any, Final

from console.settings.parts import Part
from console.settings.public_page import notice_in_words
from console.system import system
from latchkey.errors import Invalid
from latchkey.people.model.person import ROLES
from latchkey.schools.change_settings import logo_in_page
from latchkey.schools.model import colour
from latchkey.schools.model import settings_in_words as words
from latchkey.schools.model.school import School
from latchkey.schools.model.settings_rules import FAMILY, LIVES, NAMES, UNITS, in_words, unit_of
from latchkey.shared.model.languages import LANGUAGES
from web.request import Request

_COUNT: Final = re.compile("[0-9]{1,6}")
_GROUPED: Final = ("sso", "approval", "words", "phones", "family")
"""Settings with members: a box that is not ticked is not sent, so a form that has one of them has all of it."""


def values_of(fields: Mapping[str, str], part: Part | None = None) -> dict[str, Any]:
    """The fields of a form as settings: a number and a unit are a life, ticked boxes are roles.

    Of a page (``part``) it takes the settings that stand there and names every other field. Without one it is a form of all.
    """
    values = _plain(fields) | {"sso": _sso(fields)} | _groups(fields)
    if part is None:
        return values
    strange = sorted(name for name in values if name not in part.names and name not in _GROUPED)
    if strange:
        raise Invalid("The form has a field that is not on this page.", fields=dict.fromkeys(strange, "It is not on this page."))
    return {name: value for name, value in values.items() if name in part.names}


def _plain(fields: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, text in fields.items():
        if name == "show":
            continue  # which preview stands beside the form
        if name in LIVES:
            unit = UNITS.get(fields.get(f"{name}.unit", ""))
            values[name] = int(text) * unit if unit and _COUNT.fullmatch(text.strip()) else text
        elif not name.endswith(".unit") and not name.startswith(tuple(f"{group}." for group in _GROUPED)):
            values[name] = text
    if values.pop("logo_remove", None):
        values["logo_png"] = ""
    elif not values.get("logo_png"):
        values.pop("logo_png", None)  # no other logo was chosen
    if values.pop("colour_none", None):
        values["colour"] = ""
    elif values.get("colour") == colour.USUAL:
        values["colour"] = ""  # a colour field always has one: the usual one is no choice
    return values


def _sso(fields: Mapping[str, str]) -> dict[str, Any]:
    names = (name.removeprefix("sso.") for name in fields if name.startswith("sso.") and not name.startswith("sso.roles."))
    return {"roles": _ticked(fields, "sso.roles")} | {name: fields[f"sso.{name}"].strip() for name in names}


def _groups(fields: Mapping[str, str]) -> dict[str, Any]:
    """The other settings with members, where a form has them: a field that is always sent says so."""
    values: dict[str, Any] = {}
    chosen = {name.removeprefix("words."): text for name, text in fields.items() if name.startswith("words.")}
    if chosen:
        values["words"] = chosen
    if "approval.above" in fields:
        above = fields["approval.above"].strip().replace(",", "")
        most = int(above) if _COUNT.fullmatch(above) else above or None
        values["approval"] = {"above": most, "staff": "approval.staff" in fields}
    if "family.parent_code_from" in fields:
        flags = {name: f"family.{name}" in fields for name in FAMILY if name != "parent_code_from"}
        values["family"] = {**flags, "parent_code_from": fields["family.parent_code_from"].strip()}
    if "phones.alone" in fields:
        values["phones"] = {"roles": _ticked(fields, "phones.roles"), "alone": fields["phones.alone"] == "on"}
    return values


def _ticked(fields: Mapping[str, str], name: str) -> list[str]:
    return [role for role in ROLES if f"{name}.{role}" in fields]


def context(request: Request, school: School, part: Part) -> dict[str, Any]:
    """What a page of settings needs, also if the change is refused."""
    lives = [
        (name, NAMES[name], *unit_of(getattr(school.settings, name)), f"{in_words(shortest)} to {in_words(longest)}.")
        for name, (shortest, longest) in LIVES.items()
    ]
    has_logo = request.wants_page and "logo_png" in part.names
    return {
        "lives": lives,
        "units": list(UNITS),
        "roles": ROLES,
        "mail_languages": {each.code: each.name for each in LANGUAGES.values()},
        "logo": logo_in_page(system(), school) if has_logo else "",
        "choices": words,
        "usual_colour": colour.USUAL,
        "colour_in_words": colour.in_words(school.settings.colour),
        "notice_in_words": notice_in_words(school, system().now()),
    }
