"""SQS consumer of the queues deliver and urgent; returns the messages that failed."""

from typing import Any

from aws_lambda_powertools import Logger

from latchkey.sends.deliver_links import Work, deliver_chunks
from latchkey.shared.model.messages import Message
from latchkey.wiring import Wiring, wiring
from worker.consume import Record, consume

logger = Logger()


def system() -> Wiring:
    """The stores that deliver_links may use; tests put their own in its place."""
    return wiring("deliver_links")


def handle(event: dict[str, Any], context: Any) -> Any:
    """Lambda's entry: a record that failed comes again, and at last goes to the dead-letter queue."""
    return consume(event, lambda record: deliver(record, context), "a chunk", logger)


def deliver(record: Record, context: Any) -> None:
    """One message: a chunk or two."""
    work = Work.of(Message(record["body"]))
    deliver_chunks(system(), work, lambda: context.get_remaining_time_in_millis() / 1000)
    logger.info("delivered", extra={"school": work.school, "send": work.send, "chunk": work.number})
