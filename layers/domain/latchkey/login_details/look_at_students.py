"""Whom a scope means, as the roll has them: for what is said before a run, which reads and decides about each of them anew.

A few who are named are read by id, so that a person who was made just now is there.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from latchkey.codes.model.codes import USES, Kind
from latchkey.login_details.model.scope import Scope
from latchkey.login_details.needs import System
from latchkey.login_details.walk_students import walk
from latchkey.people.model.person import CodeState, Role
from latchkey.roll.model.entry import CodeFacts, Entry, entry_of
from latchkey.roll.read_roll import read_roll
from latchkey.schools.model.school import School

_FEW: Final = 100  # people who are read by id in one call
_LOOKED_AT: Final = 10  # pages of 1 MB
Found = TypeVar("Found")
Counted = tuple[Entry, int]
"""Somebody, and how many count as they do, with them."""


def students_of(system: System, school: School, scope: Scope) -> Sequence[Counted]:
    """The people whom a scope means, whatever their status; of those who are named who exist."""
    named = scope.people
    if named is not None and len(named) <= _FEW:
        return [(entry_of(person), 1) for person in system.directory(school.slug).by_ids(named)]
    roll = read_roll(system, school.slug, school)
    if named is None:
        alike = roll.alike_of(scope.group)
    else:
        alike = roll.alike([entry for entry in map(roll.by_id, dict.fromkeys(named)) if entry is not None])
    return [(one, len(people)) for one, people in alike]


def read_anew(system: System, school: School, scope: Scope) -> Sequence[Counted]:
    """The same, read from the directory as far as one request may: before it is said that there is nobody.

    What was written seconds ago, by a worker above all, may not be in the roll yet.
    """
    walked = walk(system.directory(school.slug), scope, pages=_LOOKED_AT)
    return [(entry_of(person), 1) for people in walked for person in people]


@dataclass(frozen=True, slots=True)
class Holder:
    """A student's codes, and nothing that makes two students differ who are given and print codes on the same days.

    ``generation`` says nothing here but that there was one; ``used`` stands for all ways in which a code comes to open nothing.
    """

    id: str
    role: Role
    is_admin: bool
    pin: CodeState | None
    parent_code: CodeState | None
    read_out: CodeState | None = None


def judged(judge: Callable[[Holder], Found]) -> Callable[[Entry], Found]:
    """A rule about codes, asked once for all students whose codes are alike: a hundred thousand share some hundred states."""
    known: dict[Hashable, Found] = {}

    def of(entry: Entry) -> Found:
        key = entry.role, entry.is_admin, entry.pin, entry.parent_code
        found = known.get(key)
        if found is None:
            found = known[key] = judge(
                Holder("", entry.role, entry.is_admin, _state(entry.pin, "pin"), _state(entry.parent_code, "parent"))
            )
        return found

    return of


def _state(facts: CodeFacts | None, kind: Kind) -> CodeState | None:
    if facts is None:
        return None
    return CodeState(1, facts.expires_at, USES[kind] if facts.used else 0, given_at=facts.given_at, epoch=facts.epoch)
