"""Look for the file of a roster that was started: read it if its event was lost, and end the run if none comes."""

from typing import Final

from latchkey.rosters.model.messages import await_message
from latchkey.rosters.model.runs import READER, Run
from latchkey.rosters.needs import System
from latchkey.rosters.read_roster import preview_roster
from latchkey.shared.await_file import look

_REASON: Final = "No file came within a quarter of an hour, so this roster has ended. Nothing was changed. Start it again."


def look_for_file(system: System, school: str, roster: str) -> Run | None:
    """What became of a run that waits for its file; None if it waits no more, or waits on."""
    rosters, now = system.rosters(school), system.now()

    def end(run: Run) -> Run:
        ended = rosters.abandon(run, _REASON, now)
        system.audit(school).record(READER, "roster.refused", now, {"roster": run.id})
        return ended

    return look(
        system.uploads(),
        rosters.get(roster),
        now,
        read=lambda run: preview_roster(system, school, run.id, run.key),
        later=lambda seconds: system.queue("ROSTER_QUEUE").put(await_message(school, roster), delay=seconds),
        end=end,
    )
