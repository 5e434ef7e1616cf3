"""The consumer of a queue: a batch of messages in, those that failed out. One error policy for all workers.

A message that failed is delivered again after the queue's visibility timeout; after its last try it goes to the dead-letter
queue. The loop is written out here because Powertools' batch processor costs a worker 40 ms of its cold start.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from aws_lambda_powertools import Logger

from latchkey.errors import LatchkeyError, TryLater

LAST_TRY: Final = 5  # maxReceiveCount of every queue
Record = Mapping[str, Any]


def consume(event: Mapping[str, Any], work: Callable[[Record], None], what: str, logger: Logger) -> dict[str, Any]:
    """Hand each message to ``work``, which logs what it did; ``what`` names the thing worked on in the log of failures."""
    return failed(record for record in event["Records"] if not _is_done(record, work, what, logger))


def failed(records: Iterable[Record]) -> dict[str, Any]:
    """The partial batch response: these come again, the others are deleted."""
    return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in records]}


def attempt(record: Record) -> int:
    """How often the message was delivered, this time included."""
    return int(record["attributes"]["ApproximateReceiveCount"])


def is_last_try(record: Record) -> bool:
    """Whether the message goes to the dead-letter queue if this try fails."""
    return attempt(record) >= LAST_TRY


def _is_done(record: Record, work: Callable[[Record], None], what: str, logger: Logger) -> bool:
    """Work on one message; a failure is logged by its category, because an error's text or trace could hold values.

    Whatever is to happen for each message belongs here, where its record is known: changing its visibility when it has to
    wait, and metrics.
    """
    try:
        work(record)
    except TryLater as error:
        logger.warning("%s has to wait", what, extra={"attempt": attempt(record), "reason": error.detail})
        return False
    except Exception as error:
        reason = error.detail if isinstance(error, LatchkeyError) else type(error).__name__
        logger.error("%s failed", what, extra={"attempt": attempt(record), "reason": reason})  # noqa: TRY400
        return False
    return True
