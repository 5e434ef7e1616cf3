"""Who is who: whether a row and a person are the same, where the id does not say it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from latchkey.people.model.person import ADULTS, Person
from latchkey.rosters.model.known import name_key
from latchkey.rosters.model.runs import Row

Way = Literal["new_ids", "returners", "lost_zeros", "unclear_people", "other_people", "also_parent", "one_parent"]
"""The question that a row leads to."""


@dataclass(frozen=True, slots=True)
class Found:
    """Whom a row means. ``id``: whom it would write; ``person``: them, if they exist.

    ``way``: what has to be asked; then ``meant_id`` is the person whom the row is taken for (``meant``, if they exist), and
    ``says`` tells the admin why. ``again``: another row of the file is about the same person.
    ``may_be``: several whom the row may mean.
    """

    id: str
    person: Person | None = None
    way: Way | None = None
    meant: Person | None = None
    meant_id: str = ""
    says: str = ""
    again: bool = False
    may_be: tuple[str, ...] = ()


def is_same(row: Row, person: Person, way: str) -> bool:
    """Whether a person who was found in a way (``known.WAYS``) is the row's: what is compared here are values, not hashes."""
    if person.role != row.role or (row.upn is not None and person.upn is not None and row.upn != person.upn):
        return False
    if way == "upn":
        return row.role == "student" and row.upn is not None and row.upn == person.upn and shares_a_name(row, person)
    if not has_name(row, person):
        return False
    if way == "login":
        return row.username is not None and row.username == person.username
    if way == "who":
        return row.email is not None and row.email == person.email
    return person.mis_id is not None and row.mis_id.lstrip("0") == person.mis_id.lstrip("0")


def has_name(row: Row, person: Person) -> bool:
    """Whether row and person have the same name."""
    return name_key(row.given_name, row.family_name) == name_key(person.given_name, person.family_name)


def shares_a_name(row: Row, person: Person) -> bool:
    """Whether one of the names is the same: a child of another family name is still the child."""
    mine, theirs = (
        {name_key(name, "") for name in (one.given_name, one.family_name, one.preferred_given_name) if name}
        for one in (row, person)
    )
    return bool(mine & theirs)


def is_adult_of(row: Row, person: Person) -> bool:
    """Whether somebody who works here has the address and name of a parent's row."""
    return person.role in ADULTS and person.status != "left" and row.email == person.email and has_name(row, person)


def is_somebody_else(row: Row, person: Person) -> bool:
    """Whether an id came back for another person: none of the names is the same, nor any UPN, username or address there is."""
    if shares_a_name(row, person):
        return False
    pairs = ((row.upn, person.upn), (row.username, person.username), (row.email, person.email))
    both = [(one, other) for one, other in pairs if one is not None and other is not None]
    return bool(both) and all(one != other for one, other in both)


def way_of(row: Row, person: Person, way: str) -> Way:
    """What to ask of a row that was found to be this person's."""
    if person.status == "left":
        return "returners"
    return "lost_zeros" if way == "zeros" or _differ_by_zeros(row, person) else "new_ids"


def _differ_by_zeros(row: Row, person: Person) -> bool:
    before = person.mis_id or ""
    return before.isdecimal() and row.mis_id.isdecimal() and before.lstrip("0") == row.mis_id.lstrip("0")


def one_of(people: Sequence[Person]) -> Person:
    """The one whom a second row of a parent is for, always the same."""
    return min(people, key=lambda person: person.id)
