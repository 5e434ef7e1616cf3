"""SQS consumer of the queues deliver and urgent; returns the messages that failed."""

import math
from typing import Any, Final

from aws_lambda_powertools import Logger

from latchkey.sends.deliver_links import Outcome, Work, await_turn, deliver_chunks
from latchkey.shared.model.messages import Message
from latchkey.wiring import Wiring, wiring
from measure.metrics import measure
from worker.consume import ONES_OWN, Consumer, Record, attempt, is_of

logger = Logger()
_ONES_OWN_SECONDS: Final = 45
"""Seconds for one person's mail: its lease, a little longer, ends before the message of a worker that died comes again."""


def system() -> Wiring:
    """The stores that deliver_links may use; tests put their own in its place."""
    return wiring("deliver_links")


def handle(event: dict[str, Any], context: Any) -> Any:
    """Lambda's entry: a record that failed comes again, and at last goes to the dead-letter queue."""
    urgent = is_of(event["Records"][0], system().settings["URGENT_QUEUE"])
    most, held = (_ONES_OWN_SECONDS, ONES_OWN) if urgent else (math.inf, None)
    return Consumer("a chunk", logger, system).consume(event, context, lambda record: deliver(record, context, most), held=held)


def deliver(record: Record, context: Any, most: float = math.inf) -> None:
    """One message: up to 34 chunks, in ``most`` seconds at most."""
    work, outcome, end = Work.of(Message(record["body"])), Outcome(), system().time() + most

    def left() -> float:
        return float(min(context.get_remaining_time_in_millis() / 1000, end - system().time()))

    if most == math.inf:
        await_turn(system(), attempt(record))
    try:
        deliver_chunks(system(), work, left, outcome)
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
