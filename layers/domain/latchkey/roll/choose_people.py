"""Look up the people whom a filter means, whatever it asks: what is started of them reads them."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final

from latchkey.people.model.people_filter import PeopleFilter
from latchkey.people.model.person import Person
from latchkey.people.model.standings import Code
from latchkey.roll.model.entry import entry_of, with_facts
from latchkey.roll.model.roll import Roll
from latchkey.roll.model.standing import standing_of
from latchkey.roll.needs import System
from latchkey.roll.read_roll import read_roll

_AT_ONCE: Final = 1_000  # people read by id in one go


def people_meant(system: System, school: str, wanted: PeopleFilter, *, for_mail: bool = False) -> Iterator[Person]:
    """Everybody whom a filter means, in list order, as they are now; memory holds a page of them.

    Who could log in, or why not, the roll says; it says whom to look at, and the people themselves are judged again: who has set
    a password a moment ago is not reminded. What it costs grows with those who are meant. ``for_mail``: as of
    ``Directory.matching``.
    """
    if not wanted.by_standing:
        yield from system.directory(school).matching(wanted, for_mail=for_mail)
        return
    roll = read_roll(system, school)
    yield from people_by_id(system, school, roll, (entry.id for entry in roll.meant(wanted)), wanted.matches)


def people_by_id(
    system: System, school: str, roll: Roll, ids: Iterable[str], means: Callable[[Person, Code | None], bool]
) -> Iterator[Person]:
    """Of the people with these ids those who are meant as they are now, in this order; ``means`` gets them and how they stand."""
    judge, rest = _judge(roll), iter(ids)
    while some := list(islice(rest, _AT_ONCE)):
        people = {person.id: person for person in system.directory(school).by_ids(some)}
        found = (people[each] for each in some if each in people)
        yield from (person for person in found if means(person, judge(person)))


def _judge(roll: Roll) -> Callable[[Person], Code | None]:
    """How somebody stands by what they are now, and by what the roll knows of their link and their family."""
    rules = roll.rules()

    def judge(person: Person) -> Code | None:
        known = roll.by_id(person.id)
        now = entry_of(person)
        if known is not None:
            now = with_facts(now, known.link, double=known.double)
        return standing_of(now, rules, roll.by_id)

    return judge
