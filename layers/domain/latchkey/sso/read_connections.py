"""Find a school's connection: the one in force, or the newest to try."""

from dataclasses import replace

from latchkey.schools.model.school import School
from latchkey.sso.model.connection import Connection, marked
from latchkey.sso.needs import Finds


def in_force(system: Finds, school: School, name: str) -> Connection | None:
    """The version of a connection with which people sign in now; None: there is none, or it is switched off."""
    public = school.settings.sso.connection(name)
    found = system.connections(school.slug).get(name, public.version) if public is not None else None
    return replace(found, on=True) if found is not None else None


def to_try(system: Finds, school: School, name: str) -> Connection | None:
    """The newest version, for an admin's own try; ``on`` says whether it is in force."""
    found = system.connections(school.slug).newest(name)
    return marked(found, school) if found is not None else None
