"""End a run that failed at its last try, so that the admin sees it and the next roster can be applied."""

from latchkey.rosters.needs import System
from latchkey.rosters.read_roster import fail


def give_up(system: System, school: str, roster: str) -> None:
    """Say that a run failed, if it is running."""
    run = system.rosters(school).get(roster)
    if run is not None and run.state == "running":
        wrote = "Some of its people may be in already, which does no harm." if run.step == "apply" else "Nothing was changed."
        fail(system, school, run, f"Something went wrong on our side, several times. {wrote} Upload the file again.")
        system.rosters(school).unlock(roster)
