"""One walk through the roll of a school: whom the items mean, which addresses are admins', which domains are in use.

UPNs and names stand in no index, and a school's domains are nowhere counted. Whoever is meant is then read as they are now.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress, product
from operator import attrgetter
from typing import Final

from latchkey.email_updates.model.decisions import Asked, State
from latchkey.email_updates.model.items import Item
from latchkey.email_updates.needs import System
from latchkey.people.model import groups
from latchkey.people.model.person import Person
from latchkey.people.model.upn import is_upn
from latchkey.roll.model.entry import Entry
from latchkey.roll.read_roll import read_roll
from latchkey.shared.model.folding import words, words_of_each
from latchkey.shared.model.ids import is_id, person_id

_YEAR: Final = re.compile(r"(.+?)[\s,]+\(?((?:year|yr|y)?\.?\s*[0-9]{1,2}[a-z]{0,3}|r|reception|n|nursery)\)?", re.IGNORECASE)
_Key = tuple[str, str]
_FACTS: Final = frozenset({"upn", "mis_id", "username"})
"""Keys that are facts of people by the same names; the others are ids, and names in several forms."""
_FAMILY: Final = attrgetter("family_name")
_PREFERRED: Final = attrgetter("preferred_family_name")


@dataclass(slots=True)
class School:
    """What the walk has found. ``keys``: the ids of those who are meant by a key; ``people``: they, as the roll has them."""

    keys: dict[_Key, set[str]] = field(default_factory=dict)
    people: dict[str, Entry] = field(default_factory=dict)
    admins: set[str] = field(default_factory=set)
    used: Mapping[str, int] = field(default_factory=dict)


def look_through(system: System, school: str, items: Sequence[Item]) -> tuple[list[Asked], School]:
    """The items with the people whom they mean, read consistently, and what else was found."""
    found = _walk(system, school, {key for item in items for key in _wanted(item)})
    items = [_settled(school, item, found) for item in items]
    ids = [_meant(school, item, found) for item in items]
    people = {person.id: person for person in system.directory(school).by_ids({each for some in ids for each in some})}
    return [
        _asked(item, [people[each] for each in sorted(some) if each in people]) for item, some in zip(items, ids, strict=True)
    ], found


def _wanted(item: Item) -> Iterator[_Key]:
    for kind, value in (*item.keys, *item.otherwise):
        if kind in {"upn", "any"}:
            yield "upn", value.upper()
        if kind in {"mis_id", "any"}:
            yield "mis_id", value
        if kind in {"username", "any"}:
            yield "username", value.casefold()
        if kind in {"name", "any"}:
            yield from (("name", name) for name, _ in _names(value))


def _names(text: str) -> Iterator[tuple[str, str]]:
    """A name as it may be meant, and the year or group behind it: the whole text, and the text without its end."""
    yield _folded(text), ""
    if found := _YEAR.fullmatch(text.strip()):
        yield _folded(found[1]), found[2].strip()


def _folded(name: str) -> str:
    return " ".join(words(name.replace(",", " ")))


def _settled(school: str, item: Item, found: School) -> Item:
    """The item with the first of its ways that finds somebody; with the last one where none does."""
    for way in item.otherwise:
        ids = found.keys.get(way, set()) if way[0] == "mis_id" else _meant_by(school, *way, found)
        if any(_is_among(item, found.people[each]) and _is_called(item.called, found.people[each]) for each in ids):
            return replace(item, keys=(way,))
    return replace(item, keys=item.otherwise[-1:]) if item.otherwise else item


def _walk(system: System, school: str, wanted: set[_Key]) -> School:
    roll = read_roll(system, school)
    entries, found = roll.entries, School(used=roll.domains)

    def note(key: _Key, entry: Entry) -> None:
        found.keys.setdefault(key, set()).add(entry.id)
        found.people[entry.id] = entry

    for kind in _FACTS & {kind for kind, _ in wanted}:
        values, fact = {value for each, value in wanted if each == kind}, attrgetter(kind)
        for entry in compress(entries, map(values.__contains__, map(fact, entries))):
            note((kind, fact(entry)), entry)
    names = {key for key in wanted if key[0] == "name"}
    for entry in _may_be_called(names, entries) if names else ():
        for key in names.intersection(_names_of(entry)):
            note(key, entry)
    found.admins.update(entry.email for entry in entries if entry.is_admin and entry.email and entry.status != "left")
    return found


def _may_be_called(wanted: set[_Key], entries: Sequence[Entry]) -> Iterator[Entry]:
    """Those who are here and have a family name of whose words each stands in one of the wanted names: few have."""
    likely = {word for _, name in wanted for word in name.split()}
    renamed = [entry for entry in entries if entry.preferred_family_name]
    for family, some in ((_FAMILY, entries), (_PREFERRED, renamed)):
        for entry, name in zip(some, words_of_each([*map(family, some)]), strict=True):
            if name not in likely:  # it is of several words, or of somebody else
                first = name.partition(" ")[0].rstrip(",")
                if (first and first not in likely) or not likely.issuperset(name.replace(",", " ").split()):
                    continue
            if entry.status != "left":
                yield entry


def _names_of(entry: Entry) -> Iterator[_Key]:
    """The names that somebody may be meant by, whichever the office has in front of it."""
    families = {entry.family_name, entry.preferred_family_name or entry.family_name}
    givens = {entry.given_name, entry.preferred_given_name or entry.given_name}
    for given, family in product(givens, families):
        yield "name", _folded(f"{given} {family}")
        yield "name", _folded(f"{family} {given}")


def _meant(school: str, item: Item, found: School) -> set[str]:
    """The ids of all whom an item may mean: one, none, or too many."""
    each = [_meant_by(school, kind, value, found) for kind, value in item.keys]
    together = set.intersection(*each) if each else set()
    return together or set().union(*each)  # keys of different people are a contradiction, which is told as one


def _meant_by(school: str, kind: str, value: str, found: School) -> set[str]:
    if kind == "id":
        return {value} if is_id(value) else set()
    if kind == "mis_id":
        # Who came with a roster just now is found by key, whatever the roll says.
        return found.keys.get(("mis_id", value)) or {person_id(school, value)}
    if kind in {"upn", "username"}:
        return found.keys.get((kind, value.upper() if kind == "upn" else value.casefold()), set())
    named = _by_name(value, found)
    if kind == "name":
        return named
    if is_upn(value.upper()):
        return found.keys.get(("upn", value.upper()), set())
    by_key = found.keys.get(("mis_id", value), set()) | found.keys.get(("username", value.casefold()), set())
    return by_key or ({value} if is_id(value) and not named else named)


def _by_name(text: str, found: School) -> set[str]:
    meant: set[str] = set()
    for name, place in _names(text):
        meant |= {each for each in found.keys.get(("name", name), ()) if not place or _stands_in(place, found.people[each])}
    return meant


def _stands_in(place: str, person: Entry) -> bool:
    year = groups.year_group(place) or place
    return groups.same(person.year_group, year) or groups.same(person.registration_group, place)


def _asked(item: Item, there: Sequence[Person]) -> Asked:
    """The item with the one person whom it means, of those whom it may mean."""
    meant = [person for person in there if _fits(item, person) and _is_among(item, person)]
    if len(meant) != 1:
        several = len(meant) > 1 or (len(item.keys) > 1 and bool(there))
        return Asked(item, None, _several(item) if several else None)
    if meant[0].status == "left":
        return Asked(item, None, ("unknown", "This person has left the school."))
    if not _is_called(item.called, meant[0]):
        return Asked(item, None, ("clash", f"The file has {item.called[:100]} where Latchkey has {meant[0].name}."))
    return Asked(item, meant[0])


def _fits(item: Item, person: Person) -> bool:
    """Whether the keys of an item are this person's, as they are now: the index may be behind, and ids of MIS ids are guessed."""
    facts = {"id": person.id, "upn": person.upn, "mis_id": person.mis_id, "username": person.username}
    return all(
        facts[kind] == {"upn": value.upper(), "username": value.casefold()}.get(kind, value)
        for kind, value in item.keys
        if kind in facts
    )


def _is_among(item: Item, person: Person | Entry) -> bool:
    return item.among is None or person.role in item.among


def _is_called(name: str, person: Person | Entry) -> bool:
    """Whether a name could be this person's: there is none, or one of its words is one of theirs."""
    theirs = (person.given_name, person.family_name, person.preferred_given_name, person.preferred_family_name)
    return not name or bool({*words(name)} & {word for each in theirs if each for word in words(each)})


def _several(item: Item) -> tuple[State, str]:
    if len(item.keys) > 1:
        return "clash", "What says whose address this is names different people."
    return "clash", "More than one person is meant. Use the UPN, the MIS id or the username."
