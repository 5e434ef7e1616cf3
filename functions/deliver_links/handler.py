"""The door of deliver_links: messages of the queues deliver and urgent in, what failed out."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from latchkey.errors import LatchkeyError, TryLater
from latchkey.sends.deliver_links import Work, deliver_chunks
from latchkey.shared.model.messages import Message
from latchkey.wiring import Wiring, wiring

logger = Logger()
processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)


def system() -> Wiring:
    """The stores that deliver_links may use; tests put their own in its place."""
    return wiring("deliver_links")


def handle(event: dict[str, Any], context: Any) -> Any:
    """Lambda's entry: a record that failed comes again, and at last goes to the dead-letter queue."""
    return process_partial_response(event=event, record_handler=deliver, processor=processor, context=context)


def deliver(record: SQSRecord, lambda_context: Any) -> None:
    """One message: a chunk or two."""
    attempt = record.attributes.approximate_receive_count
    try:
        work = Work.of(Message(record.body))
        deliver_chunks(system(), work, lambda: lambda_context.get_remaining_time_in_millis() / 1000)
    except TryLater as error:
        logger.warning("a chunk has to wait", extra={"attempt": attempt, "reason": error.detail})
        raise
    except Exception as error:
        reason = error.detail if isinstance(error, LatchkeyError) else type(error).__name__
        logger.error("a chunk failed", extra={"attempt": attempt, "reason": reason})  # noqa: TRY400 - a trace could hold values
        raise
    logger.info("delivered", extra={"school": work.school, "send": work.send, "chunk": work.number})
