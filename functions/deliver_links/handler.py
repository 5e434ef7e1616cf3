"""SQS consumer of the queues deliver and urgent; returns the messages that failed."""

from typing import Any

from aws_lambda_powertools import Logger

from latchkey.sends.deliver_links import Outcome, Work, deliver_chunks
from latchkey.shared.model.messages import Message
from latchkey.wiring import Wiring, wiring
from measure.metrics import measure
from worker.consume import Consumer, Record

logger = Logger()


def system() -> Wiring:
    """The stores that deliver_links may use; tests put their own in its place."""
    return wiring("deliver_links")


def handle(event: dict[str, Any], context: Any) -> Any:
    """Lambda's entry: a record that failed comes again, and at last goes to the dead-letter queue."""
    return Consumer("a chunk", logger, system).consume(event, context, lambda record: deliver(record, context))


def deliver(record: Record, context: Any) -> None:
    """One message: a chunk or two."""
    work, outcome = Work.of(Message(record["body"])), Outcome()
    try:
        deliver_chunks(system(), work, lambda: context.get_remaining_time_in_millis() / 1000, outcome)
    finally:
        tell(outcome)
    logger.info("delivered", extra={"school": work.school, "send": work.send, "chunk": work.number})


def tell(outcome: Outcome) -> None:
    """Measure what became of mails, why chunks wait, and how much of SES's daily quota is used."""
    for state, count in outcome.mails.items():
        measure("Mails", count, reason=state)
    for reason, count in outcome.waits.items():
        measure("Waits", count, reason=reason)
    used = system().mailer.quota_used
    if used is not None:
        measure("QuotaUsed", used)
