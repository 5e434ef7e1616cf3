"""Pairs of accounts that may be one person's, found among everybody of a school.

People who share a key (``likeness.keys_of``) are compared with each other, and nobody else: 100,000 people take seconds. Keys are
kept as numbers in one list, so memory grows with the people and not with their names.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from latchkey.people.model.likeness import BARE, RANKS, Facts, Likeness, facts_of, keys_of, pairs_among
from latchkey.people.model.person import Person
from latchkey.shared.model.ids import is_id

Piece = Literal["students", "adults"]
PIECES: Final[tuple[Piece, ...]] = ("students", "adults")
"""What is looked through at once: nobody of one can be somebody of the other."""
MOST: Final = 5_000
"""Pairs of a school that are kept, the most certain first: those behind are found again once these are judged."""
_MOST_ALIKE: Final = 400  # people with one key who are compared: beyond, a name or an address says nothing of anybody
_FEW, _PERCENT = 20, 1  # pairs of the last rank that are shown, or so many for a hundred people: more are noise
_PLACES: Final = 1 << 20  # more people than a school has
_MASK: Final = (1 << 60) - 1


@dataclass(frozen=True, slots=True, order=True)
class Pair:
    """Two ids, the smaller one first; ``rank`` as of ``Likeness``. Pairs sort by rank."""

    rank: int
    one: str
    other: str

    @classmethod
    def of(cls, one: str, other: str, rank: int = 0) -> "Pair":
        """The pair of two ids in any order."""
        return cls(rank, *sorted((one, other)))

    @property
    def key(self) -> str:
        """What sorts as the pair does, and names it."""
        return f"{self.rank}#{self.one}#{self.other}"

    @property
    def ids(self) -> tuple[str, str]:
        """The pair whatever its rank."""
        return self.one, self.other


def pair_from_key(key: str) -> Pair | None:
    """The pair of a key; None where it is none."""
    rank, _, ids = key.partition("#")
    one, _, other = ids.partition("#")
    return Pair(int(rank), one, other) if rank in {str(each) for each in RANKS} and is_id(one) and is_id(other) else None


class Finder:
    """First ``add`` everybody, then ask for ``pairs``."""

    def __init__(self) -> None:
        self._people: list[Facts] = []
        self._marks: list[int] = []

    def add(self, people: Iterable[Person]) -> None:
        """Note some people."""
        for person in people:
            facts, place = facts_of(person), len(self._people)
            if place >= _PLACES:
                return
            self._people.append(facts)
            self._marks.extend((hash(key) & _MASK) << 20 | place for key in keys_of(facts))

    def pairs(self) -> list[Pair]:
        """The pairs of those who may be one, the most certain first; at most ``MOST``."""
        found: dict[tuple[str, str], Pair] = {}
        for together in self._together():
            for one, other, alike in pairs_among(together):
                found[one.id, other.id] = _pair(one, other, alike)
        pairs = sorted(found.values())
        few = max(_FEW, len(self._people) * _PERCENT // 100)
        bare = sum(pair.rank == BARE for pair in pairs)
        return (pairs if bare <= few else pairs[:-bare])[:MOST]

    def _together(self) -> Iterator[list[Facts]]:
        """People who share a key, at least two."""
        self._marks.sort()
        places: list[int] = []
        last = -1
        for mark in [*self._marks, -1]:
            if mark >> 20 != last:
                if 2 <= len(places) <= _MOST_ALIKE:
                    yield [self._people[place] for place in dict.fromkeys(places)]
                places, last = [], mark >> 20
            places.append(mark & (_PLACES - 1))


def _pair(one: Facts, other: Facts, alike: Likeness) -> Pair:
    return Pair.of(one.id, other.id, alike.rank)
