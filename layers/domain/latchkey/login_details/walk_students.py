"""Go through the students of a scope in list order, some at a time, from any of them on: what takes long is done in pieces."""

from collections.abc import Callable, Iterator, Sequence
from math import inf
from typing import Final

from latchkey.errors import NotFound
from latchkey.login_details.model.scope import Scope
from latchkey.people.model.people_filter import PeopleFilter
from latchkey.people.model.person import Person
from latchkey.people.model.position import Position
from latchkey.people.model.register import sort_key
from latchkey.people.stores.people import Directory

AT_ONCE: Final = 99  # DynamoDB: TransactWriteItems takes 100, and one of them may be the run itself
_IN_A_PAGE: Final = 1_000  # people: about what 1 MB of the index holds
_RESERVE: Final = 45  # seconds in which a worker writes down where it is, and stops


class Clock:
    """How long this invocation may still work. ``left`` gives seconds; without one there is no end."""

    def __init__(self, left: Callable[[], float] | None = None) -> None:
        self.left = left or (lambda: inf)

    def is_short(self) -> bool:
        """Whether it is time to write down where one is and stop."""
        return self.left() < _RESERVE


def walk(directory: Directory, scope: Scope, after: Sequence[str] = (), *, pages: int | None = None) -> Iterator[list[Person]]:
    """The people whom a scope means, whatever their status: at most 99 at a time, memory holds one page of the index.

    Nobody else is among them: what is done to them cannot be taken back.

    ``after`` is the ``position`` of somebody: go on behind them. A list of people has an end near enough: it begins anew.
    ``pages`` is how many pages of the index may be read: the last batch is empty where there are more.
    """
    named = scope.people
    if scope.is_noted:
        yield from _noted(directory, scope.ids, after, pages)
        return
    if named is not None:
        yield from _parts(sorted(directory.by_ids(named), key=sort_key))
        return
    group = scope.group
    for people, following in _pages(directory, group, after):
        yield from _parts([person for person in people if group.matches(person)])
        if following is None:
            return
        if pages is not None:
            pages -= 1
            if pages <= 0:
                yield []
                return


def position(person: Person) -> tuple[str, ...]:
    """Where the person stands among the students."""
    behind = Position.behind(person)
    return behind.year_group, behind.registration_group, behind.person


def _pages(directory: Directory, group: PeopleFilter, after: Sequence[str]) -> Iterator[tuple[list[Person], Position | None]]:
    try:
        return directory.pages_from(Position("student", *after), group)
    except NotFound:  # nobody to go on from: what was done is done again, which changes nothing
        return directory.pages_from(Position("student"), group)


def _noted(directory: Directory, ids: Sequence[str], after: Sequence[str], pages: int | None) -> Iterator[list[Person]]:
    """People who were noted in list order, from where a worker was on."""
    begin = ids.index(after[-1]) + 1 if after and after[-1] in ids else 0
    for start in range(begin, len(ids), AT_ONCE):
        if pages is not None and start >= pages * _IN_A_PAGE:
            yield []
            return
        some = ids[start : start + AT_ONCE]
        people = {person.id: person for person in directory.by_ids(some)}
        if people:
            yield [people[each] for each in some if each in people]


def _parts(people: list[Person]) -> Iterator[list[Person]]:
    for start in range(0, len(people), AT_ONCE):
        yield people[start : start + AT_ONCE]
