"""The roll of a school: find, page and count people."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

from latchkey.people.model.people_filter import PeopleFilter
from latchkey.people.model.person import ROLES
from latchkey.people.model.register import sort_key
from latchkey.roll.model.numbers import Numbers, count
from latchkey.roll.model.standing import standing_of
from latchkey.roll.model.texts import Texts
from latchkey.shared.model import cursors
from latchkey.shared.model.folding import words
from latchkey.shared.model.pages import PAGE, Page, Pager

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from latchkey.people.model.standings import Code
    from latchkey.roll.model.entry import Entry, Refusal
    from latchkey.roll.model.standing import Rules

Sort = Literal["list", "name", "last_login"]
"""``list``: role, year, group, name. ``name``: by family name, whatever the role. ``last_login``: those without come first."""
SORTS: Final[tuple[Sort, ...]] = ("list", "name", "last_login")


_EVERYBODY: Final = PeopleFilter()
_REMEMBERED: Final = 16  # filters whose people are remembered: a page asks for its list and its numbers
_MINUTE: Final = 60  # seconds for which it stays so who could log in, as far as only time changes it


@dataclass(slots=True)
class Known:
    """What is found out about the same entries once, however often they are read."""

    texts: Texts = field(default_factory=Texts)
    places: Mapping[str, int] | None = None
    meant: dict[PeopleFilter, Sequence[Entry]] = field(default_factory=dict)
    rules: Rules | None = None
    standings: Mapping[str, Code | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Roll:
    """Everybody of a school in list order, as of a time in epoch seconds.

    ``cursor_key`` gives what seals cursors, ``rules`` by what it is judged who could log in. ``refused`` gives the
    invitations, by their id, whose mail came back for good or was called spam.
    """

    school: str
    entries: Sequence[Entry]
    as_of: int
    cursor_key: Callable[[], bytes]
    rules: Callable[[], Rules]
    known: Known = field(default_factory=Known, repr=False)
    refused: Callable[[], Mapping[str, Refusal]] = field(default=dict, repr=False)

    @property
    def _places(self) -> Mapping[str, int]:
        if self.known.places is None:
            self.known.places = {entry.id: place for place, entry in enumerate(self.entries)}
        return self.known.places

    def by_id(self, person: str) -> Entry | None:
        """The person with this id."""
        place = self._places.get(person)
        return self.entries[place] if place is not None else None

    def meant(self, wanted: PeopleFilter) -> Sequence[Entry]:
        """Everybody whom a filter means, in list order."""
        if wanted == _EVERYBODY:
            return self.entries
        codes = self.standings if wanted.by_standing else {}
        meant = self.known.meant
        if wanted not in meant:
            if len(meant) >= _REMEMBERED:
                meant.clear()
            meant[wanted] = [each for each in self._possible(wanted) if wanted.matches(each, codes.get(each.id))]
        return meant[wanted]

    def _possible(self, wanted: PeopleFilter) -> Sequence[Entry]:
        """Those among whom everybody is whom a filter means."""
        entries = self.entries
        if wanted.roles:
            places = [ROLES.index(role) for role in wanted.looked_through]
            slices = [(bisect_left(entries, at, key=_role_place), bisect_right(entries, at, key=_role_place)) for at in places]
            entries = [entry for start, end in slices for entry in entries[start:end]]
        return self.known.texts.possible(wanted.q, entries) if wanted.q else entries

    @cached_property
    def standings(self) -> Mapping[str, Code | None]:
        """The grade or reason of everybody, by id; None of those who have left. As of the last minute."""
        rules, known = self.rules(), self.known
        if known.rules is None or rules.now - known.rules.now >= _MINUTE or replace(known.rules, now=rules.now) != rules:
            known.rules = rules
            known.standings = {entry.id: standing_of(entry, rules, self.by_id) for entry in self.entries}
            known.meant.clear()
        return known.standings

    def in_order(self, wanted: PeopleFilter, sort: Sort = "list") -> Sequence[Entry]:
        """Everybody whom a filter means, in this order."""
        return _sorted(self.meant(wanted), sort)

    def numbers(self, wanted: PeopleFilter) -> Numbers:
        """The numbers of those whom a filter means."""
        return count(self.meant(wanted))

    def page(self, wanted: PeopleFilter, cursor: str | None = None, limit: int = PAGE, sort: Sort = "list") -> Page[Entry]:
        """One page of those whom a filter means: full if that many are left. ``Invalid`` for a cursor of another list.

        A cursor holds where somebody stood: it goes on behind that place, or behind them where the order is another.
        """
        named = "" if sort == "list" else f"|{sort}"
        pager = Pager(f"people|{self.school}|{asdict(wanted)}{named}", self.cursor_key())
        place = pager.place(cursor)
        meant = _sorted(self.meant(wanted), sort)
        start = self._after(meant, [str(part) for part in place], sort) if len(place) > 1 else 0
        page = meant[start : start + limit]
        more = start + limit < len(meant)
        return pager.page([*page], _parts(page[-1]) if more else None)

    def _after(self, meant: Sequence[Entry], place: list[str], sort: Sort) -> int:
        """How many stand up to the place of a cursor; refused if its person is gone."""
        role, year, group, person = place
        found = self.by_id(person)
        if found is None:
            raise cursors.refused()
        there = found._replace(role=next(each for each in ROLES if each == role), year_group=year, registration_group=group)
        if sort == "list":
            return bisect_right(meant, place_of(there), key=place_of)
        return bisect_right(meant, _ORDERS[sort](found), key=_ORDERS[sort])


def _role_place(entry: Entry) -> int:
    return ROLES.index(entry.role)


def place_of(entry: Entry) -> tuple[int, str]:
    """What the list is sorted by."""
    return ROLES.index(entry.role), sort_key(entry)


def _by_name(entry: Entry) -> tuple[str, ...]:
    family, given = entry.preferred_family_name or entry.family_name, entry.preferred_given_name or entry.given_name
    return "$".join(words(family or given)), "$".join(words(given)), entry.id


def _by_last_login(entry: Entry) -> tuple[int, int, str]:
    return entry.last_login_at or 0, *place_of(entry)


_ORDERS: Final[Mapping[Sort, Callable[[Entry], tuple[str | int, ...]]]] = {"name": _by_name, "last_login": _by_last_login}


def _sorted(meant: Sequence[Entry], sort: Sort) -> Sequence[Entry]:
    return meant if sort == "list" else sorted(meant, key=_ORDERS[sort])


def _parts(entry: Entry) -> list[str | int]:
    return [entry.role, entry.year_group or "", entry.registration_group or "", entry.id]
