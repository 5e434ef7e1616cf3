"""The consumer of a queue: a batch of messages in, those that failed out. One error policy for all workers.

A message that failed comes again after a pause that doubles from try to try; after its last try it goes to the dead-letter
queue. The loop is written out here because Powertools' batch processor costs a worker 40 ms of its cold start.

    try    1       2           3                     4               LAST_TRY
           ├──5 s──┤───10 s────┤────────20 s─────────┤ ... 180 s ... ┤ dead-letter queue

Half of each pause is left to chance, so that what failed together does not come again together. The other half is sure: by the
last try at least ten minutes have passed, and no outage that is shorter brings a message to the dead letters (tests/house).

A worker that dies says nothing. So before the work begins, ``held`` says how long its messages stay hidden: no longer than the
worker can live. Otherwise they would be hidden for their queue's visibility timeout, six times that (decision 0031).
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Protocol

from aws_lambda_powertools import Logger

from latchkey.errors import LatchkeyError, MustWait, Poison, TryLater
from measure.metrics import kind_of, measure

LAST_TRY: Final = 14  # maxReceiveCount of every queue
FIRST_PAUSE: Final = 5  # seconds
LONGEST_PAUSE: Final = 180  # no queue hides a message for less
ONES_OWN: Final = 60  # seconds after which one person's mail comes again whose worker died
_AFTER: Final = 70  # seconds that a message stays hidden longer than its worker can live: until its lease is over, too
_ENOUGH: Final = 90  # seconds that a message should find: a call that hangs is tried four times, 20 seconds each
Record = Mapping[str, Any]


class System(Protocol):
    """What the wiring of a worker does for the consumer."""

    def hide(self, queue: str, receipt: str, seconds: int) -> None:
        """Let a message that was received be seen again after so many seconds; try for a while."""

    def hold(self, queue: str, receipt: str, seconds: int) -> None:
        """The same, tried once: people wait."""


class Consumer:
    """The consumer of one batch. ``what`` names the thing worked on in the log of failures.

    ``system`` gives the function's wiring; tests put another one in its place.
    """

    def __init__(self, what: str, logger: Logger, system: Callable[[], System]) -> None:
        self._what = what
        self._logger = logger
        self._system = system
        self._waits: Counter[str] = Counter()
        self._failures: Counter[str] = Counter()

    def consume(
        self, event: Mapping[str, Any], context: Any, work: Callable[[Record], None], *, held: int | None = None
    ) -> dict[str, Any]:
        """Hand each message to ``work``, which logs what it did; the partial batch response.

        ``held``: seconds after which the messages come again if this worker dies. Once the invocation's time runs short the rest
        of a batch is handed back untouched.
        """
        self._hold(event["Records"], held)
        failed: list[Record] = []
        for place, record in enumerate(event["Records"]):
            if place and context is not None and context.get_remaining_time_in_millis() < 1000 * _ENOUGH:
                self._back(record, 0)
            elif self._is_done(record, work):
                continue
            failed.append(record)
        return self._response(event, failed)

    def consume_whole(self, event: Mapping[str, Any], work: Callable[[], Iterable[int]]) -> dict[str, Any]:
        """Hand a batch to ``work`` as a whole, which says at which places are those that have to come again."""
        records = event["Records"]
        try:
            failed = [records[place] for place in sorted(work())]
        except Exception as error:
            failed = records
            self._failures[kind_of(error)] += 1
            self._logger.error("%s failed", self._what, extra={"attempt": attempt(records[0]), "reason": kind_of(error)})  # noqa: TRY400
        else:
            self._waits[TryLater.code] += len(failed)
        for record in failed:
            self._back(record, pause(attempt(record)))
        return self._response(event, failed)

    def _response(self, event: Mapping[str, Any], failed: list[Record]) -> dict[str, Any]:
        """The partial batch response; what became of the batch is measured."""
        records = event["Records"]
        measure("OldestSeconds", max([0.0, *(_age(record) for record in records)]))
        if len(records) > len(failed):
            measure("Done", len(records) - len(failed))
        for reason, count in (+self._waits).items():
            measure("Waits", count, reason=reason)
        for reason, count in self._failures.items():
            measure("Failed", count, reason=reason)
        return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in failed]}

    def _is_done(self, record: Record, work: Callable[[Record], None]) -> bool:
        """Work on one message; a failure is logged by its category, because an error's text or trace could hold values."""
        try:
            work(record)
        except TryLater as error:
            self._logger.warning("%s has to wait", self._what, extra={"attempt": attempt(record), "reason": error.detail})
            self._waits[error.reason if isinstance(error, MustWait) else error.code] += 1
            self._back(record, _seconds(record, error))
        except Exception as error:
            reason = error.detail if isinstance(error, LatchkeyError) else kind_of(error)
            self._logger.error("%s failed", self._what, extra={"attempt": attempt(record), "reason": reason})  # noqa: TRY400
            self._failures[kind_of(error)] += 1
            self._back(record, 0 if isinstance(error, Poison) else pause(attempt(record)))
        else:
            return True
        return False

    def _hold(self, records: Iterable[Record], seconds: int | None) -> None:
        """Hide the messages for so many seconds from now on; where it fails they stay hidden for longer, and nothing else."""
        if seconds is None:
            return
        try:
            for record in records:
                self._system().hold(record["eventSourceARN"], record["receiptHandle"], seconds)
        except Exception as error:
            self._logger.warning("messages are hidden for long", extra={"reason": type(error).__name__})

    def _back(self, record: Record, seconds: int) -> None:
        """Let a message come again soon. Where even that fails, its queue brings it again after its visibility timeout."""
        try:
            self._system().hide(record["eventSourceARN"], record["receiptHandle"], seconds)
        except Exception as error:
            self._logger.warning("a message comes late", extra={"attempt": attempt(record), "reason": type(error).__name__})


def _age(record: Record) -> float:
    """Seconds since a message was put."""
    return time.time() - int(record["attributes"]["SentTimestamp"]) / 1000


def _seconds(record: Record, error: TryLater) -> int:
    """After how many seconds a message comes again: a wait whose end is known does not grow from try to try."""
    if isinstance(error, MustWait) and error.seconds:
        return error.seconds
    return max(pause(attempt(record)), error.seconds)


def pause(tries: int) -> int:
    """Seconds until a message comes again that has failed so many times. There is none before the dead-letter queue."""
    if tries >= LAST_TRY:
        return 0
    longest: int = min(FIRST_PAUSE * 2 ** (tries - 1), LONGEST_PAUSE)
    return longest - random.randint(0, longest // 2)  # noqa: S311 - spreads retries, guards nothing


def life(context: Any) -> int | None:
    """Seconds for which a message is held that is one worker's for as long as it may run; None where nobody knows."""
    return None if context is None else int(context.get_remaining_time_in_millis() / 1000) + _AFTER


def is_of(record: Record, queue: str) -> bool:
    """Whether a message came from the queue with this URL."""
    return bool(record["eventSourceARN"].rpartition(":")[2] == queue.rpartition("/")[2])


def attempt(record: Record) -> int:
    """How often the message was delivered, this time included."""
    return int(record["attributes"]["ApproximateReceiveCount"])


def is_last_try(record: Record) -> bool:
    """Whether the message goes to the dead-letter queue if this try fails."""
    return attempt(record) >= LAST_TRY
