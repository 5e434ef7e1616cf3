"""Which fields of a person were written by hand here: by an admin, in a list of new addresses, or by merging two accounts.

A roster that says otherwise is then judged by the school's setting ``words``. A mark goes where a roster says the same, or where
its word is taken.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from latchkey.people.model.person import Person

FIELDS: Final = (
    "given_name",
    "family_name",
    "preferred_given_name",
    "preferred_family_name",
    "email",
    "username",
    "year_group",
    "registration_group",
    "language",
)
"""What can be marked: what an admin may change of a person, and a roster too."""


def with_edits(before: Person, after: Person) -> Person:
    """``after``, with a mark on each field that is another than it was ``before``."""
    return with_marks(after, [*before.edited, *(name for name in FIELDS if getattr(after, name) != getattr(before, name))])


def with_marks(person: Person, names: Collection[str]) -> Person:
    """The person with exactly these fields marked, in one order; what cannot be marked is left out."""
    return replace(person, edited=tuple(name for name in FIELDS if name in names))


def without_marks(person: Person, names: Collection[str]) -> Person:
    """The person without the marks of these fields."""
    return with_marks(person, [name for name in person.edited if name not in names])
