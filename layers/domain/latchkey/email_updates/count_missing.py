"""Who has no address that mail reaches: how many by role and year, and the people of a group to fill in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

from latchkey.email_updates.model.items import MOST
from latchkey.email_updates.needs import System
from latchkey.people.model.people_filter import PeopleFilter
from latchkey.people.model.person import ROLES, Person, Role
from latchkey.people.model.position import Position
from latchkey.roll.choose_people import people_meant

_READS: Final = 60  # of up to 1 MB: about 100,000 people


@dataclass(slots=True)
class Numbers:
    """Active people of a role and year, those without an address, and those whose mail came back."""

    people: int = 0
    missing: int = 0
    bounced: int = 0


@dataclass(frozen=True, slots=True)
class Missing:
    """The numbers by role and year ("": none), in list order. ``complete``: everybody was counted."""

    numbers: Mapping[tuple[Role, str], Numbers]
    complete: bool


def count_missing(system: System, school: str) -> Missing:
    """How many people of each role and year have no usable address."""
    found: dict[tuple[Role, str], Numbers] = {}
    everybody, complete = PeopleFilter(), False
    for people, following in islice(system.directory(school).pages_from(Position(ROLES[0]), everybody), _READS):
        for person in people:
            if person.status == "left":
                continue
            numbers = found.setdefault((person.role, person.year_group or ""), Numbers())
            numbers.people += 1
            numbers.missing += person.email is None
            numbers.bounced += person.problem is not None
        complete = following is None
    return Missing(found, complete)


def to_fill_in(system: System, school: str, wanted: PeopleFilter, *, everybody: bool) -> tuple[list[Person], bool]:
    """The people of a group for a grid, those first whose mail came back, then those without an address; at most ``MOST``.

    ``everybody``: also those with an address that works. Admins and people who have left are not among them. True with it if
    there are more.
    """
    return fill_in(people_meant(system, school, wanted), everybody=everybody)


def fill_in(people: Iterable[Person], *, everybody: bool) -> tuple[list[Person], bool]:
    """The same of these people."""
    found = [
        person
        for person in people
        if person.status != "left" and not person.is_admin and (everybody or person.email is None or person.problem is not None)
    ]
    found.sort(key=lambda person: (person.problem is None, person.email is not None))  # stable: list order inside each
    return found[:MOST], len(found) > MOST
