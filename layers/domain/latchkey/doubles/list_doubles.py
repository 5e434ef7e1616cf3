"""The pairs of accounts that may be one person's, each read and judged again before it is shown."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from latchkey.doubles.look_for_doubles import begin_look, look_at_once
from latchkey.doubles.model.looks import LIFE, Look
from latchkey.doubles.model.pairs import Pair, pair_from_key
from latchkey.doubles.needs import System
from latchkey.people.model.likeness import Likeness, likeness
from latchkey.people.model.person import Person
from latchkey.shared.model import cursors
from latchkey.shared.model.pages import Page, Pager

PAGE: Final = 20
LONGEST: Final = 50
_AT_ONCE: Final = 50  # pairs whose people are read in one call
_TRIES: Final = 20  # calls that a page may cost where most pairs have been dealt with


@dataclass(frozen=True, slots=True)
class Double:
    """Two people who may be one, and why."""

    people: tuple[Person, Person]
    alike: Likeness


@dataclass(frozen=True, slots=True)
class Doubles:
    """A page of doubles. ``look`` is the newest look of a large school, ``source`` the finished one that the page is from."""

    page: Page[Double]
    look: Look | None
    source: Look | None


def list_doubles(system: System, school: str, by: Person, *, cursor: str | None = None, limit: int = PAGE) -> Doubles:
    """One page, the certain first. It is shorter than ``limit`` only where nothing follows, or very much was dealt with.

    A large school that was not looked through within the last 30 days is from now on.
    """
    pager = Pager(f"doubles|{school}", system.cursor_key(school))
    after = pager.after(cursor) or ""
    if after and pair_from_key(after) is None:
        raise cursors.refused()
    recent = [look for look in system.looks(school).latest() if system.now() < look.created_at + LIFE]
    source = next((look for look in recent if look.state == "finished"), None)
    newest = recent[0] if recent else None
    if source is not None:
        chunks = system.looks(school).pairs(source.id, after)
    elif newest is None and (pairs := look_at_once(system, school)) is not None:
        chunks = iter([[pair for pair in pairs if pair.key > after]])
    else:
        return Doubles(Page([], None), newest or begin_look(system, school, by), None)
    found, following = _shown(system, school, _in_parts(chunks), limit)
    return Doubles(pager.page(found, following), newest, source)


def _in_parts(chunks: Iterator[list[Pair]]) -> Iterator[list[Pair]]:
    for chunk in chunks:
        for start in range(0, len(chunk), _AT_ONCE):
            yield chunk[start : start + _AT_ONCE]


def _shown(system: System, school: str, parts: Iterator[list[Pair]], limit: int) -> tuple[list[Double], str | None]:
    """The doubles of the next pairs, and the key behind which the next page begins."""
    found: list[tuple[str, Double]] = []
    last = ""
    for part in islice(parts, _TRIES):
        found += _judged(system, school, part)
        if len(found) > limit:
            return [double for _, double in found[:limit]], found[limit - 1][0]
        last = part[-1].key if part else last
    more = bool(last) and any(part for part in islice(parts, 1))
    return [double for _, double in found], last if more else None


def _judged(system: System, school: str, pairs: list[Pair]) -> Iterator[tuple[str, Double]]:
    """Those of these pairs who still are two accounts that are alike and whom nobody has told apart."""
    people = {person.id: person for person in system.directory(school).by_ids(each for pair in pairs for each in pair.ids)}
    apart = system.looks(school).parted_among(pairs)
    for pair in pairs:
        one, other = people.get(pair.one), people.get(pair.other)
        if one is None or other is None or pair.ids in apart:
            continue
        if (alike := likeness(one, other)) is not None:
            yield pair.key, Double((one, other), alike)
