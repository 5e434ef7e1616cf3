"""The one rate of the SES account and region, shared by all workers of all sends: an item in the table ``activity``.

The item holds the number of the next free mail (see model/pace.py). A worker takes as many as it has mails for by one conditional
UpdateItem; who dies with them has wasted their slots and nothing else. Mails of a send are taken only shortly ahead, so that
somebody who forgot their password waits for seconds, whatever else is being sent; their own mails are taken further ahead.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final

from latchkey.errors import TryLater
from latchkey.mail.model.pace import GUARD, LATE, Grid, Slot, grid
from latchkey.shared.stores.dynamo import ConditionFailed, Item, Table, Update, Value

PK: Final = "#RATE"  # no slug begins so: it is no school's
SK: Final = "ses"
AHEAD: Final = 0.9  # seconds ahead that slots for a send may begin...
URGENT_AHEAD: Final = 30.0
STRETCH: Final = 5.1  # ... and over which those taken at once may spread: so whoever forgot their password waits for 6 at most
_LEAD: Final = 0.06  # seconds between taking a slot and its beginning: what the call of DynamoDB takes
_LONGEST_LEAD: Final = 1.0
_TRIES: Final = 6
_STALE: Final = 1.5  # seconds without a slot after which nobody is using the rate
_WORTH_WAITING: Final = 4.0  # seconds: who has to wait for less waits in line
_CLAIMED: Final = 8.0  # seconds in which whoever has claimed a slow rate takes its first slots
_WORTH_SAYING: Final = 2.0
_LONGEST: Final = 90.0  # seconds for which one worker can say beforehand that it will use the rate


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
        self._until = 0

    def take(self, mails: int, each_second: float, *, urgent: bool, more: int = 0) -> list[Slot] | Wait:
        """Take slots for some mails, perhaps for fewer; ``Wait`` while too many are taken already.

        ``more``: how many mails come after these. Where slots are so far apart that one worker can use all, it takes theirs too.
        """
        wanted, every = grid(each_second), mails + more
        mails = min(every if wanted.is_slow else mails, wanted.within(STRETCH))
        for _ in range(_TRIES):
            now = self._clock()
            until = now + (URGENT_AHEAD if urgent else AHEAD)
            first, last = wanted.first(now + self._lead), wanted.last(until)
            seen = self._seen
            if seen is not None and seen.get("grid") == wanted.name and seen["next"] >= first:
                if seen["next"] > last:
                    return Wait(wanted.time(seen["next"]) - until)  # it never goes back, so nobody need ask
                update = self._following(wanted, mails, first, last)
            else:
                update = self._anew(wanted, mails, first, seen)
            if wanted.is_slow and not urgent:
                begin = max(first, seen.get("next", 0)) if seen else first
                until = min(wanted.time(begin + every), now + _LONGEST)
                self._until = int(until) + 1
                update = replace(update, set={**update.set, "until": self._until})
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

    def turn(self) -> float:
        """Claim a slow rate for oneself: 0, or the seconds (more than a few) for which another worker uses the whole of it.

        A rate that takes more than one worker is nobody's. Whoever has died takes no slots any more, whatever it expected.

            one worker     until missing or past ── claim ✓ ── slots ── slots ── ... leave
            another                             └── claim ✗: the item is another by now ── waits until ``until``
        """
        seen = self._seen or self._table.get(PK, SK)
        for _ in range(_TRIES):
            if not seen or "next" not in seen:
                return 0.0  # nothing was ever mailed
            now, used = self._clock(), Grid(seen["most"], seen["spacing"], 0.0)
            if not used.is_slow:
                return 0.0
            until = seen.get("until", 0)
            in_use = until <= now + _CLAIMED or used.time(seen["next"]) >= now - _STALE
            if until > now + _WORTH_WAITING and in_use:
                return float(until - now)
            self._until = int(max(now, until if in_use else 0) + _CLAIMED)
            as_seen: list[tuple[str, str, Any]] = [("next", "=", seen["next"]), ("until", "=", seen.get("until"))]
            try:
                self._seen = self._table.update(Update(pk=PK, sk=SK, set={"until": self._until}, when=as_seen))
            except ConditionFailed as other:
                seen = other.item
            else:
                return 0.0
        return 0.0

    def leave(self) -> None:
        """Say that one is through before one expected it, so that nobody waits for it."""
        if self._until > self._clock() + _WORTH_SAYING:
            with suppress(ConditionFailed, TryLater):
                self._seen = self._table.update(Update(pk=PK, sk=SK, set={"until": None}, when=[("until", "=", self._until)]))
            self._until = 0

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
