"""What is found out about the people of a roll once, however often it is read: who has which id, who is alike, what is searched.

What changes have made of an object is found out from what is known of the object, by a look at those who have changed.
"""

from __future__ import annotations

from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from itertools import compress
from operator import is_not, itemgetter
from typing import TYPE_CHECKING, Final

from latchkey.roll.model.entry import place_of
from latchkey.roll.model.kinds import Alike, Kinds, Lines, family_of, kinds_of
from latchkey.roll.model.standing import OUTSIDE_FOR, standing_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from latchkey.people.model.people_filter import PeopleFilter
    from latchkey.people.model.standings import Code
    from latchkey.roll.model.entry import Entry
    from latchkey.roll.model.standing import Rules

_ID: Final = itemgetter(0)
_FEW: Final = 2_000  # people who have changed; after more of them all are put in groups anew
_MINUTE: Final = 60  # seconds for which it stays so who could log in, as far as only time changes it


class Standings(Mapping[str, "Code | None"]):
    """The grade or reason of everybody, by id; None of those who have left."""

    def __init__(self, of: Mapping[str, int], codes: Mapping[int, Code | None]) -> None:
        self._of = of
        self._codes = codes

    def __getitem__(self, person: str) -> Code | None:
        return self._codes[self._of[person]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._of)

    def __len__(self) -> int:
        return len(self._of)


class Known:
    """What is known of these entries. ``before``: what is known of those over which changes were laid that gave these.

    ``meant``: the filters asked for last, and whom they mean. ``mailboxes``: the ids of invitations by the epoch of the key and
    the address: an HMAC each, so they are worked out once and hold whatever changes.
    """

    def __init__(self, entries: Sequence[Entry], before: Known | None = None) -> None:
        self.entries = entries
        self.meant: dict[PeopleFilter, Sequence[Entry]] = {}
        self.mailboxes: dict[tuple[int, str], str] = before.mailboxes if before is not None else {}
        self._before = before
        self._kinds: Kinds | None = None
        self._grouped_by: Kinds | None = None
        self._groups: Mapping[int, Sequence[Entry]] = {}
        self._rules: Rules | None = None
        self._standings = Standings({}, {})

    @cached_property
    def people(self) -> Mapping[str, Entry]:
        """Everybody by id."""
        if self._before is None:
            return dict(zip(map(_ID, self.entries), self.entries, strict=True))
        people = {**self._before.people, **{entry.id: entry for entry in self._new}}
        if len(people) > len(self.entries):  # somebody is gone
            here = {*map(_ID, self.entries)}
            people = {each: entry for each, entry in people.items() if each in here}
        return people

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """What is searched of each person, by id."""
        from latchkey.roll.model.texts import texts_of

        if self._before is None:
            return texts_of(self.entries)
        return {**self._before.texts, **texts_of(self._new)}

    @cached_property
    def written(self) -> Mapping[str, str]:
        """Each word of a name of the school, folded, as it is written; of those who are gone, too, until the next object."""
        from latchkey.roll.model.near_names import written

        if self._before is None:
            return written(self.entries)
        return {**written(self._new), **self._before.written}

    @cached_property
    def domains(self) -> Mapping[str, int]:
        """How many of those who are here have an address of each domain, with which nothing is noted."""
        if self._before is None:
            return Counter(_domains(self.entries))
        before, now, found = self._before.people, self.people, Counter(self._before.domains)
        found.subtract(_domains(before[each] for each in self._changed if each in before))
        found.update(_domains(now[each] for each in self._changed if each in now))
        return +found

    def alike(self, entries: Sequence[Entry] | None = None) -> Sequence[Alike]:
        """Everybody, or some of the entries, by kind."""
        groups = self.groups() if entries is None else _by_kind(entries, self.any_kinds())
        return [Alike(people[0], people) for people in groups.values()]

    def standings(self, rules: Rules) -> Standings:
        """The grade or reason of everybody, as it stood within the last minute."""
        known = self._rules
        if known is None or not 0 <= rules.now - known.now < _MINUTE or replace(known, now=rules.now) != rules:
            since = rules.now - OUTSIDE_FOR if rules.knows_outside else None
            kinds = self.kinds_by(Lines(rules.links_ended_at, since))
            codes = {kind: standing_of(people[0], rules, self.people.get) for kind, people in self.groups().items()}
            self._standings, self._rules = Standings(kinds.of, codes), rules
            self.meant.clear()
        return self._standings

    def any_kinds(self) -> Kinds:
        """The kinds as they were divided last: for what has nothing to do with times."""
        if self._kinds is None:
            before = self._before.any_kinds() if self._before is not None else None
            self.kinds_by(before.lines if before is not None else Lines(0, None))
        assert self._kinds is not None  # noqa: S101 - it was made just now
        return self._kinds

    def groups(self) -> Mapping[int, Sequence[Entry]]:
        """Everybody by the number of their kind."""
        kinds = self.any_kinds()
        if self._grouped_by is not kinds:
            before = self._before
            if before is not None and len(self._changed) <= _FEW and before.any_kinds().is_as(kinds):
                self._groups = _patched(before.groups(), before, self.people, kinds, self._changed)
            else:
                self._groups = _by_kind(self.entries, kinds)
            self._grouped_by = kinds
        return self._groups

    def kinds_by(self, lines: Lines) -> Kinds:
        """The kinds as they are divided by these times."""
        known = self._kinds
        if known is None or _is_another(known.lines, lines):
            if self._before is None:
                known = kinds_of(self.entries, self.people, lines)
            else:
                known = self._before.kinds_by(lines).after(self._changed, self.people, lines)
        elif known.lines != lines:
            known = known.after(self._came_in(known.lines.outside_since, lines.outside_since), self.people, lines)
        self._kinds = known
        return known

    def _came_in(self, one: int | None, other: int | None) -> set[str]:
        """Whose last sign-in from outside lies between these times, and their family."""
        low, high = sorted((one or 0, other or 0))
        found = [entry for entry in self.entries if entry.outside_at is not None and low < entry.outside_at <= high]
        return {each for entry in found for each in (entry.id, *family_of(entry))}

    @cached_property
    def _new(self) -> Sequence[Entry]:
        """The entries that are not as before."""
        assert self._before is not None  # noqa: S101 - asked for only where there is one
        before: Sequence[Entry | None] = self._before.entries
        if len(before) != len(self.entries):  # who came or is gone has moved the others
            before = [*map(self._before.people.get, map(_ID, self.entries))]
        return [*compress(self.entries, map(is_not, self.entries, before))]

    @cached_property
    def _changed(self) -> set[str]:
        """Who is not as before, or is gone, and their families of before and of now."""
        assert self._before is not None  # noqa: S101 - asked for only where there is one
        before = self._before.people
        changed = {entry.id for entry in self._new}
        came = sum(each not in before for each in changed)
        gone = before.keys() - self.people.keys() if len(before) + came > len(self.entries) else set()
        entries = [*self._new, *(before[each] for each in changed | gone if each in before)]
        return changed | gone | {each for entry in entries for each in family_of(entry)}


