"""The operator makes a school."""

import re
from collections.abc import Mapping
from typing import Final

from latchkey.errors import Conflict, Invalid
from latchkey.operator.needs import System
from latchkey.schools.model import settings_rules
from latchkey.schools.model.school import School, Settings
from latchkey.shared.model.ids import is_slug

_FACTS: Final[Mapping[str, int]] = {"name": 120, "town": 60, "postcode": 10}
_URN: Final = re.compile(r"[0-9]{5,7}")


def make_school(system: System, values: object) -> School:
    """Make a school from ``slug, name, town, postcode, urn, settings``; ``Conflict`` (code ``exists``) if the slug is taken."""
    school = _school(values)
    if not system.schools.make(school):
        raise Conflict(f"There is a school {school.slug} already. Nothing was changed.", code="exists")
    system.audit(school.slug).record("operator", "school.make", system.now())
    return school


def _school(values: object) -> School:
    if not isinstance(values, Mapping):
        raise Invalid("Say which school to make.")
    wrong = {str(name): "There is no such field." for name in values if name not in {"slug", "urn", "settings", *_FACTS}}
    slug, urn = values.get("slug"), values.get("urn") or ""
    if not isinstance(slug, str) or not is_slug(slug):
        wrong["slug"] = "Use 2 to 40 small letters, digits and single hyphens, beginning with a letter."
    if not isinstance(urn, str) or (urn and not _URN.fullmatch(urn)):
        wrong["urn"] = "Use the 5 to 7 digits of the register of schools, as a text, or nothing."
    facts = {name: _text(values.get(name) or "", name, length, wrong) for name, length in _FACTS.items()}
    if not facts["name"]:
        wrong.setdefault("name", "A school needs a name.")
    given = values.get("settings") or {}
    settings = Settings()
    if not isinstance(given, Mapping):
        wrong["settings"] = "This must be an object."
    else:
        try:
            settings = settings_rules.change(settings, given)
        except Invalid as error:
            wrong |= {f"settings.{name}": text for name, text in error.fields.items()}
    if wrong:
        raise Invalid("The school was not made.", fields=wrong)
    name, town, postcode = (facts[name] for name in _FACTS)
    return School(slug=str(slug), name=name, urn=str(urn), town=town, postcode=postcode, settings=settings)


def _text(value: object, name: str, length: int, wrong: dict[str, str]) -> str:
    if not isinstance(value, str) or len(value) > length or not value.isprintable():
        wrong[name] = f"This must be one line of at most {length} characters."
        return ""
    return value.strip()
