"""The list of people: pages in list order, one person with their family, and the numbers of a list."""

from dataclasses import asdict, dataclass, replace
from itertools import islice
from typing import Final

from latchkey.errors import NotFound
from latchkey.people.model.people_filter import PeopleFilter, objects, waits
from latchkey.people.model.person import Person
from latchkey.people.model.position import Position
from latchkey.people.needs import System
from latchkey.shared.model import cursors
from latchkey.shared.model.ids import is_id
from latchkey.shared.model.pages import PAGE, Page, Pager

_QUERIES: Final = 20  # what one request may cost: this many reads of the index
_SCAN: Final = 500  # people a read, where most of them may not be meant
_COUNTED: Final = 60  # reads of up to 1 MB that the numbers of a list may cost: about 100,000 people


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """Those whom a filter means by what matters; all but ``left`` and ``disabled`` are active.

    ``not_mine``: students who say of an adult who is linked with them that they are no parent of theirs. ``unconfirmed``: who has
    typed an address that nobody has confirmed yet.

    ``complete``: everybody was counted.
    """

    people: int = 0
    left: int = 0
    disabled: int = 0
    missing_email: int = 0
    never_logged_in: int = 0
    unreached: int = 0
    not_mine: int = 0
    unconfirmed: int = 0
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Family:
    """A person and those they are linked with."""

    person: Person
    children: list[Person]
    parents: list[Person]


def list_people(
    system: System, school: str, wanted: PeopleFilter, *, cursor: str | None = None, limit: int = PAGE
) -> Page[Person]:
    """One page of the people whom a filter means. A page can be short, even empty, where few match: ``next`` goes on."""
    pager = Pager(f"people|{school}|{asdict(wanted)}", system.cursor_key(school))
    start = Position.of_parts(pager.place(cursor) or [wanted.looked_through[0]])
    try:
        pages = system.directory(school).pages_from(start, wanted, limit=_SCAN if _sparse(wanted) else limit + 1)
    except NotFound:
        raise cursors.refused() from None
    found: list[Person] = []
    place: Position | None = start
    for people, following in islice(pages, _QUERIES):
        found += [person for person in people if wanted.matches(person)]
        place = following
        if len(found) > limit:
            place = Position.behind(found[limit - 1])
            break
    return pager.page(found[:limit], place.parts if place else None)


def family(system: System, school: str, person: str) -> Family:
    """A person with their children and parents; ``NotFound`` where this school has no such person."""
    directory = system.directory(school)
    found = directory.person(person) if is_id(person) else None
    if found is None:
        raise NotFound()
    linked = {each.id: each for each in directory.by_ids([*found.children, *found.parents])}
    return Family(
        found,
        children=[linked[child] for child in found.children if child in linked],
        parents=[linked[parent] for parent in found.parents if parent in linked],
    )


def count_people(system: System, school: str, wanted: PeopleFilter) -> Numbers:
    """The numbers of a list, within what one request may read."""
    numbers, complete = Numbers(), False
    for people, following in islice(system.directory(school).pages_from(Position(wanted.looked_through[0]), wanted), _COUNTED):
        numbers = _add(numbers, [person for person in people if wanted.matches(person)])
        complete = following is None
    return replace(numbers, complete=complete)


def _add(numbers: Numbers, people: list[Person]) -> Numbers:
    active = [person for person in people if person.status == "active"]
    new = [person for person in active if person.last_login_at is None]
    return replace(
        numbers,
        people=numbers.people + len(active),
        left=numbers.left + sum(person.status == "left" for person in people),
        disabled=numbers.disabled + sum(person.status == "disabled" for person in people),
        missing_email=numbers.missing_email + sum(person.email is None for person in active),
        never_logged_in=numbers.never_logged_in + len(new),
        not_mine=numbers.not_mine + sum(map(objects, people)),
        unconfirmed=numbers.unconfirmed + sum(map(waits, active)),
        unreached=numbers.unreached + sum(person.email is not None for person in new),
    )


def _sparse(wanted: PeopleFilter) -> bool:
    """Whether people whom the filter does not mean can stand between those whom it means."""
    grouped = wanted.registration_groups
    return bool(
        wanted.q
        or wanted.missing_email
        or wanted.never_logged_in
        or wanted.bounced
        or wanted.not_mine
        or wanted.unconfirmed
        or grouped
    )
