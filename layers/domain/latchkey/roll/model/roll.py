"""The roll of a school: find, page and count people."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, Final, Literal

from latchkey.people.model.people_filter import PeopleFilter
from latchkey.people.model.person import ROLES
from latchkey.roll.model.entry import place_of, these_of
from latchkey.roll.model.known import Known
from latchkey.roll.model.numbers import Numbers, count
from latchkey.shared.model import cursors
from latchkey.shared.model.folding import words
from latchkey.shared.model.pages import PAGE, Page, Pager

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from latchkey.people.model.standings import Code
    from latchkey.roll.model.entry import Entry, Refusal
    from latchkey.roll.model.kinds import Alike
    from latchkey.roll.model.standing import Rules

Sort = Literal["list", "name", "last_login"]
"""``list``: role, year, group, name. ``name``: by family name, whatever the role. ``last_login``: those without come first."""
SORTS: Final[tuple[Sort, ...]] = ("list", "name", "last_login")


_EVERYBODY: Final = PeopleFilter()
_ID: Final = itemgetter(0)
_REMEMBERED: Final = 16  # filters whose people are remembered: a page asks for its list and its numbers


@dataclass(frozen=True)
class Roll:
    """Everybody of a school in list order, as of a time in epoch seconds.

    ``cursor_key`` gives what seals cursors, ``rules`` by what it is judged who could log in. ``refused`` gives the
    invitations, by their id, whose mail came back for good or was called spam, ``used`` when others were used.
    """

    school: str
    entries: Sequence[Entry]
    as_of: int
    cursor_key: Callable[[], bytes]
    rules: Callable[[], Rules]
    known: Known | None = field(default=None, repr=False)
    refused: Callable[[], Mapping[str, Refusal]] = field(default=dict, repr=False)
    used: Callable[[], Mapping[str, int]] = field(default=dict, repr=False)

    @cached_property
    def _known(self) -> Known:
        return self.known if self.known is not None else Known(self.entries)

    def by_id(self, person: str) -> Entry | None:
        """The person with this id."""
        return self._known.people.get(person)

    @property
    def mailboxes(self) -> dict[tuple[int, str], str]:
        """The ids of invitations that were worked out of the school's addresses, by the epoch of the key and the address."""
        return self._known.mailboxes

    @property
    def written(self) -> Mapping[str, str]:
        """Each word of a name of the school, folded, as it is written."""
        return self._known.written

    @property
    def domains(self) -> Mapping[str, int]:
        """How many of those who are here have an address of each domain, with which nothing is noted."""
        return self._known.domains

    @cached_property
    def standings(self) -> Mapping[str, Code | None]:
        """The grade or reason of everybody, by id; None of those who have left. As of the last minute."""
        return self._known.standings(self.rules())

    def alike(self, entries: Sequence[Entry] | None = None) -> Sequence[Alike]:
        """Everybody, or these entries of the roll, by kind: what may be asked of one for all of them ``kinds`` says."""
        return self._known.alike(entries)

    def judged(self) -> Iterator[tuple[Alike, Code | None]]:
        """Everybody by kind, with their grade or reason."""
        standings = self.standings
        return ((each, standings[each.one.id]) for each in self.alike())

    @property
    def admins(self) -> Sequence[Entry]:
        """The admins who are neither switched off nor have left, in list order."""
        return [each.one for each in self.alike() if each.one.is_admin and each.one.status == "active"]

    def meant(self, wanted: PeopleFilter) -> Sequence[Entry]:
        """Everybody whom a filter means, in list order."""
        if wanted == _EVERYBODY:
            return self.entries
        standings = self.standings if wanted.by_standing else {}
        known = self._known.meant
        if wanted not in known:
            if len(known) >= _REMEMBERED:
                known.clear()
            known[wanted] = self._searched(wanted, standings) if wanted.q else self._filtered(wanted, standings)
        return known[wanted]

    def _searched(self, wanted: PeopleFilter, standings: Mapping[str, Code | None]) -> Sequence[Entry]:
        from latchkey.roll.model.texts import found_by

        others = replace(wanted, q="")
        among = self.entries if others == _EVERYBODY else self._filtered(others, standings)
        here = {each.one.registration_group or "" for each in self.alike()}
        return found_by(wanted.q, among, self._known.texts, here)

    def _filtered(self, wanted: PeopleFilter, standings: Mapping[str, Code | None]) -> Sequence[Entry]:
        """Whom a filter means that searches for nothing: one of each kind is asked."""
        among, meant = self._of_roles(wanted), set[str]()
        for each in self._matching(wanted, standings):
            meant.update(map(_ID, each.people))
        return among if len(meant) == len(among) else these_of(among, meant)

    def alike_of(self, wanted: PeopleFilter) -> Sequence[Alike]:
        """Everybody whom a filter means, by kind."""
        if wanted.q:
            return self.alike(self.meant(wanted))
        return [*self._matching(wanted, self.standings if wanted.by_standing else {})]

    def _matching(self, wanted: PeopleFilter, standings: Mapping[str, Code | None]) -> Iterator[Alike]:
        return (each for each in self.alike() if wanted.matches(each.one, standings.get(each.one.id)))

    def _of_roles(self, wanted: PeopleFilter) -> Sequence[Entry]:
        """Those of the roles that a filter wants."""
        if not wanted.roles:
            return self.entries
        entries, places = self.entries, [ROLES.index(role) for role in wanted.looked_through]
        slices = [(bisect_left(entries, at, key=_role_place), bisect_right(entries, at, key=_role_place)) for at in places]
        return [entry for start, end in slices for entry in entries[start:end]]

    def in_order(self, wanted: PeopleFilter, sort: Sort = "list") -> Sequence[Entry]:
        """Everybody whom a filter means, in this order."""
        return _sorted(self.meant(wanted), sort)

    def numbers(self, wanted: PeopleFilter) -> Numbers:
        """The numbers of those whom a filter means."""
        return count((one, len(people)) for one, people in self.alike_of(wanted))

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
