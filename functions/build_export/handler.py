"""The door of build_export: messages of the export queue in, what failed out."""

import json
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from latchkey.errors import Poison, TryLater
from latchkey.login_details.build_export import build_export
from latchkey.wiring import Wiring, wiring

logger = Logger()
processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)


def system() -> Wiring:
    """The stores that build_export may use; tests put their own in its place."""
    return wiring("build_export")


def handle(event: dict[str, Any], context: Any) -> Any:
    """Lambda's entry: a record that failed comes again, and at last goes to the dead-letter queue."""
    return process_partial_response(event=event, record_handler=build, processor=processor, context=context)


def build(record: SQSRecord, lambda_context: Any = None) -> None:
    """One message: one run, or what one invocation can do of it."""
    attempt = int(record.attributes.approximate_receive_count)
    try:
        left = (lambda: lambda_context.get_remaining_time_in_millis() / 1000) if lambda_context else None
        export = build_export(system(), message_of(record), attempt=attempt, left=left)
    except TryLater:
        logger.warning("export has to wait", extra={"attempt": attempt})
        raise
    except Exception as error:
        logger.error("export failed", extra={"attempt": attempt, "error": type(error).__name__})  # noqa: TRY400 - no values
        raise
    if export is not None:
        facts = {"export": export.id, "kind": export.kind, "state": export.state, "done": export.done}
        logger.info("export worked on", extra={**facts, "rows": export.rows, "left_out": export.left_out})


def message_of(record: SQSRecord) -> object:
    """The message, or ``Poison`` where it is no JSON."""
    try:
        return json.loads(record.body)
    except (ValueError, RecursionError) as error:
        raise Poison() from error
