"""Find a school's connection: the one in force, or the newest to try."""

from dataclasses import replace

from latchkey.errors import NotFound
from latchkey.schools.model.school import School
from latchkey.shared.model.ids import is_slug
from latchkey.sso.model.connection import Connection, marked
from latchkey.sso.needs import Finds


def in_force(system: Finds, school: School, name: str) -> Connection | None:
    """The version of a connection with which people sign in now; None: there is none, or it is switched off."""
    public = school.settings.sso.connection(name)
    found = system.connections(school.slug).get(name, public.version) if public is not None else None
    return replace(found, on=True) if found is not None else None


def begun_with(system: Finds, slug: str, name: str, version: int, *, trial: bool) -> tuple[School, Connection | None]:
    """The school as it is now, and of its connection what an attempt that was begun with this version is answered with.

    That is the version in force, or for an admin's own try the newest. One call, where nothing has changed since;
    ``NotFound`` if there is no such school.
    """
    school, found = system.connections(slug).with_school(name, version) if is_slug(slug) else (None, None)
    if school is None:
        raise NotFound()
    if trial:
        return school, to_try(system, school, name)
    public = school.settings.sso.connection(name)
    if found is None or public is None or public.version != version:
        return school, in_force(system, school, name)
    return school, replace(found, on=True)


def to_try(system: Finds, school: School, name: str) -> Connection | None:
    """The newest version, for an admin's own try; ``on`` says whether it is in force."""
    found = system.connections(school.slug).newest(name)
    return marked(found, school) if found is not None else None
