"""The one rate of the SES account and region, shared by all workers of all sends: an item in the table ``activity``.

The item holds the number of the next free mail of each lane (see model/pace.py). A worker takes as many as it has mails for by
one conditional UpdateItem; who dies with them has wasted their slots and nothing else. Mails of a send are taken only shortly
ahead, so that somebody who forgot their password waits for seconds, whatever else is being sent; their own mails are taken
further ahead.
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
_LONGEST: Final = 90.0  # seconds for which one worker can say beforehand that it will use a lane


@dataclass(frozen=True, slots=True)
class Wait:
    """No slot can be taken for so many seconds."""

    seconds: float


class Rate:
    """One account's rate, as one worker sees it. ``clock`` gives epoch seconds. ``workers``: how many deliver at once."""

    def __init__(
        self,
        table: Table,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        workers: int = 1,
    ) -> None:
        self._table = table
        self._workers = workers
        self._clock = clock
        self._sleep = sleep
        self._seen: Item | None = None
        self._lead = _LEAD
        self._mine: int | None = None  # the lane that this worker has claimed
        self._until = 0  # until when it has said that it will use one

    def take(self, mails: int, each_second: float, *, urgent: bool, more: int = 0) -> list[Slot] | Wait:
        """Take slots for some mails, perhaps for fewer; ``Wait`` while too many are taken already.

        ``more``: how many mails come after these. Where one worker can use all slots of a lane, it takes theirs too.
        """
        wanted = grid(each_second, self._workers)
        every = mails + more if wanted.is_slow else mails
        for _ in range(_TRIES):
            place, now = self._lane(wanted, urgent=urgent), self._clock()
            lane = wanted.lane(place)
            mails = min(every, lane.within(STRETCH))
            until = now + (URGENT_AHEAD if urgent else AHEAD)
            first, last = lane.first(now + self._lead), lane.last(until)
            seen = self._seen
            if seen is not None and seen.get("grid") == wanted.name and seen[_next(place)] >= first:
                if seen[_next(place)] > last:
                    return Wait(lane.time(seen[_next(place)]) - until)  # it never goes back, so nobody need ask
                update = self._following(wanted, place, mails, first, last)
            else:
                update = self._anew(wanted, place, mails, first, seen)
            if wanted.is_slow and not urgent:
                begin = max(first, seen.get(_next(place), 0)) if seen else first
                until = int(min(lane.time(begin + every), now + _LONGEST)) + 1
                update = replace(update, set={**update.set, _until(place): until})
            try:
                self._seen = self._table.update(update)
            except ConditionFailed as other:
                self._seen = other.item
                continue
            if wanted.is_slow and not urgent:
                self._mine, self._until = place, int(until)
            return list(lane.slots(self._seen[_next(place)] - mails, mails))
        return Wait(0.05)

    def _lane(self, wanted: Grid, *, urgent: bool) -> int:
        """The lane to take slots of: this worker's own, otherwise the one that is free first."""
        if wanted.lanes == 1:
            return 0
        seen = self._seen
        if seen is None or seen.get("grid") != wanted.name:
            self._mine = None
            self._seen = seen = self._table.get(PK, SK)
            if seen is None or seen.get("grid") != wanted.name:
                return 0
        if self._mine is not None and not urgent:
            return self._mine
        return min(range(wanted.lanes), key=lambda each: wanted.lane(each).time(seen[_next(each)]))

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
        """Claim a lane for oneself: 0, or the seconds (more than a few) for which other workers use all of them.

        A rate that has no lanes takes many workers and is nobody's. A worker that has died takes no slots any more, whatever it
        expected.

            one worker     until missing or past ── claim ✓ ── slots ── slots ── ... leave
            another                             └── claim ✗: the item is another by now ── waits until ``until``
        """
        self._mine, self._until = None, 0
        seen = self._seen or self._table.get(PK, SK)
        for _ in range(_TRIES):
            if not seen or "next" not in seen:
                return 0.0  # nothing was ever mailed
            now, used = self._clock(), grid_of(seen)
            if not used.is_slow:
                return 0.0
            ends = {place: _end(used.lane(place), seen, place, now) for place in range(used.lanes)}
            place = min(ends, key=lambda each: ends[each])
            if ends[place] > now + _WORTH_WAITING:
                return ends[place] - now
            until = int(max(now, ends[place]) + _CLAIMED)
            as_seen: list[tuple[str, str, Any]] = [(name, "=", seen.get(name)) for name in (_next(place), _until(place))]
            try:
                self._seen = self._table.update(Update(pk=PK, sk=SK, set={_until(place): until}, when=as_seen))
            except ConditionFailed as other:
                seen = other.item
            else:
                self._mine, self._until = place, until
                return 0.0
        return 0.0

    def leave(self) -> None:
        """Say that one is through before one expected it, so that nobody waits for it."""
        if self._mine is not None and self._until > self._clock() + _WORTH_SAYING:
            until = _until(self._mine)
            with suppress(ConditionFailed, TryLater):
                self._seen = self._table.update(Update(pk=PK, sk=SK, set={until: None}, when=[(until, "=", self._until)]))
        self._mine, self._until = None, 0

    def rest(self, seconds: float) -> None:
        """Wait, because there is no slot or the other side asked for it."""
        self._sleep(seconds)

    def _following(self, wanted: Grid, place: int, mails: int, first: int, last: int) -> Update:
        """Take the next numbers, if they are neither past nor too far ahead."""
        when = [("grid", "=", wanted.name), (_next(place), ">=", first), (_next(place), "<=", last)]
        return Update(pk=PK, sk=SK, add={_next(place): mails}, when=when)

    def _anew(self, wanted: Grid, place: int, mails: int, first: int, seen: Item | None) -> Update:
        """Begin at the present: nothing was taken of the lane for a while, or the rate is another."""
        if seen is not None and seen["grid"] == wanted.name:
            same: list[tuple[str, str, Any]] = [(_next(place), "=", seen[_next(place)]), ("grid", "=", seen["grid"])]
            return Update(pk=PK, sk=SK, set={_next(place): first + mails}, when=same)
        facts: dict[str, Value] = {"grid": wanted.name, "most": wanted.most, "spacing": wanted.spacing}
        when: list[tuple[str, str, Any]] = [("pk", "missing", None)]
        begin = self._clock()
        if seen is not None:  # one full second lies between two grids, so that none holds slots of both
            before = grid_of(seen)
            last = max(before.lane(each).time(seen[_next(each)] - 1) for each in range(before.lanes))
            begin = max(begin, last + max(wanted.window, before.spacing * before.lanes / 1_000_000) + GUARD)
            facts |= {name(each): None for each in range(before.lanes) for name in (_next, _until)}
            when = [("grid", "=", seen["grid"]), *((_next(each), "=", seen[_next(each)]) for each in range(before.lanes))]
        facts |= {_next(each): wanted.lane(each).first(begin) for each in range(wanted.lanes)}
        facts[_next(place)] = max(first, wanted.lane(place).first(begin)) + mails
        return Update(pk=PK, sk=SK, set=facts, when=when)


def _next(place: int) -> str:
    """The attribute of a lane's next number."""
    return f"next{place or ''}"


def _until(place: int) -> str:
    """The attribute that says until when a lane's worker will use it."""
    return f"until{place or ''}"


def grid_of(item: Item) -> Grid:
    """The grid that an item counts. How many lanes it has says its name alone: a former release writes over a name, no more."""
    _, _, lanes = item["grid"].partition("/")[2].partition("/")
    return Grid(item["most"], item["spacing"], 0.0, int(lanes or 1))


def _end(lane: Grid, seen: Item, place: int, now: float) -> float:
    """Until when a lane is in use, in epoch seconds; 0: it is free."""
    until = seen.get(_until(place), 0)
    in_use = until <= now + _CLAIMED or lane.time(seen[_next(place)]) >= now - _STALE
    return float(until) if in_use and until > now else 0.0
