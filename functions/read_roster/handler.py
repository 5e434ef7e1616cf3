"""The door of read_roster: messages of the roster queue in, what failed out."""

import json
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from latchkey.errors import Poison, TryLater
from latchkey.rosters.take_message import work_on_roster
from latchkey.wiring import Wiring, wiring

logger = Logger()
processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)


def system() -> Wiring:
    """The stores that read_roster may use; tests put their own in its place."""
    return wiring("read_roster")


def handle(event: dict[str, Any], context: Any) -> Any:
    """Lambda's entry: a record that failed comes again, and at last goes to the dead-letter queue."""
    return process_partial_response(event=event, record_handler=work, processor=processor, context=context)


def work(record: SQSRecord) -> None:
    """One message: a file that came, or a roster to apply."""
    attempt = int(record.attributes.approximate_receive_count)
    try:
        runs = work_on_roster(system(), message_of(record), attempt=attempt)
    except TryLater:
        logger.warning("roster has to wait", extra={"attempt": attempt})
        raise
    except Exception as error:
        logger.error("roster failed", extra={"attempt": attempt, "error": type(error).__name__})  # noqa: TRY400 - no values
        raise
    for run in runs:
        logger.info("roster done", extra={"roster": run.id, "state": run.state, "step": run.step, **run.shown})


def message_of(record: SQSRecord) -> object:
    """The message, or ``Poison`` where it is no JSON."""
    try:
        return json.loads(record.body)
    except (ValueError, RecursionError) as error:
        raise Poison() from error
