"""The account's rate as a grid of slots, all calls of SES begin in one: no second ever holds more than the rate.

A rate of r mails a second becomes k slots of at most m mails, k x m <= r. Slots begin (1 s + GUARD) / k apart, so any k + 1 of
them in a row span more than 1 s + GUARD. A call begins within LATE of its slot's beginning by its worker's clock, or not at
all; clocks of two workers differ by at most GUARD - LATE. So whatever begins within one second began in at most k slots, which
hold at most k x m <= r mails. Below one mail a second the same holds for one mail in 1 / r seconds.

Mails are numbered through: mail number x goes in slot x // m, whose time follows from its number alone. So one number, the next
free one, is all that the workers of an account share.

Where a second has some slots, a worker cannot use one after the other: a call of SES takes about as long as from one to the next.
So they are dealt out to as many lanes, each with numbers of its own. Four slots a second:

    slot      0    1    2    3  │  4    5    6    7  │  8 ...
    lane      0    1    2    3  │  0    1    2    3  │  0 ...

A lane's slots are a second apart, so one worker can use all of them, and takes several at once. Each slot belongs to one lane,
so what is said above of slots holds as it stands.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from latchkey.shared.model.quick import quick

GUARD: Final = 0.017  # seconds that a second of slots is longer than a second; what costs 1.7 % of the rate
LATE: Final = 0.012  # seconds after its slot's beginning in which a call may begin; the rest of the guard is for clocks
CALL_MAILS: Final = 50  # SES: SendBulkEmail takes at most 50 destinations
_FULLEST: Final = 70  # mails in a chunk, at most
_MICRO: Final = 1_000_000


@quick(frozen=True, slots=True)
class Slot:
    """When a call may begin, in epoch seconds, and how many mails it may hold."""

    at: float
    mails: int


@dataclass(frozen=True, slots=True)
class Grid:
    """Slots of ``most`` mails, ``spacing`` microseconds apart since the epoch and ``offset`` more, dealt out to ``lanes``."""

    most: int
    spacing: int
    window: float
    lanes: int = 1
    offset: int = 0

    @property
    def name(self) -> str:
        """What two workers compare to know that they mean the same grid."""
        return f"{self.most}/{self.spacing}" + (f"/{self.lanes}" if self.lanes > 1 else "")

    def lane(self, place: int) -> "Grid":
        """One lane as a grid of its own, in which mails are numbered by themselves."""
        return replace(self, spacing=self.spacing * self.lanes, lanes=1, offset=self.offset + place * self.spacing)

    def first(self, time: float) -> int:
        """The number of the first mail whose slot begins at a time or later."""
        return -(-(int(time * _MICRO) - self.offset) // self.spacing) * self.most

    def last(self, time: float) -> int:
        """The number of the last mail whose slot begins at a time or before."""
        return ((int(time * _MICRO) - self.offset) // self.spacing + 1) * self.most - 1

    def time(self, number: int) -> float:
        """When the slot of a mail begins, in epoch seconds."""
        return (number // self.most * self.spacing + self.offset) / _MICRO

    def slots(self, first: int, mails: int) -> Iterator[Slot]:
        """The slots of mails that are numbered one after the other."""
        end = first + mails
        while first < end:
            here = min(end, (first // self.most + 1) * self.most)
            yield Slot(self.time(first), here - first)
            first = here

    def within(self, seconds: float) -> int:
        """How many mails the slots of a stretch of time hold; at least one slot's."""
        return max(1, int(seconds * _MICRO) // self.spacing) * self.most

    @property
    def is_slow(self) -> bool:
        """Whether a worker has mailed one slot's mails long before the next slot of its lane, so that it can use all of them."""
        return self.spacing * self.lanes >= _MICRO


def chunk_mails(used: Grid | None) -> int | None:
    """How many mails a chunk should hold, so that they fill whole slots; None: as many as one call takes.

    What is left of a slot after a chunk's last mails is lost: at 14 mails a second 50 would take four slots, as 56 do. 70 are
    what one worker takes slots for at once.
    """
    if used is None or not used.is_slow or not 1 < used.most < CALL_MAILS:
        return None
    return used.most * ((_FULLEST if used.lanes == 1 else CALL_MAILS) // used.most)


@cache
def grid(rate: float, workers: int = 1) -> Grid:
    """The grid of a rate in mails a second: as few calls as its mails fit in. It has lanes if each finds a worker."""
    window = max(1.0, 1 / rate)
    most_mails = max(1, int(rate))
    slots = math.ceil(most_mails / CALL_MAILS)
    spacing = math.ceil((window + GUARD) * _MICRO / slots)
    return Grid(most_mails // slots, spacing, window, slots if slots <= workers else 1)
