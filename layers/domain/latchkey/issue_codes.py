"""Give students PINs and parent codes where they have none that still works.

A code that works is left alone, so printing again prints the same code, and what one admin prints never ends what another
has printed. Two runs at once agree: each write expects the generation that was read, and the loser takes the winner's.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from latchkey.errors import TryLater
from latchkey.model.codes import Kind, works
from latchkey.model.person import CodeState, Person
from latchkey.model.school import DAY, School
from latchkey.stores.directory import Directory
from latchkey.stores.dynamo import Condition, ConditionFailed, Update, Value
from latchkey.wiring import Wiring

AT_ONCE: Final = 100  # DynamoDB: TransactWriteItems
_ROUNDS: Final = 10
_ATTRIBUTE: Final[dict[Kind, str]] = {"pin": "pin", "parent": "parent_code"}


@dataclass(frozen=True, slots=True)
class Issued:
    """The people with the codes that they now have, in the order given, and how many codes are new."""

    people: list[Person]
    new: Counter[Kind]


def issue_codes(system: Wiring, school: School, people: Sequence[Person], kinds: Sequence[Kind]) -> Issued:
    """These students (at most 100), each with a working code of every kind that they can have.

    A PIN is only for those who sign in here. People may come from an index and be a moment old: the write decides.
    """
    now = system.now()
    directory, table = system.directory(school.slug), system.table("DIRECTORY_TABLE")
    current = {person.id: person for person in people}
    new: Counter[Kind] = Counter()
    for _ in range(_ROUNDS):
        due = {person.id: _due(person, school, kinds, now) for person in current.values()}
        changes = {person: codes for person, codes in due.items() if codes}
        if not changes:
            break
        try:
            table.transact([_write(directory, current[person], codes) for person, codes in changes.items()])
        except ConditionFailed:
            # Somebody else was quicker: theirs holds. Of who is no longer there nothing is printed.
            current = {person: known for person, known in current.items() if person not in changes}
            current |= {person.id: person for person in directory.by_ids(changes) if person.status == "active"}
        else:
            for person, codes in changes.items():
                current[person] = _with(current[person], codes)
                new.update(list(codes))  # a mapping would be taken for counts
            break
    else:
        raise TryLater()
    return Issued([current[person.id] for person in people if person.id in current], new)


def expiry(now: int, school: School) -> int:
    """The end of the day (UTC) on which a code made now ends: all codes of one day end together."""
    return now - now % DAY + (max(1, school.settings.code_life // DAY) + 1) * DAY


def _due(person: Person, school: School, kinds: Sequence[Kind], now: int) -> dict[Kind, CodeState]:
    found: dict[Kind, CodeState] = {}
    for kind in kinds:
        if kind == "pin" and school.signs_in_elsewhere(person):
            continue
        code = person.pin if kind == "pin" else person.parent_code
        if not works(code, kind, now):
            found[kind] = CodeState(code.generation + 1 if code else 1, expiry(now, school))
    return found


def _write(directory: Directory, person: Person, codes: dict[Kind, CodeState]) -> Update:
    facts: dict[str, Value] = {}
    when: list[Condition] = []
    for kind, code in codes.items():
        name = _ATTRIBUTE[kind]
        facts[name] = {"generation": code.generation, "expires_at": code.expires_at, "uses": code.uses}
        when.append((f"{name}.generation", "=", code.generation - 1) if code.generation > 1 else (name, "missing", None))
    return directory.change_of(person.id, facts, when)


def _with(person: Person, codes: dict[Kind, CodeState]) -> Person:
    return replace(person, pin=codes.get("pin", person.pin), parent_code=codes.get("parent", person.parent_code))
