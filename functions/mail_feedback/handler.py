"""SQS consumer of the queue feedback, which holds SES's delivery events; returns the messages that failed."""

from collections.abc import Sequence
from typing import Any

from aws_lambda_powertools import Logger

from latchkey.sends.mail_feedback import record_events
from latchkey.wiring import Wiring, wiring
from measure.metrics import measure
from worker.consume import Consumer, Record

logger = Logger()


def system() -> Wiring:
    """The stores that mail_feedback may use; tests put their own in its place."""
    return wiring("mail_feedback")


def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Lambda's entry: a whole batch in one go, because many events are about the same mails."""
    return Consumer("a batch of events", logger, system).consume_whole(event, lambda: record(event["Records"]))


def record(records: Sequence[Record]) -> set[int]:
    """Write down what was told; the places of the records that have to come again."""
    outcome = record_events(system(), [each["body"] for each in records])
    logger.info("took feedback", extra={"events": len(records), "again": len(outcome.again), **outcome.counts})
    for kind, count in outcome.counts.items():
        measure("Mails", count, reason=kind)
    return outcome.again
