"""Which groups a school has, to choose from: those of its active students, in list order."""

from typing import Final

from latchkey.people.model.groups import Groups, in_order
from latchkey.roll.needs import System
from latchkey.roll.read_roll import read_roll

MOST: Final = 250
"""Registration groups: more are too many to choose from."""


def known_groups(system: System, school: str) -> Groups:
    """The groups of the school's students."""
    students = [entry for entry in read_roll(system, school).entries if entry.role == "student" and entry.status == "active"]
    groups = in_order(student.registration_group or "" for student in students)
    complete = len(groups) <= MOST
    years = in_order(student.year_group or "" for student in students)
    return Groups(years=years, registration=groups if complete else (), complete=complete)
