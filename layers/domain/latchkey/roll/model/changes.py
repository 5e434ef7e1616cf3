"""What has changed since a kept roll was written, and how it is laid over it.

A change says what is, not what is to be done: to lay the same twice, or an old copy of it again, changes nothing. Of a person the
last one counts. Of links all are kept, by person and send, because they come from several shards in any order.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Final

from latchkey.roll.model.entry import Entry, place_of, with_facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from latchkey.roll.model.entry import LinkFact, Refusal

_MANY: Final = 500  # who move: from here on all are sorted again
_PLACING: Final = [
    Entry._fields.index(name)
    for name in (
        "id",
        "role",
        "year_group",
        "registration_group",
        "given_name",
        "family_name",
        "preferred_given_name",
        "preferred_family_name",
    )
]


@dataclass(frozen=True)
class Base:
    """A roll as it was built or kept, with all that later changes need: links to former addresses, and pairs of accounts.

    ``refused``: invitations, by their id, whose mail came back for good or was called spam; ``used``: when others were used.
    """

    entries: Sequence[Entry]
    links: Mapping[str, LinkFact]
    pairs: frozenset[tuple[str, str]]
    as_of: int
    refused: Mapping[str, Refusal] = field(default_factory=dict)
    used: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Where each person stands, by id."""
        return {entry.id: place for place, entry in enumerate(self.entries)}


@dataclass(frozen=True)
class Changes:
    """Changes, each with the epoch second at which it was noted.

    ``people`` by id; None: there is no such account. ``links`` by person and send; None: that send mails them none. ``refused``,
    ``used``: invitations that have come to be; those that are none any more are out with the next roll built from nothing.
    """

    people: Mapping[str, tuple[int, Entry | None]] = field(default_factory=dict)
    links: Mapping[tuple[str, str], tuple[int, LinkFact | None]] = field(default_factory=dict)
    refused: Mapping[str, tuple[int, Refusal]] = field(default_factory=dict)
    used: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.people or self.links or self.refused or self.used)

    @property
    def erases(self) -> bool:
        """Whether somebody is gone, of whom nothing should be left in what was kept before."""
        return any(entry is None for _, entry in self.people.values())

    def in_parts(self, most: int) -> Iterator[Changes]:
        """The same in parts of at most so many links each; there is one at least."""
        links = iter(self.links.items())
        yield Changes(self.people, dict(islice(links, most)), self.refused, self.used)
        while part := dict(islice(links, most)):
            yield Changes(links=part)

    def plus(self, later: Changes) -> Changes:
        """These and later ones."""
        return Changes(
            {**self.people, **later.people},
            {**self.links, **later.links},
            {**self.refused, **later.refused},
            {**self.used, **later.used},
        )

    def without(self, others: Changes) -> Changes:
        """Those that are not among the others exactly as they are here."""
        return Changes(
            {each: said for each, said in self.people.items() if others.people.get(each) != said},
            {each: said for each, said in self.links.items() if others.links.get(each) != said},
            {each: said for each, said in self.refused.items() if others.refused.get(each) != said},
            {each: said for each, said in self.used.items() if others.used.get(each) != said},
        )

    def since(self, time: int) -> Changes:
        """Those that were noted at this time or later."""
        return Changes(
            {each: said for each, said in self.people.items() if said[0] >= time},
            {each: said for each, said in self.links.items() if said[0] >= time},
            {each: said for each, said in self.refused.items() if said[0] >= time},
            {each: said for each, said in self.used.items() if said[0] >= time},
        )


def lay(changes: Changes, base: Base) -> Base:
    """The roll with changes laid over it."""
    if not changes:
        return base
    links = _links(changes, base)
    touched = {*changes.people, *(person for person, _ in changes.links)}
    there = {each: _entry(each, changes, base) for each in touched}
    doubles = _doubles(there, base)
    before = {each for pair in base.pairs if all(one in base.places for one in pair) for each in pair}
    for each in doubles ^ before:
        there.setdefault(each, _entry(each, changes, base))
    made = {
        each: with_facts(entry, links.get(each), double=each in doubles) for each, entry in there.items() if entry is not None
    }
    refused = {**base.refused, **{each: said for each, (_, said) in changes.refused.items()}}
    used = {**base.used, **{each: at for each, (_, at) in changes.used.items()}}
    return Base(_in_order(base, there.keys(), made), links, base.pairs, base.as_of, refused, used)


def _links(changes: Changes, base: Base) -> Mapping[str, LinkFact]:
    """The newest link of each person; of those who are gone none, because there is an address in it."""
    links = dict(base.links)
    for (person, send), (_, link) in sorted(changes.links.items(), key=lambda each: each[0]):
        found = newer(links.pop(person, None), send, link)
        if found is not None:
            links[person] = found
    for person, (_, entry) in changes.people.items():
        if entry is None:
            links.pop(person, None)
    return links


def _doubles(there: Mapping[str, Entry | None], base: Base) -> set[str]:
    """Who is of a pair of which both are there."""

    def here(person: str) -> bool:
        return there[person] is not None if person in there else person in base.places

    return {each for pair in base.pairs if all(map(here, pair)) for each in pair}


def newer(old: LinkFact | None, send: str, link: LinkFact | None) -> LinkFact | None:
    """What is known of somebody's newest link once a send says this of theirs (None: it mails them none)."""
    mine = old is not None and old.send == send
    if link is None:
        return None if mine else old
    if old is None or mine or (old.is_to_be and (not link.is_to_be or send > old.send)):
        return link
    return link if not link.is_to_be and send > old.send else old


def _entry(person: str, changes: Changes, base: Base) -> Entry | None:
    if person in changes.people:
        return changes.people[person][1]
    place = base.places.get(person)
    return base.entries[place] if place is not None else None


def _in_order(base: Base, touched: Iterable[str], made: Mapping[str, Entry]) -> Sequence[Entry]:
    """Everybody in list order: those who stay where they are are replaced there, the others taken out and put in."""
    entries: list[Entry] = [*base.entries]
    out: set[int] = set()
    moved: list[Entry] = []
    for each in touched:
        place, entry = base.places.get(each), made.get(each)
        if place is not None and entry is not None and _stays(base.entries[place], entry):
            entries[place] = entry
            continue
        if place is not None:
            out.add(place)
        if entry is not None:
            moved.append(entry)
    if out:
        entries = [entry for place, entry in enumerate(entries) if place not in out]
    if len(moved) > _MANY:
        return tuple(sorted([*entries, *moved], key=place_of))
    for entry in moved:
        entries.insert(bisect_left(entries, place_of(entry), key=place_of), entry)
    return tuple(entries)


def _stays(before: Entry, after: Entry) -> bool:
    """Whether nothing has changed that the place in the list comes from."""
    return all(before[field] == after[field] for field in _PLACING)
