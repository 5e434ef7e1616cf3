"""Whose word counts where a file says otherwise than what somebody has written here by hand (``Person.edited``).

The school's setting ``words`` decides by field: the roster's word, ours, or an admin's answer to a question of the preview.
"""

from collections.abc import Collection, Mapping
from typing import Final, NamedTuple

from latchkey.office_files.model.unusable import excerpt
from latchkey.people.model.person import Person
from latchkey.rosters.model.questions import Asks, Concerned, option_of
from latchkey.rosters.model.runs import Row
from latchkey.schools.model.school import Words

QUESTION: Final = "edited_here"
_CALLED: Final[Mapping[str, str]] = {
    "given_name": "first name",
    "family_name": "last name",
    "preferred_given_name": "preferred first name",
    "preferred_family_name": "preferred last name",
    "email": "e-mail address",
    "username": "username",
    "year_group": "year group",
    "registration_group": "registration group",
    "language": "language",
}


class Weighed(NamedTuple):
    """The facts that a roster may take, and what to ask because of the others."""

    facts: dict[str, str]
    asks: tuple[Asks, ...] = ()


def weigh(
    row: Row, person: Person, facts: dict[str, str], words: Words, chosen: Mapping[str, str], *, not_asked: Collection[str] = ()
) -> Weighed:
    """What to take of the facts in which a row differs from a person; ``not_asked`` are those that it may not change anyway."""
    edited = {name: words.of(name) for name in facts if name in person.edited and name not in not_asked}
    asked = [name for name, word in edited.items() if word == "ask"]
    keeps = option_of(chosen, QUESTION) == "keep"
    kept = {name for name, word in edited.items() if word == "ours" or (word == "ask" and keeps)}
    left = {name: value for name, value in facts.items() if name not in kept}
    if not asked:
        return Weighed(left)
    said = "; ".join(f"{_CALLED[name]} {_shown(getattr(person, name))} here, {_shown(facts[name])} in the file" for name in asked)
    return Weighed(left, (Asks(QUESTION, 1, (Concerned(row.line, person.name, said),)),))


def settled(row: Row, person: Person, facts: Collection[str]) -> tuple[str, ...]:
    """The fields whose mark goes: the row says what we have, or its word is taken (``facts``)."""
    return tuple(name for name in person.edited if name in facts or getattr(row, name) == getattr(person, name) is not None)


def _shown(value: str | None) -> str:
    return excerpt(value) if value else "empty"
