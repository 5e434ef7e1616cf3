"""Which groups a school has, to choose from: those of its active students, in list order."""

from typing import Final

from latchkey.people.model.groups import Groups, in_order
from latchkey.roll.model.entry import place_of
from latchkey.roll.needs import System
from latchkey.roll.read_roll import read_roll

MOST: Final = 250
"""Registration groups: more are too many to choose from."""


def known_groups(system: System, school: str) -> Groups:
    """The groups of the school's students."""
    ones = (each.one for each in read_roll(system, school).alike())
    students = sorted((one for one in ones if one.role == "student" and one.status == "active"), key=place_of)
    groups = in_order(student.registration_group or "" for student in students)
    complete = len(groups) <= MOST
    years = in_order(student.year_group or "" for student in students)
    return Groups(years=years, registration=groups if complete else (), complete=complete)
