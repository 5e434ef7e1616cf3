"""The order of a register, in which lists and paper name people; and its key, which the index of people is sorted by."""

from typing import Final

from latchkey.people.model.groups import group_key, sortable, year_key
from latchkey.people.model.matched import Placed
from latchkey.shared.model.folding import words

_LONGEST_NAME: Final = 600
_LONGEST_GROUP: Final = 240
"""Bytes: with an id and a year the key stays below the 1,024 that DynamoDB takes."""


def sort_key(person: Placed) -> str:
    """Year as a number, registration group, family name, given name; unique by id.

    The names are those that the person is known by, whatever their school shows: a setting moves nobody. Somebody with one name
    stands where it would stand as a family name. Items of an older release keep their place until they are next written.
    """
    given = "$".join(words(person.preferred_given_name or person.given_name))
    family = "$".join(words(person.preferred_family_name or person.family_name))
    name = f"{sortable(family)}#{sortable(given)}" if family else f"{sortable(given)}#"
    group = _cut(group_key(person.registration_group or ""), _LONGEST_GROUP)
    return f"{year_key(person.year_group or '')}#{group}#{_cut(name, _LONGEST_NAME)}#{person.id}"


def prefixes(*years: str) -> tuple[str, ...]:
    """With what the keys of everybody in these years begin, in their order; older releases wrote R and N otherwise."""
    if not years:
        return ("",)
    keys = {f"{key}#" for year in years for key in (year_key(year), year.zfill(2) if year.isdecimal() else year)}
    return tuple(sorted(keys))


def _cut(text: str, most: int) -> str:
    return text.encode()[:most].decode(errors="ignore")