def _domains(entries: Iterable[Entry]) -> Iterator[str]:
    """The domain of each address that counts."""
    return (
        entry.email.rpartition("@")[2] for entry in entries if entry.email and entry.status != "left" and entry.marked is None
    )


def _by_kind(entries: Sequence[Entry], kinds: Kinds) -> Mapping[int, Sequence[Entry]]:
    found: defaultdict[int, list[Entry]] = defaultdict(list)
    for kind, entry in zip(map(kinds.of.__getitem__, map(_ID, entries)), entries, strict=True):
        found[kind].append(entry)
    return found


def _patched(
    groups: Mapping[int, Sequence[Entry]], before: Known, people: Mapping[str, Entry], kinds: Kinds, changed: AbstractSet[str]
) -> Mapping[int, Sequence[Entry]]:
    """The groups of before once these people have changed, and may be of other kinds."""
    found, of_before = dict(groups), before.any_kinds().of
    for kind in {of_before[each] for each in changed if each in of_before}:
        found[kind] = [entry for entry in found[kind] if entry.id not in changed]
    for person in sorted(changed & people.keys()):
        kind, entry = kinds.of[person], people[person]
        found[kind] = group = [*found.get(kind, ())]
        insort(group, entry, key=place_of)
    return {kind: group for kind, group in found.items() if group}


def _is_another(one: Lines, other: Lines) -> bool:
    """Whether more lies between two lines than time."""
    return one.links_ended_at != other.links_ended_at or (one.outside_since is None) != (other.outside_since is None)
