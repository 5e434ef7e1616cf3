"""The pairs of accounts that the last look found, each judged again before it is shown."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from latchkey.doubles.look_for_doubles import begin_look
from latchkey.doubles.model.looks import Look, newest_finished
from latchkey.doubles.model.pairs import Pair, pair_from_key
from latchkey.doubles.needs import System
from latchkey.people.model.likeness import Likeness, likeness
from latchkey.people.model.person import Person
from latchkey.roll.model.entry import Entry
from latchkey.roll.model.roll import Roll
from latchkey.roll.read_roll import read_roll
from latchkey.shared.model import cursors
from latchkey.shared.model.pages import Page, Pager

PAGE: Final = 20
LONGEST: Final = 50


@dataclass(frozen=True, slots=True)
class Double:
    """Two people who may be one, and why."""

    people: tuple[Entry, Entry]
    alike: Likeness


@dataclass(frozen=True, slots=True)
class Doubles:
    """A page of doubles. ``look`` is the newest look, ``source`` the finished one that the page is from, if there is one.

    ``everybody``: how many people the school has.
    """

    page: Page[Double]
    look: Look
    source: Look | None
    everybody: int


def list_doubles(system: System, school: str, by: Person, *, cursor: str | None = None, limit: int = PAGE) -> Doubles:
    """One page, the certain first; shorter than ``limit`` only where nothing follows.

    A school that was not looked through within the last 30 days is from now on.
    """
    pager = Pager(f"doubles|{school}", system.cursor_key(school))
    after = pager.after(cursor) or ""
    if after and pair_from_key(after) is None:
        raise cursors.refused()
    now, looks = system.now(), system.looks(school)
    recent = [look for look in looks.latest() if look.is_kept(now)]
    newest = recent[0] if recent else begin_look(system, school, by)
    source = newest_finished(recent, now)
    roll = read_roll(system, school)
    if source is None:
        return Doubles(Page([], None), newest, None, len(roll.entries))
    pairs = (pair for some in looks.pairs(source.id, after) for pair in some)
    found, following = _shown(system, school, _judged(roll, pairs), limit)
    return Doubles(pager.page(found, following), newest, source, len(roll.entries))


def _shown(system: System, school: str, doubles: Iterator[tuple[Pair, Double]], limit: int) -> tuple[list[Double], str | None]:
    """The next doubles that nobody has told apart, and the key behind which the next page begins."""
    found: list[tuple[Pair, Double]] = []
    while len(found) <= limit and (some := list(islice(doubles, limit + 1 - len(found)))):
        apart = system.looks(school).parted_among(pair for pair, _ in some)
        found += [each for each in some if each[0].ids not in apart]
    return [double for _, double in found[:limit]], found[limit - 1][0].key if len(found) > limit else None


def _judged(roll: Roll, pairs: Iterator[Pair]) -> Iterator[tuple[Pair, Double]]:
    """Those of these pairs who still are two accounts that are alike."""
    for pair in pairs:
        one, other = roll.by_id(pair.one), roll.by_id(pair.other)
        if one is None or other is None:
            continue
        if (alike := likeness(one, other)) is not None:
            yield pair, Double((one, other), alike)
