"""The list of people: pages in list order, one person with their family, and the numbers of a list."""

from dataclasses import asdict, dataclass, replace
from typing import Final

from latchkey.errors import NotFound
from latchkey.people.model.people_filter import PeopleFilter
from latchkey.people.model.person import ROLES, Person, Role, sort_key
from latchkey.people.needs import System
from latchkey.people.stores.people import Directory, person_key, prefix_of
from latchkey.shared.model import cursors
from latchkey.shared.model.ids import is_id
from latchkey.shared.stores.dynamo import Item

PAGE: Final = 50
LONGEST_PAGE: Final = 100
_QUERIES: Final = 20  # what one request may cost: this many reads of the index
_SCAN: Final = 500  # people a read, where most of them may not be meant
_COUNTED: Final = 60  # reads of up to 1 MB that the numbers of one role may cost: about 100,000 people


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Some people in list order; ``next`` is the cursor of the next page (None: there is none)."""

    people: list[Person]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """Those whom a filter means, by what matters; all but ``left`` are active. ``complete``: everybody was counted."""

    people: int = 0
    left: int = 0
    missing_email: int = 0
    never_logged_in: int = 0
    unreached: int = 0
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Family:
    """A person and those they are linked with."""

    person: Person
    children: list[Person]
    parents: list[Person]


def list_people(system: System, school: str, wanted: PeopleFilter, *, cursor: str | None = None, limit: int = PAGE) -> PeoplePage:
    """One page of the people whom a filter means. A page can be short, even empty, where few match: ``next`` goes on."""
    directory = system.directory(school)
    context, key = f"people|{school}|{asdict(wanted)}", system.lookup_key(school)
    position: list[str | int] = cursors.unseal(cursor, context, key) if cursor else [wanted.roles[0]]
    role, start = _place(directory, position)
    found: list[Person] = []
    for _ in range(_QUERIES):
        step = _SCAN if _sparse(wanted) else limit + 1
        people, start = directory.page(role, after=start, limit=step, prefix=prefix_of(wanted))
        found += [person for person in people if wanted.matches(person)]
        if len(found) > limit:
            return PeoplePage(found[:limit], cursors.seal(_position(found[limit - 1]), context, key))
        if start is not None:
            position = _position(people[-1])
            continue
        following = wanted.roles[wanted.roles.index(role) + 1 :]
        if not following:
            return PeoplePage(found, None)
        role = following[0]
        position = [role]
    return PeoplePage(found, cursors.seal(position, context, key))


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
    directory, numbers, left_to_read = system.directory(school), Numbers(), _COUNTED
    for role in wanted.roles:
        start: Item | None = None
        while True:
            if not left_to_read:
                return replace(numbers, complete=False)
            left_to_read -= 1
            people, start = directory.page(role, after=start, prefix=prefix_of(wanted))
            numbers = _add(numbers, [person for person in people if wanted.matches(person)])
            if start is None:
                break
    return numbers


def _add(numbers: Numbers, people: list[Person]) -> Numbers:
    active = [person for person in people if person.status == "active"]
    new = [person for person in active if person.last_login_at is None]
    return replace(
        numbers,
        people=numbers.people + len(active),
        left=numbers.left + len(people) - len(active),
        missing_email=numbers.missing_email + sum(person.email is None for person in active),
        never_logged_in=numbers.never_logged_in + len(new),
        unreached=numbers.unreached + sum(person.email is not None for person in new),
    )


def _sparse(wanted: PeopleFilter) -> bool:
    """Whether people whom the filter does not mean can stand between those whom it means."""
    group_alone = wanted.registration_group is not None and wanted.year_group is None
    return bool(wanted.q or wanted.missing_email or wanted.never_logged_in or wanted.bounced or group_alone)


def _position(person: Person) -> list[str | int]:
    """Where the person stands, without a name: year and group as they were, so that nobody is passed over if they change."""
    return [person.role, person.year_group or "", person.registration_group or "", person.id]


def _place(directory: Directory, position: list[str | int]) -> tuple[Role, Item | None]:
    role: Role = next(known for known in ROLES if known == position[0])
    if len(position) == 1:
        return role, None
    _, year, group, person_id = (str(part) for part in position)
    person = directory.person(person_id)
    if person is None:
        raise cursors.refused()
    was = replace(person, year_group=year or None, registration_group=group or None)
    pk, sk = person_key(directory.school, person_id)
    return role, {"pk": pk, "sk": sk, "people_pk": f"{directory.school}#{role}", "people_sk": sort_key(was)}
