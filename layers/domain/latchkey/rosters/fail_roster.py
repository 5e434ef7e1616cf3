"""A roster that cannot go on: the run says why, and so does the audit trail."""

from latchkey.errors import Changed
from latchkey.rosters.model.runs import READER, Run
from latchkey.rosters.needs import System


def fail(system: System, school: str, run: Run, reason: str) -> Run | None:
    """End a run with a reason; None if another worker has it."""
    now = system.now()
    try:
        run = system.rosters(school).fail(run, reason, now)
    except Changed:
        return None
    system.audit(school).record(READER, "roster.refused", now, {"roster": run.id})
    return run
