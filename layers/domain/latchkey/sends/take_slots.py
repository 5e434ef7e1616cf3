"""Slots of the account's rate for the chunks of one message: taken for some seconds at once, used up one after the other."""

from collections import deque
from collections.abc import Callable
from typing import Final

from latchkey.errors import MustWait
from latchkey.mail.model.pace import Slot
from latchkey.mail.stores.rate import AHEAD, STRETCH, Wait
from latchkey.sends.check_people import Check
from latchkey.sends.model.send import Chunk, lane_of
from latchkey.sends.needs import System

MARGIN: Final = 12.0
"""Seconds kept for one call of SES that hangs, and for writing the results."""


class Slots:
    """One worker's slots. ``more``: how many mails of its message come after the chunk in hand.

    Slots that it has taken and does not come to use, because its send is stopped or it dies, are wasted: a few seconds of them.
    """

    def __init__(self, system: System, check: Check, time_left: Callable[[], float]) -> None:
        self._system = system
        self._check = check
        self._time_left = time_left
        self._taken: deque[Slot] = deque()
        self.more = 0

    def next(self, mails: int, chunk: Chunk) -> Slot:
        """When the next of so many mails of a chunk may go; ``MustWait`` if not in this worker's time."""
        while self._taken and self._taken[0].at < self._system.time():
            self._taken.popleft()  # writing down the mails before took longer than that
        while not self._taken:
            self._take(mails, chunk)
        slot = self._taken.popleft()
        if slot.at - self._system.time() > self._time_left() - MARGIN or slot.at > self._check.until:
            raise MustWait("busy")  # who comes next looks again who has changed
        return slot

    def _take(self, mails: int, chunk: Chunk) -> None:
        account = self._system.mailer.account(self._system.now(), bulk=chunk.origin == "admin")
        if self._time_left() < MARGIN + STRETCH or self._system.time() + AHEAD + STRETCH > self._check.until:
            raise MustWait("busy")
        urgent = lane_of(chunk) == "person"
        mails = min(mails, account.left)
        more = min(self.more, account.left - mails)
        taken = self._system.rate.take(mails, account.each_second, urgent=urgent, more=more)
        if not isinstance(taken, Wait):
            self._taken.extend(taken)
            return
        if taken.seconds > self._time_left() - MARGIN:
            raise MustWait("busy")
        self._system.rate.rest(taken.seconds)
