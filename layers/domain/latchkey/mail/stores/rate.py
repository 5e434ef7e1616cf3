"""The one rate of the SES account and region, shared by all workers of all sends: an item in the table ``activity``.

The item holds the number of the next free mail (see model/pace.py). A worker takes as many as it has mails for by one conditional
UpdateItem; who dies with them has wasted their slots and nothing else. Mails of a send are taken only shortly ahead, so that
somebody who forgot their password waits for seconds, whatever else is being sent; their own mails are taken further ahead.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from latchkey.mail.model.pace import GUARD, LATE, Grid, Slot, grid
from latchkey.shared.stores.dynamo import ConditionFailed, Item, Table, Update, Value

PK: Final = "#RATE"  # no slug begins so: it is no school's
SK: Final = "ses"
AHEAD: Final = 1.0  # seconds ahead that slots for a send may begin...
URGENT_AHEAD: Final = 30.0
STRETCH: Final = 4.2  # ... and over which those taken at once may spread
_LEAD: Final = 0.06  # seconds between taking a slot and its beginning: what the call of DynamoDB takes
_LONGEST_LEAD: Final = 1.0
_TRIES: Final = 6


@dataclass(frozen=True, slots=True)
class Wait:
    """No slot can be taken for so many seconds."""

    seconds: float


class Rate:
    """One account's rate, as one worker sees it. ``clock`` gives epoch seconds."""

    def __init__(self, table: Table, clock: Callable[[], float] = time.time, sleep: Callable[[float], None] = time.sleep) -> None:
        self._table = table
        self._clock = clock
        self._sleep = sleep
        self._seen: Item | None = None
        self._lead = _LEAD

    def take(self, mails: int, each_second: float, *, urgent: bool) -> list[Slot] | Wait:
        """Take slots for some mails, perhaps for fewer; ``Wait`` while too many are taken already."""
        wanted = grid(each_second)
        mails = min(mails, wanted.within(STRETCH))
        for _ in range(_TRIES):
            now = self._clock()
            first = wanted.first(now + self._lead)
            last = (
                wanted.first(now + max(URGENT_AHEAD if urgent else AHEAD, self._lead)) + wanted.most - 1
            )  # its slot's last mail
            seen = self._seen
            if seen is not None and seen.get("grid") == wanted.name and seen["next"] >= first:
                if seen["next"] > last:
                    return Wait(wanted.time(seen["next"]) - wanted.time(last))  # it never goes back, so nobody need ask
                update = self._following(wanted, mails, first, last)
            else:
                update = self._anew(wanted, mails, first, seen)
            try:
                self._seen = self._table.update(update)
            except ConditionFailed as other:
                self._seen = other.item
                continue
            return list(wanted.slots(self._seen["next"] - mails, mails))
        return Wait(0.05)

    def wait_for(self, slot: Slot) -> bool:
        """Sleep until a slot begins; whether its call may begin now. A slot that was missed stays unused.

        So does one whose time has not come after the pause that led to it: the clock was put back meanwhile, and by the other
        workers' clocks the slot is long past.
        """
        pause = slot.at - self._clock()
        if pause > 0:
            self._sleep(pause)
            rest = slot.at - self._clock()
            if 0 < rest < LATE:
                self._sleep(rest)  # the last milliseconds: a sleep may end early
        late = self._clock() - slot.at
        if -0.001 <= late < LATE:
            self._lead = max(_LEAD, self._lead * 0.9)
            return True
        self._lead = min(self._lead * 2, _LONGEST_LEAD)
        return False

    def rest(self, seconds: float) -> None:
        """Wait, because there is no slot or the other side asked for it."""
        self._sleep(seconds)

    def _following(self, wanted: Grid, mails: int, first: int, last: int) -> Update:
        """Take the next numbers, if they are neither past nor too far ahead."""
        when = [("grid", "=", wanted.name), ("next", ">=", first), ("next", "<=", last)]
        return Update(pk=PK, sk=SK, add={"next": mails}, when=when)

    def _anew(self, wanted: Grid, mails: int, first: int, seen: Item | None) -> Update:
        """Begin at the present: nothing was taken for a while, or the rate is another."""
        facts: dict[str, Value] = {"grid": wanted.name, "most": wanted.most, "spacing": wanted.spacing}
        if seen is None:
            return Update(pk=PK, sk=SK, set=facts | {"next": first + mails}, when=[("pk", "missing", None)])
        if seen["grid"] != wanted.name:  # one full second lies between two grids, so that none holds slots of both
            before = Grid(seen["most"], seen["spacing"], 0.0)
            clear = before.time(seen["next"] - 1) + max(wanted.window, seen["spacing"] / 1_000_000) + GUARD
            first = max(first, wanted.first(clear))
        when: list[tuple[str, str, Any]] = [("next", "=", seen["next"]), ("grid", "=", seen["grid"])]
        return Update(pk=PK, sk=SK, set=facts | {"next": first + mails}, when=when)
