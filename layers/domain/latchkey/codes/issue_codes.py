"""Give students PINs and parent codes where they have none that still works, and a later end where it is near and that is wanted.

A code that works is left alone, so printing again prints the same code, and what one admin prints never ends what another
has printed. Two runs at once agree: each write expects the state that was read, and the loser takes the winner's.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from latchkey.codes.model.changes import codes_to_issue
from latchkey.codes.model.codes import Kind
from latchkey.codes.needs import System
from latchkey.errors import Changed, TryLater
from latchkey.people.model.person import CodeState, Person
from latchkey.schools.model.school import School

_ROUNDS: Final = 10


@dataclass(frozen=True, slots=True)
class Issued:
    """The people with the codes that they now have, in the order given, and how many codes were made or renewed."""

    people: list[Person]
    new: Counter[Kind]


def issue_codes(system: System, school: School, people: Sequence[Person], kinds: Sequence[Kind], within: int = 0) -> Issued:
    """These students (at most 100), each with a working code of every kind that they can have.

    A code that ends within ``within`` days gets a later end. People may come from an index, a moment old: the write decides.
    """
    now = system.now()
    current = {person.id: person for person in people}
    new: Counter[Kind] = Counter()
    for _ in range(_ROUNDS):
        found = {person.id: codes_to_issue(person, school, kinds, now, within) for person in current.values()}
        changes = {person: codes for person, codes in found.items() if codes}
        if not changes:
            break
        try:
            system.codes(school.slug).give((current[person], codes) for person, codes in changes.items())
        except Changed:
            # Somebody else was quicker: theirs holds. Of who is no longer there nothing is printed.
            current = {person: known for person, known in current.items() if person not in changes}
            now_are = system.directory(school.slug).by_ids(changes)
            current |= {person.id: person for person in now_are if person.status == "active"}
        else:
            for person, codes in changes.items():
                current[person] = _with(current[person], codes)
                new.update(list(codes))  # a mapping would be taken for counts
            break
    else:
        raise TryLater()
    return Issued([current[person.id] for person in people if person.id in current], new)


def _with(person: Person, codes: dict[Kind, CodeState]) -> Person:
    return replace(person, pin=codes.get("pin", person.pin), parent_code=codes.get("parent", person.parent_code))
