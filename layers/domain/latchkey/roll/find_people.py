"""Find a person by what somebody typed: a name, a login, a UPN or an id; and, where nobody is found, names nearly like it."""

from collections.abc import Sequence
from dataclasses import dataclass

from latchkey.people.model.people_filter import PeopleFilter, parse
from latchkey.roll.model.entry import Entry
from latchkey.roll.model.roll import Roll
from latchkey.roll.needs import System
from latchkey.roll.read_roll import read_roll
from latchkey.shared.model.folding import folded


@dataclass(frozen=True, slots=True)
class Near:
    """A name that is nearly what was typed, and how many people are found by it."""

    name: str
    people: int


@dataclass(frozen=True, slots=True)
class Found:
    """Who was found, in list order; ``the_one`` is who was surely meant. ``near`` is empty where anybody was found."""

    people: Sequence[Entry]
    the_one: Entry | None
    near: tuple[Near, ...]


def find_people(system: System, school: str, typed: str) -> Found:
    """Who is found by what was typed; ``Invalid`` if it cannot be searched for."""
    roll, wanted = read_roll(system, school), parse({"q": typed})
    if not wanted.q:
        return Found((), None, ())
    people = roll.meant(wanted)
    one = people[0] if len(people) == 1 else _by_login(people, wanted.q)
    return Found(people, one, () if people else nearly(roll, wanted))


def nearly(roll: Roll, wanted: PeopleFilter) -> tuple[Near, ...]:
    """Names that are nearly what a filter searches for, with the people whom each finds in the school; the most alike first."""
    from latchkey.roll.model.near_names import near_names

    names = near_names(wanted.q, roll.written)
    return tuple(Near(name, people) for name in names if (people := len(roll.meant(PeopleFilter(q=name)))))


def _by_login(people: Sequence[Entry], typed: str) -> Entry | None:
    """The one whose username, address, UPN or id is exactly what was typed."""
    asked = folded(typed)
    exact = [
        each
        for each in people
        if asked in {folded(login) for login in (each.username, each.email, each.upn, each.mis_id) if login}
    ]
    return exact[0] if len(exact) == 1 else None
