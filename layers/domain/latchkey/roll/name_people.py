"""The names of many people, as a page of their school calls them, without reading each of them."""

from collections.abc import Iterable

from latchkey.roll.model.roll import Roll
from latchkey.schools.model.school import School


def names_in(roll: Roll, school: School, ids: Iterable[str]) -> dict[str, str]:
    """The names of these people by id, of those who exist."""
    found = ((each, roll.by_id(each)) for each in ids)
    return {each: school.name_of(entry) for each, entry in found if entry is not None}
