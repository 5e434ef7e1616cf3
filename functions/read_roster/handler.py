"""SQS consumer of the roster queue; returns the messages that failed."""

from collections.abc import Callable, Mapping
from math import inf
from typing import Any

from aws_lambda_powertools import Logger

from latchkey.contacts.model import messages as contacts_messages
from latchkey.errors import Poison
from latchkey.rosters.apply_roster import apply_roster
from latchkey.rosters.await_file import look_for_file
from latchkey.rosters.fail_roster import give_up
from latchkey.rosters.model.messages import AwaitFile, FileCame, Job, ReadAgain, Undo, parse
from latchkey.rosters.read_roster import preview_roster, read_again
from latchkey.rosters.undo_roster import give_up_undoing, undo_roster
from latchkey.shared.model.messages import Message, decoded
from latchkey.shared.model.upload_events import records_of
from latchkey.wiring import Wiring, wiring
from worker.consume import Consumer, Record, is_last_try, life

logger = Logger()


def system() -> Wiring:
    """The stores that read_roster may use; tests put their own in its place."""
    return wiring("read_roster")


def handle(event: dict[str, Any], context: Any) -> Any:
    """Lambda's entry: a record that failed comes again, and at last goes to the dead-letter queue."""

    def left() -> float:
        return float(context.get_remaining_time_in_millis() / 1000)

    return Consumer("roster", logger, system).consume(event, context, lambda record: work(record, left), held=life(context))


def work(record: Record, left: Callable[[], float] = lambda: inf) -> None:
    """One message: files that came, or what an admin has said. After the last try the admin sees that it failed."""
    message = decoded(record["body"])
    records = records_of(message)
    for part in [message] if records is None else [{"Records": [each]} for each in records]:
        if isinstance(part, Mapping) and part.get("kind") == "leavers":
            _leavers(Message(part))
            continue
        about_contacts = contacts_messages.parse(part, system().uploads().bucket)
        if about_contacts is not None:
            _contacts(about_contacts, record, left)
        else:
            _roster(part, record, left)


def _roster(message: object, record: Record, left: Callable[[], float]) -> None:
    for job in parse(message, system().uploads().bucket):
        try:
            facts = undo(job, left) if isinstance(job, Undo) else do(job, left)
        except Poison:
            raise
        except Exception:  # whatever it was: after the last try the admin must see that the run failed
            if is_last_try(record):
                (give_up_undoing if isinstance(job, Undo) else give_up)(system(), job.school, job.roster)
            raise
        if facts:
            logger.info("roster done", extra=facts)


def _leavers(message: Message) -> None:
    from latchkey.records.turn_leavers import turn_leavers  # nor for this

    run = turn_leavers(system(), message.slug(), message.id("run"))
    if run is not None:
        logger.info("leavers turned", extra={"run": run.id, "state": run.state, "people": len(run.people)})


def _contacts(wanted: contacts_messages.Read | contacts_messages.AwaitFile, record: Record, left: Callable[[], float]) -> None:
    from latchkey.contacts import await_file, read_contacts  # rosters, of which there are many more, do not wait for it

    try:
        if isinstance(wanted, contacts_messages.AwaitFile):
            run = await_file.look_for_file(system(), wanted.school, wanted.run, left)
        else:
            run = read_contacts.read_contacts(system(), wanted.school, wanted.run, wanted.key, left)
    except Poison:
        raise
    except Exception:  # whatever it was: after the last try the admin must see that the run failed
        if is_last_try(record):
            read_contacts.give_up(system(), wanted.school, wanted.run)
        raise
    if run is not None:
        logger.info("contacts read", extra={"run": run.id, "state": run.state, "step": run.step, **run.counts})


def do(job: Job, left: Callable[[], float]) -> dict[str, Any]:
    """Preview or apply; what to log of it, if it brought the run further."""
    if isinstance(job, FileCame):
        run = preview_roster(system(), job.school, job.roster, job.key)
    elif isinstance(job, AwaitFile):
        run = look_for_file(system(), job.school, job.roster)
    elif isinstance(job, ReadAgain):
        run = read_again(system(), job.school, job.roster)
    else:
        run = apply_roster(system(), job.school, job.roster, left)
    return {"roster": run.id, "state": run.state, "step": run.step, **run.shown} if run is not None else {}


def undo(job: Undo, left: Callable[[], float]) -> dict[str, Any]:
    """Undo; what to log of it, if it brought it further."""
    done = undo_roster(system(), job.school, job.roster, left)
    return {"roster": done.run, "state": done.state, "step": "undo", **done.counts} if done is not None else {}
