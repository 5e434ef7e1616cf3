"""The names of people, as a page or a mail of their school calls them now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from latchkey.people.stores.people import Directory
    from latchkey.schools.model.school import School


class Reads(Protocol):
    """Where people are read."""

    def directory(self, school: str) -> Directory: ...


def names_of(system: Reads, school: School, ids: Iterable[str]) -> dict[str, str]:
    """The names of these people by id, of those who exist: one read, none for nobody."""
    wanted = sorted(set(ids))
    return {person.id: school.name_of(person) for person in system.directory(school.slug).by_ids(wanted)} if wanted else {}
