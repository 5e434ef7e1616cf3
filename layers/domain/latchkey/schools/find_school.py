"""Find a school, and what its public page says: the ways in, by role."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from latchkey.errors import NotFound
from latchkey.people.model.person import ROLES, Role
from latchkey.schools.model.school import School, SingleSignOn
from latchkey.schools.needs import System
from latchkey.shared.model.ids import is_slug

MOST: Final = 20


@dataclass(frozen=True, slots=True)
class WayIn:
    """How some roles get in: with the school's own sign-in, or (``sso`` is None) with a password."""

    roles: tuple[Role, ...]
    sso: SingleSignOn | None


def search(system: System, text: str) -> list[Mapping[str, str]]:
    """Up to 20 schools, the best match first: ``slug, name, town, postcode, urn``."""
    return system.kept_schools.index().search(text, MOST)


def the_school(system: System, slug: str) -> School:
    """The school with this slug, at most a minute old; ``NotFound`` if there is none."""
    school = system.kept_schools.get(slug) if is_slug(slug) else None
    if school is None:
        raise NotFound()
    return school


def the_school_now(system: System, slug: str) -> School:
    """The school as it is at this moment, for whoever accepts a code of it; ``NotFound`` if there is none."""
    school = system.schools.get(slug) if is_slug(slug) else None
    if school is None:
        raise NotFound()
    return school


def ways_in(school: School) -> list[WayIn]:
    """Every role once. It depends on the school's settings alone, so it tells nothing about any account."""
    elsewhere = tuple(role for role in ROLES if role in school.settings.sso.roles)
    here = tuple(role for role in ROLES if role not in elsewhere)
    ways = [WayIn(elsewhere, school.settings.sso)] if elsewhere else []
    return ways + ([WayIn(here, None)] if here else [])
