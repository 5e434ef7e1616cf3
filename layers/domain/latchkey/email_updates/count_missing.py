"""Who has no address that mail reaches: how many by role and year, and the people of a group to fill in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from latchkey.email_updates.model.items import MOST
from latchkey.email_updates.needs import System
from latchkey.people.model.groups import year_key
from latchkey.people.model.people_filter import PeopleFilter
from latchkey.people.model.person import ROLES, Person, Role
from latchkey.roll.model.entry import Entry
from latchkey.roll.read_roll import read_roll

Listed = TypeVar("Listed", Person, Entry)


@dataclass(slots=True)
class Numbers:
    """Active people of a role and year, those without an address, and those whose mail came back."""

    people: int = 0
    missing: int = 0
    bounced: int = 0


def count_missing(system: System, school: str) -> Mapping[tuple[Role, str], Numbers]:
    """How many people of each role and year ("": none) have no usable address, in list order."""
    found: dict[tuple[Role, str], Numbers] = {}
    for one, people in read_roll(system, school).alike():
        if one.status == "left":
            continue
        numbers = found.setdefault((one.role, one.year_group or ""), Numbers())
        numbers.people += len(people)
        numbers.missing += len(people) * (one.email is None)
        numbers.bounced += len(people) * (one.marked is not None)
    return dict(sorted(found.items(), key=lambda each: (ROLES.index(each[0][0]), year_key(each[0][1]))))


def to_fill_in(system: System, school: str, wanted: PeopleFilter, *, everybody: bool) -> tuple[list[Person], bool]:
    """The people of a group for a grid, those first whose mail came back, then those without an address; at most ``MOST``.

    ``everybody``: also those with an address that works. Admins and people who have left are not among them. True with it if
    there are more. Those who are shown are read as they are now.
    """
    meant, more = _chosen(read_roll(system, school).meant(wanted), everybody=everybody)
    people = {person.id: person for person in system.directory(school).by_ids(entry.id for entry in meant)}
    shown, _ = fill_in((people[entry.id] for entry in meant if entry.id in people), everybody=everybody)
    return shown, more


def fill_in(people: Iterable[Person], *, everybody: bool) -> tuple[list[Person], bool]:
    """The same of these people."""
    return _chosen(people, everybody=everybody)


def _chosen(people: Iterable[Listed], *, everybody: bool) -> tuple[list[Listed], bool]:
    found = [
        person
        for person in people
        if person.status != "left" and not person.is_admin and (everybody or person.email is None or person.marked is not None)
    ]
    found.sort(key=lambda person: (person.marked is None, person.email is not None))  # stable: list order inside each
    return found[:MOST], len(found) > MOST
