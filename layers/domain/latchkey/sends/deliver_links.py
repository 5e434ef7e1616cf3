"""Mail chunks of a send: take one, compute its links, hand the mails to SES at the account's rate, record what became of each.

Nothing here decides what a link says: that was frozen when the send was planned. So whatever is sent twice (a crash between
SES and the ledger, an answer that got lost) is the same mail with the same link.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Self

from latchkey.errors import MustWait, NotFound, Poison, TryLater
from latchkey.mail.stores.rate import STRETCH
from latchkey.sends import queue_chunks
from latchkey.sends.check_people import Check
from latchkey.sends.mail_chunk import ChunkMailer
from latchkey.sends.model.ledger import grace_of
from latchkey.sends.model.send import WAITS, Chunk, Mail, lane_of
from latchkey.sends.needs import System
from latchkey.sends.stores.ledger import SendStopped
from latchkey.sends.take_slots import MARGIN, Slots
from latchkey.shared.model.messages import Message

_LAST_CALL: Final = 4.0  # seconds in which the last call of all should be answered
_TURNS: Final = 8  # of the 14 times that a message may come
_LEASE_MARGIN: Final = 10  # seconds that a lease outlives its function


@dataclass(frozen=True, slots=True)
class Work:
    """Which chunks a message is about: so many, from ``number`` on.

    ``waited``: their send says that it waits. ``last``, ``step`` and ``lanes``: see queue_chunks.
    """

    school: str
    send: str
    number: int
    waited: bool = False
    last: int = 0
    chunks: int = 1
    step: int = queue_chunks.FORMER_STEP
    lanes: int = 0

    @classmethod
    def of(cls, message: Message) -> Self:
        """The work that a message asks for."""
        return cls(
            message.slug(),
            message.id("send"),
            message.number("chunk"),
            message.flag("waited"),
            message.optional_number("last"),
            message.optional_number("chunks", queue_chunks.TOGETHER) or 1,
            message.optional_number("step", queue_chunks.STEP) or queue_chunks.FORMER_STEP,
            message.optional_number("lanes"),
        )


@dataclass(slots=True)
class Outcome:
    """What became of a message: mails by the state that they came to, and why chunks have to wait."""

    mails: Counter[str] = field(default_factory=Counter)
    waits: Counter[str] = field(default_factory=Counter)


def await_turn(system: System, tries: int) -> None:
    """Let one worker use a slow rate: ``MustWait`` until about when it is through, so that no other sleeps beside it.

    ``tries``: how often the message has come. After some turns it waits here, in line with the other's slots.
    """
    if tries <= _TURNS:
        seconds = system.rate.turn()
        if seconds:
            raise MustWait("turn", seconds=int(seconds) - 1)


def deliver_chunks(system: System, work: Work, time_left: Callable[[], float], outcome: Outcome | None = None) -> None:
    """Mail what is still planned in a message's chunks. ``time_left`` in seconds. ``outcome`` is told as it comes.

    What has to wait goes back to the queue as a new message, so that no wait ever counts as a failure; ``TryLater`` is for the
    rest: the same message comes again. A chunk that cannot be worked on keeps no other from going out.
    """
    _Round(system, work, time_left, outcome or Outcome()).run()


class _Round:
    """One worker's way through the chunks of a message. It writes down what became of one as it takes the next."""

    def __init__(self, system: System, work: Work, time_left: Callable[[], float], outcome: Outcome) -> None:
        self._system = system
        self._work = work
        self._time_left = time_left
        self._outcome = outcome
        self._ledger = system.ledger(work.school)
        self._left = range(work.number, work.number + work.chunks)
        self._check = Check(system, work.school, work.send, self._left)
        self._slots = Slots(system, self._check, time_left)
        self._waited = work.waited
        self._taken: Chunk | None = None

    def run(self) -> None:
        """Go through the chunks until all are done, their send is stopped, or nothing may go out for a while."""
        failed: TryLater | Poison | None = None
        try:
            while self._left:
                try:
                    self._next()
                except SendStopped:
                    return  # whoever lets the send go on puts its chunks again
                except (TryLater, Poison) as error:
                    failed = error if failed is None or isinstance(error, Poison) else failed
        finally:
            if self._taken is not None:
                self._give_back(self._taken)
            self._system.rate.leave()
        if failed is not None:
            raise failed

    def _next(self) -> None:
        """Mail the next chunk, unless it is done."""
        here, self._left = self._left, self._left[1:]
        chunk, self._taken = self._taken, None
        if chunk is None:
            self._check.renew(here)
            chunk = self._lease(here[0])
        if chunk.state != "done":
            self._deliver(chunk)

    def _lease(self, number: int) -> Chunk:
        check, work = self._check, self._work
        try:
            seen = check.seen(number)
            return self._ledger.lease(work.send, number, self._system.now(), self._seconds(), seen=seen, changed=check.changed)
        except NotFound:
            raise Poison("a chunk that does not exist") from None

    def _seconds(self) -> int:
        return int(self._time_left()) + _LEASE_MARGIN

    def _deliver(self, chunk: Chunk) -> None:
        system, work = self._system, self._work
        self._slots.more = sum(self._check.open_mails(number) for number in self._left)
        mailer = ChunkMailer(system, self._check, chunk, self._slots, self._time_left)
        wait: MustWait | None = None
        ran = False
        try:
            queue_chunks.go_on(system, work.school, work.send, chunk.number, work.last, step=work.step, lanes=work.lanes)
            mailer.run()
            ran = True
        except MustWait as must:
            wait = must
        finally:
            # Until it is written down, what SES has taken looks lost, and would be sent again after the grace period.
            recorded = self._record(chunk, mailer.mails, and_lease=ran)
        if wait is None and recorded.state != "done":
            wait = MustWait("unsure", seconds=grace_of(chunk))  # another worker has or had some of its mails
        changed = zip(chunk.mails, mailer.mails, strict=True)
        self._outcome.mails.update(after.state for before, after in changed if after.state != before.state)
        if wait is not None:
            self._outcome.waits[wait.reason] += 1
        self._tell(chunk, wait)

    def _record(self, chunk: Chunk, mails: list[Mail], *, and_lease: bool) -> Chunk:
        """Write down what became of a chunk; where that can be, take the next in the same write."""
        if and_lease and self._left and self._time_left() > MARGIN + STRETCH:
            with suppress(
                Exception
            ):  # whatever it was: the two are tried one by one, and what SES took is written down in any case
                self._check.renew(self._left)
                following = self._check.seen(self._left[0])
                both = following and self._ledger.record_and_lease(
                    chunk, mails, following, self._system.now(), self._seconds(), changed=self._check.changed
                )
                if both:
                    recorded, self._taken = both
                    return recorded
        return self._give_back(chunk, mails)

    def _give_back(self, chunk: Chunk, mails: Sequence[Mail] | None = None) -> Chunk:
        record = partial(self._ledger.record, chunk, mails or chunk.mails, self._system.now())
        return self._system.persist(record, self._time_left() - _LAST_CALL)

    def _tell(self, chunk: Chunk, wait: MustWait | None) -> None:
        """Write down that the send waits, or no longer does; put back what has to come again.

        What an account does not take it takes of no chunk, so all that are left are put back with this one.
        """
        system, work = self._system, self._work
        sends = system.sends(work.school)
        if wait is None:
            if self._waited:
                sends.set_waiting(work.send, None, system.now(), origin=chunk.origin)
                self._waited = False
            return
        says = wait.reason in WAITS
        if says:
            sends.set_waiting(work.send, wait.reason, system.now(), origin=chunk.origin)
        chunks = 1
        if wait.reason != "unsure":
            chunks += len(self._left)
            self._left = range(0)
        queue_chunks.put_again(
            system,
            work.school,
            work.send,
            range(chunk.number, chunk.number + chunks),
            origin=lane_of(chunk),
            waits=says or self._waited,
            delay=wait.seconds,
        )
