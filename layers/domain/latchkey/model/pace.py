"""Keeping to a rate: how many mails may go now, so that no second holds more than the share of it."""

import time
from collections import deque
from collections.abc import Callable


class Pace:
    """Counts what went in a sliding window. The window is a second, or longer where the rate is below one a second."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep) -> None:
        self._clock = clock
        self._sleep = sleep
        self._gone: deque[tuple[float, int]] = deque()

    def take(self, wanted: int, rate: float, patience: float) -> int:
        """Wait until some may go; how many of ``wanted`` (at least 1), or 0 if that would take more than ``patience`` seconds."""
        if wanted <= 0 or rate <= 0:
            return 0
        window, most = max(1.0, 1 / rate), max(1, int(rate))
        while True:
            now = self._clock()
            while self._gone and self._gone[0][0] + window <= now:
                self._gone.popleft()
            free = most - sum(count for _, count in self._gone)
            if free > 0:
                taken = min(wanted, free)
                self._gone.append((now, taken))
                return taken
            pause = self._gone[0][0] + window - now
            if pause > patience:
                return 0
            patience -= pause
            self._sleep(pause + 0.001)

    def rest(self, seconds: float) -> None:
        """Wait, because the other side asked for it."""
        self._sleep(seconds)
