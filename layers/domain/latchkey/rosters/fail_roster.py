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


def give_up(system: System, school: str, roster: str) -> None:
    """After the last try: say that a running run failed, and let the next roster be applied; unless a worker has it."""
    run = system.rosters(school).get(roster)
    if run is not None and run.state == "running" and run.lease_until <= system.now():
        wrote = "Some of its people may be in already, which does no harm." if run.step == "apply" else "Nothing was changed."
        fail(system, school, run, f"Something went wrong on our side, several times. {wrote} Upload the file again.")
        system.rosters(school).unlock(roster)
