"""One message of the roster queue, worked on; after the last try the run says that it failed."""

from typing import Final

from latchkey.errors import Poison
from latchkey.rosters.apply_roster import apply_roster
from latchkey.rosters.fail_roster import fail
from latchkey.rosters.model.messages import Apply, FileCame, parse
from latchkey.rosters.model.runs import Run
from latchkey.rosters.needs import System
from latchkey.rosters.read_roster import preview_roster

LAST_TRY: Final = 5  # the queue's maxReceiveCount


def work_on_roster(system: System, message: object, attempt: int = 1) -> list[Run]:
    """The runs that this message brought further."""
    runs = []
    for job in parse(message, system.uploads().bucket):
        try:
            run = _do(system, job)
        except Poison:
            raise
        except Exception:  # whatever it was: after the last try the admin must see that it failed
            if attempt >= LAST_TRY:
                _fail(system, job)
            raise
        if run is not None:
            runs.append(run)
    return runs


def _do(system: System, job: FileCame | Apply) -> Run | None:
    if isinstance(job, FileCame):
        return preview_roster(system, job.school, job.roster, job.key)
    return apply_roster(system, job.school, job.roster)


def _fail(system: System, job: FileCame | Apply) -> None:
    run = system.rosters(job.school).get(job.roster)
    if run is not None and run.state == "running":
        wrote = "Some of its people may be in already, which does no harm." if run.step == "apply" else "Nothing was changed."
        fail(system, job.school, run, f"Something went wrong on our side, several times. {wrote} Upload the file again.")
        system.rosters(job.school).unlock(job.roster)
