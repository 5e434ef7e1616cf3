"""Parents all of whose children have left count as people who have left: no message goes to them any more.

The account stays, and works: a parent may have another child next year. Somebody who works at the school is there for the work.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from latchkey.roll.sources import Found, Source

_AT_ONCE: Final = 100  # parents


def with_parents_of_leavers(people: Iterable[Found], source: Source[Found]) -> Iterator[Found]:
    """The same people, parents whose children have all left among them as people who have left.

    Students who come before their parents, as in list order, are remembered; other children are looked up, those of some hundred
    parents at a time.
    """
    left: dict[str, bool] = {}
    waiting: list[Found] = []
    for person in people:
        if person.role == "student":
            left[person.id] = person.status == "left"
        if person.role != "parent" or person.status != "active" or not person.children:
            yield person
            continue
        waiting.append(person)
        if len(waiting) == _AT_ONCE:
            yield from _judged(waiting, left, source)
            waiting = []
    yield from _judged(waiting, left, source)


def _judged(parents: Sequence[Found], left: dict[str, bool], source: Source[Found]) -> Iterator[Found]:
    wanted = {child for parent in parents for child in parent.children if child not in left}
    if wanted:
        found = source.standings(wanted)
        left.update((child, child in found and found[child].status == "left") for child in wanted)
    for parent in parents:
        yield source.as_left(parent) if all(left[child] for child in parent.children) else parent
