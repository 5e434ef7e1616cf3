"""SQS consumer of the queues feedback and deliveries: SES's events, one a message or thousands in a file."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from aws_lambda_powertools import Logger

from latchkey.errors import TryLater
from latchkey.sends.mail_feedback import record_events
from latchkey.sends.read_event_file import read_event_file
from latchkey.shared.model.upload_events import key_of, records_of
from latchkey.wiring import Wiring, wiring
from measure.metrics import measure
from worker.consume import Consumer, Record, life

logger = Logger()


def system() -> Wiring:
    """The stores that mail_feedback may use; tests put their own in its place."""
    return wiring("mail_feedback")


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Lambda's entry. Events are taken as a whole batch, because many are about the same mails; files one after the other."""
    consumer = Consumer("a batch of events", logger, system)
    if any(_files(each["body"]) is not None for each in event["Records"]):
        return consumer.consume(event, context, partial(take, lambda: _left(context)), held=life(context))
    return consumer.consume_whole(event, lambda: record(event["Records"]))


def record(records: Sequence[Record]) -> set[int]:
    """Write down what was told; the places of the records that have to come again."""
    outcome = record_events(system(), [each["body"] for each in records])
    logger.info("took feedback", extra={"events": len(records), "again": len(outcome.again), **outcome.counts})
    _count(outcome.counts)
    return outcome.again


def take(time_left: Callable[[], float], message: Record) -> None:
    """Write down the events of the files that a message names, or its own event."""
    files = _files(message["body"])
    if files is None and record([message]):
        raise TryLater
    for each in files or ():
        counts = read_event_file(system(), key_of(each, system().event_files.bucket), time_left)
        logger.info("took a file of feedback", extra={**counts})
        _count(counts)


def _files(body: str) -> Sequence[object] | None:
    """What S3 says of files; None for an event of SES."""
    if '"aws:s3"' not in body and '"s3:TestEvent"' not in body:
        return None
    try:
        message: Any = json.loads(body)
    except ValueError:
        return None
    return records_of(message)


def _left(context: Any) -> float:
    """Seconds that the invocation may still take."""
    return math.inf if context is None else context.get_remaining_time_in_millis() / 1000


def _count(counts: Mapping[str, int]) -> None:
    for kind, count in counts.items():
        measure("Mails", count, reason=kind)
