"""How fast one worker writes many items: as the table takes them, and slower once it refuses some.

A partition of DynamoDB takes 1,000 writes a second, and a school's new people all have an entry in one partition of the index
``people``. So after a refusal a worker goes on at a pace that halves with each further refusal and grows by a little each second
(additive increase, multiplicative decrease, as TCP does): it finds the pace that the table takes by itself.
"""

import random
import time
from collections.abc import Callable
from math import inf
from typing import Final

from latchkey.errors import TryLater

FIRST: Final = 800.0  # items a second after the first refusal: what one partition takes, less what others write to it
_LEAST: Final = 25.0
_FASTER: Final = 20.0  # items a second more after each second
_FIRST_PAUSE: Final = 0.1  # seconds after a refusal
_LONGEST_PAUSE: Final = 5.0
_PATIENCE: Final = 60.0  # seconds in which a table should take something, where the caller knows no end
_RESERVE: Final = 30.0  # seconds that are left to the caller to write down where it is


class Pace:
    """The pace of one worker. ``left`` gives the seconds that its invocation still has: until then it goes on trying."""

    def __init__(self, left: Callable[[], float] | None = None) -> None:
        self._left = left
        self._each_second = inf
        self._free_at = 0.0
        self._refusals = 0
        self._waited = 0.0

    @property
    def is_slow(self) -> bool:
        """Whether the table has refused something, so that this takes longer than it should."""
        return self._each_second < inf

    def wait(self, items: int) -> None:
        """Wait until so many items may be written."""
        now = time.monotonic()
        if self._free_at > now:
            time.sleep(self._free_at - now)
        self._free_at = max(self._free_at, now) + items / self._each_second

    def took(self, items: int) -> None:
        """The table has taken so many items."""
        self._refusals, self._waited = 0, 0.0
        if self.is_slow:
            self._each_second += _FASTER * items / self._each_second

    def refused(self) -> None:
        """The table has refused some: go on more slowly, after a pause. ``TryLater`` when the time is over."""
        self._each_second = max(_LEAST, self._each_second / 2) if self.is_slow else FIRST
        pause = random.uniform(0.5, 1) * min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**self._refusals)  # noqa: S311 - spreads retries
        if self._over(pause):
            raise TryLater()
        self._refusals += 1
        self._waited += pause
        time.sleep(pause)

    def _over(self, pause: float) -> bool:
        return self._waited + pause > _PATIENCE if self._left is None else self._left() - pause < _RESERVE
