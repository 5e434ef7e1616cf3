"""Go through the students of a scope in list order, some at a time, from any of them on: what takes long is done in pieces."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from math import inf
from typing import Final

from latchkey.login_details.model.runs import Scope, Wanted
from latchkey.people.model.person import Person, sort_key
from latchkey.people.stores.people import Directory, person_key, prefix_of
from latchkey.shared.stores.dynamo import Item

AT_ONCE: Final = 99  # DynamoDB: TransactWriteItems takes 100, and one of them may be the run itself
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
    if named is not None:
        yield from _parts(sorted(directory.by_ids(named), key=sort_key))
        return
    start = _place(directory, after) if after else None
    group = Wanted(scope=scope).group
    while True:
        people, start = directory.page("student", after=start, prefix=prefix_of(group))
        yield from _parts([person for person in people if group.matches(person)])
        if start is None:
            return
        if pages is not None:
            pages -= 1
            if pages <= 0:
                yield []
                return


def position(person: Person) -> tuple[str, ...]:
    """Where the person stands, without a name: year and group as they were, so that nobody is passed over if they change."""
    return person.year_group or "", person.registration_group or "", person.id


def _place(directory: Directory, after: Sequence[str]) -> Item | None:
    year, group, person_id = after
    person = directory.person(person_id)
    if person is None:
        return None  # nobody to go on from: what was done is done again, which changes nothing
    was = replace(person, year_group=year or None, registration_group=group or None)
    pk, sk = person_key(directory.school, person_id)
    return {"pk": pk, "sk": sk, "people_pk": f"{directory.school}#student", "people_sk": sort_key(was)}


def _parts(people: list[Person]) -> Iterator[list[Person]]:
    for start in range(0, len(people), AT_ONCE):
        yield people[start : start + AT_ONCE]
