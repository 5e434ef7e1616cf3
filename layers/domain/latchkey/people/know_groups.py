"""Which groups a school has, to choose from, without reading everybody.

The list of people is sorted by year and group, so each read finds the first people behind a group and the next one jumps behind
theirs: one short read a group, whether it has thirty people or three hundred. What was found is kept in one item, which the
console reads from then on: until a roster changes people, and for a day at most.
"""

from dataclasses import replace
from typing import Final

from latchkey.people.model.groups import Groups, group_key, in_order, year_key
from latchkey.people.needs import System
from latchkey.people.stores.people import Directory

MOST: Final = 250  # registration groups; more are too many to choose from, and too many reads for one request
_MOST_YEARS: Final = 40
_READ: Final = 5  # people a read: enough to pass over some who have left
_LAST: Final = "\U0010ffff"  # sorts behind every name


def known_groups(system: System, school: str) -> Groups:
    """The groups of the school's students, at most a day old, and no older than the last roster."""
    store, now = system.groups(school), system.now()
    kept = store.get()
    if kept.is_fresh(now):
        return kept
    found = replace(_look_up(system.directory(school)), counted_at=now)
    store.keep(found)
    return found


def _look_up(directory: Directory) -> Groups:
    found, complete = _walk(directory, 2, MOST)
    # Sorted again, because items of an older release have keys that sort otherwise.
    found.sort(key=lambda each: (year_key(each[0]), group_key(each[1])))
    groups = in_order(group for _, group in found)
    complete = complete and len(groups) <= MOST
    if not complete:
        found, _ = _walk(directory, 1, _MOST_YEARS)
    years = in_order(sorted((year for year, _ in found), key=year_key))
    return Groups(years=years, registration=groups if complete else (), complete=complete)


def _walk(directory: Directory, parts: int, most: int) -> tuple[list[tuple[str, str]], bool]:
    """Year and group of the first student in each year (``parts`` 1), or in each registration group (2), who has not left.

    False with it if that takes more than ``most`` reads.
    """
    found: dict[tuple[str, ...], tuple[str, str]] = {}
    place = ""
    for _ in range(most):
        students = directory.students_above(place, _READ)
        if not students:
            return list(found.values()), True
        for key, person in students:
            if person.status == "active":
                found.setdefault(_part(key, parts), (person.year_group or "", person.registration_group or ""))
        key, _ = students[-1]
        part = _part(key, parts)
        place = "#".join((*part, _LAST)) if part in found else key  # so far only people who have left: look at the next ones
    return list(found.values()), False


def _part(key: str, parts: int) -> tuple[str, ...]:
    return tuple(key.split("#")[:parts])
