"""Parents all of whose children have left count as people who have left: no message goes to them any more.

The account stays, and works: a parent may have another child next year. Somebody who works at the school is there for the work.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from latchkey.people.model.person import Person
from latchkey.roll.model.entry import Entry
from latchkey.roll.model.roll import Roll
from latchkey.sends.needs import System

_AT_ONCE: Final = 100  # parents


def with_parents_of_leavers(system: System, school: str, people: Iterable[Person]) -> Iterator[Person]:
    """The same people, parents whose children have all left among them as people who have left.

    Students who come before their parents, as in list order, are remembered; other children are read, some hundred at a time.
    """
    left: dict[str, bool] = {}
    waiting: list[Person] = []
    for person in people:
        if person.role == "student":
            left[person.id] = person.status == "left"
        if person.role != "parent" or person.status != "active" or not person.children:
            yield person
            continue
        waiting.append(person)
        if len(waiting) == _AT_ONCE:
            yield from _judged(system, school, waiting, left)
            waiting = []
    yield from _judged(system, school, waiting, left)


def entries_with_parents_of_leavers(roll: Roll, entries: Iterable[Entry]) -> Iterator[Entry]:
    """The same of entries of the roll, where only is counted."""
    for entry in entries:
        children = [roll.by_id(child) for child in entry.children] if entry.role == "parent" and entry.status == "active" else []
        gone = bool(children) and all(child is not None and child.status == "left" for child in children)
        yield entry._replace(status="left") if gone else entry


def _judged(system: System, school: str, parents: Sequence[Person], left: dict[str, bool]) -> Iterator[Person]:
    wanted = {child for parent in parents for child in parent.children if child not in left}
    if wanted:
        found = system.directory(school).standings(wanted)
        left.update((child, child in found and found[child].status == "left") for child in wanted)
    for parent in parents:
        yield replace(parent, status="left") if all(left[child] for child in parent.children) else parent
