"""SQS consumer of the roster queue; returns the messages that failed."""

from collections.abc import Callable
from math import inf
from typing import Any

from aws_lambda_powertools import Logger

from latchkey.errors import Poison
from latchkey.rosters.apply_roster import apply_roster
from latchkey.rosters.await_file import look_for_file
from latchkey.rosters.fail_roster import give_up
from latchkey.rosters.model.messages import AwaitFile, FileCame, Job, ReadAgain, parse
from latchkey.rosters.model.runs import Run
from latchkey.rosters.read_roster import preview_roster, read_again
from latchkey.shared.model.messages import decoded
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
    """One message: a file that came (or several), or a roster to apply. After the last try the admin sees that it failed."""
    for job in parse(decoded(record["body"]), system().uploads().bucket):
        try:
            run = do(job, left)
        except Poison:
            raise
        except Exception:  # whatever it was: after the last try the admin must see that the run failed
            if is_last_try(record):
                give_up(system(), job.school, job.roster)
            raise
        if run is not None:
            logger.info("roster done", extra={"roster": run.id, "state": run.state, "step": run.step, **run.shown})


def do(job: Job, left: Callable[[], float]) -> Run | None:
    """The run that this brought further, if any."""
    if isinstance(job, FileCame):
        return preview_roster(system(), job.school, job.roster, job.key)
    if isinstance(job, AwaitFile):
        return look_for_file(system(), job.school, job.roster)
    if isinstance(job, ReadAgain):
        return read_again(system(), job.school, job.roster)
    return apply_roster(system(), job.school, job.roster, left)
