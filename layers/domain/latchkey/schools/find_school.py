"""Find a school, and what its public page says: the ways in, by role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from latchkey.errors import NotFound
from latchkey.people.model.person import ROLES, Role
from latchkey.shared.model.ids import is_slug

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latchkey.schools.model.school import PublicConnection, School, SingleSignOn
    from latchkey.schools.needs import System
    from latchkey.shared.stores.counters import Place

MOST: Final = 20


@dataclass(frozen=True, slots=True)
class WayIn:
    """How some roles get in: with the school's own sign-in, or (``sso`` is None) with a password.

    ``connection``: the provider by which the school's own sign-in leads here; None: it is only a link to a page of the school.
    """

    roles: tuple[Role, ...]
    sso: SingleSignOn | None
    connection: PublicConnection | None = None


def search(system: System, text: str) -> list[Mapping[str, str]]:
    """Up to 20 schools, the best match first: ``slug, name, town, postcode, urn``."""
    return system.kept_schools.index().search(text, MOST)


def the_school(system: System, slug: str) -> School:
    """The school with this slug, at most a minute old; ``NotFound`` if there is none."""
    school = system.kept_schools.get(slug) if is_slug(slug) else None
    if school is None:
        raise NotFound()
    return school


def the_school_with(system: System, slug: str, counter: Place) -> tuple[School, int]:
    """The school, at most a minute old, and what a counter says now: one call; ``NotFound`` if there is no such school."""
    school, count = system.kept_schools.get_with(slug, counter) if is_slug(slug) else (None, 0)
    if school is None:
        raise NotFound()
    return school, count


def the_school_now(system: System, slug: str) -> School:
    """The school as it is at this moment, for whoever accepts a code of it; ``NotFound`` if there is none."""
    school = system.schools.get(slug) if is_slug(slug) else None
    if school is None:
        raise NotFound()
    return school


def ways_in(school: School) -> list[WayIn]:
    """Every role at least once. It depends on the school's settings alone, so it tells nothing about any account."""
    sso = school.settings.sso
    ways = [WayIn(each.roles, sso, each) for each in sso.connections if each.roles]
    linked = tuple(role for role in ROLES if role in sso.link_roles)
    ways += [WayIn(linked, sso)] if linked else []
    here = tuple(role for role in ROLES if role not in sso.roles)
    return ways + ([WayIn(here, None)] if here else [])
