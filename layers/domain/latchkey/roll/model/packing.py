"""How a roll is kept: JSON in columns, deflated. What cannot be read, or is another school's or another release's, is none."""

from __future__ import annotations

import gc
import hashlib
import json
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from latchkey.roll.model.changes import Base, Changes
from latchkey.roll.model.entry import CodeFacts, Entry, LinkFact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

VERSION: Final = 3
LINKS_KNOWN: Final = 60 * 86_400
"""Seconds for which a link is known: older ones say nothing of who can log in tomorrow. The longest works for 14 days."""
_FIELDS: Final = Entry._fields[:-2]  # link and double come from what stands beside
_DEFAULTS: Final = Entry._field_defaults
_LISTS: Final = frozenset({"children", "parents", "not_mine"})
_CODES: Final = frozenset({"pin", "parent_code"})
_LEVEL: Final = 6
_SHAPE: Final = hashlib.sha256("|".join((*_FIELDS, *LinkFact._fields, *CodeFacts._fields)).encode()).hexdigest()[:16]
"""Changes with the fields, so that a roll of another release is built anew."""


def pack_base(school: str, base: Base) -> bytes:
    """A roll as it is kept."""
    rows = [_row(entry) for entry in base.entries]
    columns = [[*column] for column in zip(*rows, strict=True)] if rows else [[] for _ in _FIELDS]
    here, since = base.places, base.as_of - LINKS_KNOWN
    known = [(person, *link) for person, link in base.links.items() if person in here and link.sent_at > since]
    said = {
        "version": VERSION,
        "shape": _SHAPE,
        "school": school,
        "as_of": base.as_of,
        "people": len(rows),
        "columns": [_short(name, column) for name, column in zip(_FIELDS, columns, strict=True)],
        "links": [[*column] for column in zip(*known, strict=True)],
        "pairs": sorted(base.pairs),
        "refused": {**base.refused},
        "used": {**base.used},
    }
    return zlib.compress(json.dumps(said, separators=(",", ":"), ensure_ascii=False).encode(), _LEVEL)


def unpack_base(school: str, data: bytes) -> Base | None:
    """The roll that was kept; None where it is torn, or another school's or release's."""
    try:
        with _no_collecting():
            return _read(school, json.loads(zlib.decompress(data)))
    except (zlib.error, ValueError, KeyError, TypeError, IndexError, AttributeError):
        return None


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Nothing here is garbage, and to look for some while a million tuples are made takes twice as long as making them."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _read(school: str, said: dict[str, Any]) -> Base | None:
    is_ours = (said["version"], said["shape"], said["school"]) == (VERSION, _SHAPE, school)
    return _base(said) if is_ours else None


def _base(said: dict[str, Any]) -> Base:
    count = said["people"]
    columns = [_long(name, column, count) for name, column in zip(_FIELDS, said["columns"], strict=True)]
    links = {person: LinkFact(*link) for person, *link in zip(*said["links"], strict=True)}
    pairs = frozenset((one, other) for one, other in said["pairs"])
    ids = columns[0]
    here = {*ids} if pairs else set()
    doubles = {each for pair in pairs if here.issuperset(pair) for each in pair}
    mine: list[LinkFact | None] = [None] * count
    if links:
        emails = columns[_FIELDS.index("email")]
        mine = [
            link if link is not None and link.to == email else None
            for link, email in zip(map(links.get, ids), emails, strict=True)
        ]
    double = [each in doubles for each in ids] if doubles else [False] * count
    make: Callable[[Iterable[Any]], Entry] = Entry._make
    entries = tuple(map(make, zip(*columns, mine, double, strict=True)))
    return Base(entries, links, pairs, said["as_of"], said["refused"], said["used"])


def pack_changes(changes: Changes) -> bytes:
    """Changes as they are kept beside the roll."""
    people = [(each, at, None if entry is None else _row(entry)) for each, (at, entry) in changes.people.items()]
    links = [(*each, at, link) for each, (at, link) in changes.links.items()]
    said = [_SHAPE, people, links, {**changes.refused}, {**changes.used}]
    return zlib.compress(json.dumps(said, separators=(",", ":"), ensure_ascii=False).encode(), _LEVEL)


def unpack_changes(data: bytes) -> Changes | None:
    """The changes that were kept; None where they are torn, or another release's."""
    try:
        shape, people, links, *more = json.loads(zlib.decompress(data))
        if shape != _SHAPE:
            return None
        return Changes(
            {each: (at, None if row is None else _entry(row)) for each, at, row in people},
            {(person, send): (at, None if link is None else LinkFact(*link)) for person, send, at, link in links},
            *({each: (at, said) for each, (at, said) in part.items()} for part in more),  # fewer in what older releases wrote
        )
    except (zlib.error, ValueError, TypeError, AttributeError):
        return None


def _row(entry: Entry) -> Sequence[Any]:
    return entry[:-2]


def _entry(row: Sequence[Any]) -> Entry:
    return Entry(*(_value(name, value) for name, value in zip(_FIELDS, row, strict=True)))


def _short(name: str, column: list[Any]) -> Any:
    """A column in which everybody has the same default is left out."""
    return None if name in _DEFAULTS and all(value == _DEFAULTS[name] for value in column) else column


def _long(name: str, column: list[Any] | None, count: int) -> list[Any]:
    if column is None:
        return [_DEFAULTS[name]] * count
    if len(column) != count:
        raise ValueError("a column is torn")
    if name in _LISTS:
        return [tuple(value) if value else () for value in column]
    if name in _CODES:
        return [None if value is None else CodeFacts(*value) for value in column]
    return column


def _value(name: str, value: Any) -> Any:
    if name in _LISTS:
        return tuple(value) if value else ()
    if name in _CODES:
        return CodeFacts(*value) if value is not None else None
    return value
