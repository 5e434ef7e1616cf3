"""SQS consumer of the export queue; returns the messages that failed."""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger

from latchkey.login_details.build_export import build_export
from latchkey.shared.model.messages import Message
from latchkey.wiring import Wiring, wiring
from worker.consume import Consumer, Record, is_last_try, life

logger = Logger()


def system() -> Wiring:
    """The stores that build_export may use; tests put their own in its place."""
    return wiring("build_export")


def handle(event: dict[str, Any], context: Any) -> Any:
    """Lambda's entry: a record that failed comes again, and at last goes to the dead-letter queue."""
    return Consumer("export", logger, system).consume(event, context, lambda record: build(record, context), held=life(context))


def build(record: Record, context: Any = None) -> None:
    """One message: one run, or what one invocation can do of it."""
    message = Message(record["body"])
    left = (lambda: context.get_remaining_time_in_millis() / 1000) if context else None
    if message.has("contacts"):
        _write_contacts(message, last_try=is_last_try(record), left=left)
        return
    if message.has("people_file"):
        _write_people(message, last_try=is_last_try(record))
        return
    export = build_export(system(), message.slug(), message.id("export"), last_try=is_last_try(record), left=left)
    if export is not None:
        facts = {"export": export.id, "kind": export.kind, "state": export.state, "done": export.done}
        logger.info("export worked on", extra={**facts, "rows": export.rows, "left_out": export.left_out})


def _write_contacts(message: Message, *, last_try: bool, left: Callable[[], float] | None) -> None:
    """One message: the files of one upload of contacts."""
    from latchkey.contacts.write_files import write_contacts  # exports, of which there are many more, do not wait for it

    run = write_contacts(system(), message.slug(), message.id("contacts"), last_try=last_try, left=left)
    if run is not None:
        logger.info("contacts written", extra={"run": run.id, "state": run.state, "done": run.done, **run.counts})


def _write_people(message: Message, *, last_try: bool) -> None:
    """One message: one file of a send's people."""
    from latchkey.sends.download_recipients import make_file  # as above

    file = make_file(system(), message.slug(), message.id("people_file"), last_try=last_try)
    if file is not None:
        logger.info("people written", extra={"file": file.id, "send": file.send, "rows": file.rows})
