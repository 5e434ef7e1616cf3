"""Where people are looked up: in the directory by who decides about them, in the roll by who only counts or shows them.

A rule that is written over a ``Source`` is the same for both, so what a page says beforehand is what the worker decides, as far
as the roll is fresh. It decides nothing itself: whatever is sent, given or changed looks its people up in the directory.

::

    a page ──▶ FromRoll ──────▶ one item, and the object that it names: the same cost for any school
    a worker ──▶ FromDirectory ──▶ everybody who is meant, as they are now
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import cached_property
from itertools import islice
from typing import Final, Protocol, TypeVar

from latchkey.people.model.matched import Member
from latchkey.people.model.people_filter import PeopleFilter, parse
from latchkey.people.model.person import Person, Role
from latchkey.people.model.standings import Code
from latchkey.roll.choose_people import people_by_id, people_meant
from latchkey.roll.model.entry import Entry, entry_of
from latchkey.roll.model.kinds import Alike
from latchkey.roll.model.roll import Roll
from latchkey.roll.needs import System
from latchkey.roll.read_roll import read_roll
from latchkey.schools.find_school import the_school_now
from latchkey.schools.model.school import School
from latchkey.shared.model.identifiers import lookup

Found = TypeVar("Found", bound=Member)
_AT_ONCE: Final = 500  # people read by id in one go
_SOME: Final = 2_000  # people who are read by id; of more the school's students are gone through
_FEW: Final = 100  # addresses that are looked up one by one; of more the school's adults are gone through
_READ: Final = 15  # people named by id who are read as they are now, and so is as many whom the roll does not know yet
_ADULTS: Final[tuple[Role, ...]] = ("parent", "teacher", "staff")


class Source(Protocol[Found]):
    """The people of one school, to be looked up."""

    @property
    def decides(self) -> bool:
        """Whether something is decided by what is found; where it is only counted or shown, a minute ago will do."""
        ...

    @property
    def roll(self) -> Roll:
        """The roll, which says who may be meant where only it knows."""
        ...

    def meant(self, wanted: PeopleFilter) -> Iterator[Found]:
        """Everybody whom a filter means, in list order."""
        ...

    def among(self, ids: Iterable[str], filters: Sequence[PeopleFilter], ticked: AbstractSet[str]) -> Iterator[Found]:
        """Of the people with these ids those who are ticked or whom one of the filters means, in this order."""
        ...

    def by_ids(self, ids: Iterable[str]) -> Iterator[Found]:
        """Those of these people who exist, nobody twice, in the order asked for."""
        ...

    def standings(self, ids: Iterable[str]) -> Mapping[str, Member]:
        """Those of these people who exist, by id; only their role and status may be gone by."""
        ...

    def adults_at(self, emails: AbstractSet[str]) -> Iterator[Found]:
        """The adults who have one of these addresses, confirmed or not."""
        ...

    def as_left(self, one: Found) -> Found:
        """The same person as one who has left."""
        ...


class FromDirectory:
    """People as they are now. What it costs grows with those who are meant, so it is a worker's.

    ``known``: the school as it was read just now, where somebody has it. ``for_mail``: whom a filter means is read without what
    says nothing of whether, where and how they are mailed.
    """

    decides: Final = True

    def __init__(self, system: System, school: str, known: School | None = None, *, for_mail: bool = False) -> None:
        self._system = system
        self._school = school
        self._known = known
        self._for_mail = for_mail
        self._directory = system.directory(school)

    @cached_property
    def roll(self) -> Roll:
        """The roll as it was when it was first asked for."""
        return read_roll(self._system, self._school, self._known)

    def meant(self, wanted: PeopleFilter) -> Iterator[Person]:
        """As of ``Source``; memory holds a page of them."""
        return people_meant(self._system, self._school, wanted, for_mail=self._for_mail)

    def among(self, ids: Iterable[str], filters: Sequence[PeopleFilter], ticked: AbstractSet[str]) -> Iterator[Person]:
        """As of ``Source``, judged by what they are now."""

        def means(person: Person, code: Code | None) -> bool:
            return person.id in ticked or any(each.matches(person, code) for each in filters)

        return people_by_id(self._system, self._school, self.roll, ids, means)

    def by_ids(self, ids: Iterable[str]) -> Iterator[Person]:
        """As of ``Source``, some hundreds at a time."""
        left = iter(dict.fromkeys(ids))
        while part := [*islice(left, _AT_ONCE)]:
            yield from self._directory.by_ids(part)

    def standings(self, ids: Iterable[str]) -> Mapping[str, Person]:
        """As of ``Source``. Where they are very many the students are gone through: it is asked of children."""
        wanted = {*ids}
        if len(wanted) > _SOME:
            return {each.id: each for each in self._directory.matching(parse({"role": "student"})) if each.id in wanted}
        return self._directory.standings(sorted(wanted))

    def adults_at(self, emails: AbstractSet[str]) -> Iterator[Person]:
        """As of ``Source``. A few addresses are looked up; of many all adults are gone through: some calls for a thousand."""
        if len(emails) > _FEW:
            found = (person for role in _ADULTS for person in self._directory.matching(parse({"role": role})))
        else:
            school = self._known or the_school_now(self._system, self._school)
            keys = [self._system.lookup_key(school.slug, epoch) for epoch in school.lookup_epochs]
            asked = ([lookup(key, "email", email) for key in keys] for email in sorted(emails))
            found = (person for each in asked for person in self._directory.by_email_key(*each))
        return (person for person in found if person.email in emails and person.role != "student")

    def as_left(self, one: Person) -> Person:
        """As of ``Source``."""
        return replace(one, status="left")


class FromRoll:
    """People as the roll has them, which is read once: what it costs does not grow with the school."""

    decides: Final = False

    def __init__(self, system: System, school: str, known: School | None = None) -> None:
        self._system = system
        self._school = school
        self._known = known
        self._read: dict[str, Entry | None] = {}

    @cached_property
    def roll(self) -> Roll:
        """The roll as it was when it was first asked for."""
        return read_roll(self._system, self._school, self._known)

    def meant(self, wanted: PeopleFilter) -> Iterator[Entry]:
        """As of ``Source``."""
        yield from self.roll.meant(wanted)

    def among(self, ids: Iterable[str], filters: Sequence[PeopleFilter], ticked: AbstractSet[str]) -> Iterator[Entry]:
        """As of ``Source``."""
        codes = self.roll.standings if any(each.by_standing for each in filters) else {}
        for entry in filter(None, map(self.roll.by_id, ids)):
            if entry.id in ticked or any(each.matches(entry, codes.get(entry.id)) for each in filters):
                yield entry

    def by_ids(self, ids: Iterable[str]) -> Iterator[Entry]:
        """As of ``Source``. A few are read as they are now, once: somebody may just have been made or changed.

        Of many a few whom the roll does not know are read, too.
        """
        wanted = [*dict.fromkeys(ids)]
        anew = wanted if len(wanted) <= _READ else [each for each in wanted if self.roll.by_id(each) is None]
        anew = [each for each in anew if each not in self._read]
        if 0 < len(anew) <= _READ and len(self._read) + len(anew) <= 2 * _READ:
            here = {person.id: entry_of(person) for person in self._system.directory(self._school).by_ids(anew)}
            self._read |= {each: here.get(each) for each in anew}
        found = (self._read[each] if each in self._read else self.roll.by_id(each) for each in wanted)
        return (entry for entry in found if entry is not None)

    def standings(self, ids: Iterable[str]) -> Mapping[str, Entry]:
        """As of ``Source``."""
        found = ((each, self.roll.by_id(each)) for each in ids)
        return {each: entry for each, entry in found if entry is not None}

    def adults_at(self, emails: AbstractSet[str]) -> Iterator[Entry]:
        """As of ``Source``."""
        if emails:
            yield from (entry for entry in self.roll.meant(PeopleFilter(roles=_ADULTS)) if entry.email in emails)

    def alike(self, people: Iterable[Entry]) -> Iterator[Alike]:
        """Some of the people of this source by kind; who was read anew stands alone."""
        mine: list[Entry] = []
        for each in people:
            if self.roll.by_id(each.id) is each:
                mine.append(each)
            else:
                yield Alike(each, (each,))
        yield from self.roll.alike(mine)

    def as_left(self, one: Entry) -> Entry:
        """As of ``Source``."""
        return one._replace(status="left")
