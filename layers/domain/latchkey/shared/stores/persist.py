"""Patience for what must not be left undone: giving back what others wait for, and writing down what cannot be undone."""

from collections.abc import Callable
from typing import Final, TypeVar

from latchkey.errors import TryLater

T = TypeVar("T")
_FIRST_PAUSE: Final = 0.5  # seconds
_LONGEST_PAUSE: Final = 4.0


def persist(work: Callable[[], T], seconds: float, sleep: Callable[[float], None]) -> T:
    """Do ``work`` again while a service that it needs is busy, with pauses of so many seconds in all; then its ``TryLater``."""
    pause = _FIRST_PAUSE
    while True:
        try:
            return work()
        except TryLater:
            if seconds <= 0:
                raise
        sleep(min(pause, seconds))
        seconds, pause = seconds - pause, min(2 * pause, _LONGEST_PAUSE)
