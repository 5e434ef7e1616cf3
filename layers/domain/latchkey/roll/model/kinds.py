"""Who is alike: people of one kind count alike in every number, stand alike under the rule of readiness, and are meant by the
same filters, as long as nothing is searched for.

A school of a hundred thousand has some hundred kinds, so whatever is asked of everybody is asked of one of each. What divides
people into kinds is looked at once for each object; of a change only those who have changed are looked at, and their families::

    the object ──▶ kinds of everybody ──▶ changes since: of those who changed, and whose parent or child did ──▶ kinds as of now

``_own`` and ``_family`` name all that may be asked of one for all. What names a person (an id, an address, a time) is not
among it; admins, who are few, are each of a kind of their own, because some rules name them.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from latchkey.people.model.people_filter import objects
from latchkey.roll.model.entry import Entry
from latchkey.roll.model.standing import is_locked

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence


_AS_IT_IS: Final = itemgetter(
    *map(
        Entry._fields.index,
        (
            "role",
            "status",
            "year_group",
            "registration_group",
            "has_way_in",
            "unconfirmed",
            "marked",
            "pin",
            "parent_code",
            "is_linked",
            "double",
        ),
    )
)


class Alike(NamedTuple):
    """People of one kind, in list order, and the first of them, who stands for all."""

    one: Entry
    people: Sequence[Entry]


class Lines(NamedTuple):
    """Times (epoch seconds) on either side of which people differ: when the school ended its links, and since when a sign-in
    from outside counts; None where outside is not known.
    """

    links_ended_at: int
    outside_since: int | None


class Kinds:
    """The kind of each person, as a number, by id. ``looked_at``: how many people were looked at to know it."""

    def __init__(self, of: dict[str, int], numbers: dict[Hashable, int], lines: Lines, looked_at: int) -> None:
        self.of = of
        self.lines = lines
        self.looked_at = looked_at
        self._numbers = numbers

    def is_as(self, other: Kinds) -> bool:
        """Whether both number the kinds alike, divided by the same times."""
        return self._numbers is other._numbers and self.lines == other.lines

    def after(self, people: Iterable[str], now: Mapping[str, Entry], lines: Lines) -> Kinds:
        """The same once these people may be of other kinds; ``now``: everybody, by id."""
        of, numbers, looked_at = dict(self.of), self._numbers, 0
        for person in people:
            entry = now.get(person)
            looked_at += 1
            if entry is None:
                of.pop(person, None)
            else:
                of[person] = numbers.setdefault(_kind(entry, now, lines), len(numbers))
        return Kinds(of, numbers, lines, looked_at)


def kinds_of(entries: Sequence[Entry], now: Mapping[str, Entry], lines: Lines) -> Kinds:
    """The kinds of everybody; ``now``: the same by id."""
    numbers: dict[Hashable, int] = {}
    of = {entry.id: numbers.setdefault(_kind(entry, now, lines), len(numbers)) for entry in entries}
    return Kinds(of, numbers, lines, len(entries))


def family_of(entry: Entry) -> Sequence[str]:
    """Whose kind may depend on this person: their children and parents, by id."""
    return (*entry.children, *entry.parents)


def _kind(entry: Entry, now: Mapping[str, Entry], lines: Lines) -> Hashable:
    return _own(entry, lines), _family(entry, now, lines)


def _own(entry: Entry, lines: Lines) -> Hashable:
    """What of somebody's own facts is counted, filtered and judged by."""
    seen, set_at, link, outside = entry.last_login_at, entry.password_set_at, entry.link, entry.outside_at
    return (
        _AS_IT_IS(entry),
        entry.id if entry.is_admin else None,
        entry.email is None,
        entry.number is None,
        not entry.upn,
        None if seen is None else seen >= (set_at or 0),
        entry.locked_at is not None and is_locked(entry),
        entry.provisional_until if entry.unconfirmed else None,
        outside is not None and lines.outside_since is not None and outside > lines.outside_since,
        bool(entry.not_mine) and objects(entry),
        None if link is None else _link(link, entry.version, lines),
    )


def _link(link: Any, version: int, lines: Lines) -> Hashable:
    return link.state, link.fault, link.expires_at, link.version == version, link.sent_at > lines.links_ended_at


def _family(entry: Entry, now: Mapping[str, Entry], lines: Lines) -> Hashable:
    """What of their family's facts: whether all children have left, and for those without an address who and what can help."""
    if entry.role == "parent" and entry.children:
        children = [now.get(each) for each in entry.children]
        left = all(each is not None and each.status == "left" for each in children)
        if entry.email is not None:
            return left
        return left, frozenset(each.parent_code for each in children if each is not None and each.status == "active")
    if entry.role == "student" and entry.email is None and entry.pin is None and entry.parents:
        return frozenset(_own(parent, lines) for parent in map(now.get, entry.parents) if parent is not None)
    return None
