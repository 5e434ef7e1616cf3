"""Wait for the file of a roster that was started, and end the run if none comes.

    start                            900 s                        1,200 s
      │── the form takes a file ───────│── a slow upload may end ────│
                                     look: a file whose event      look: there is no file,
                                     was lost is read              the run has failed

The look asks S3 for the file, so a run whose file only waits behind those of other schools is not ended.
"""

from typing import Final

from latchkey.errors import Changed
from latchkey.rosters.model.runs import READER, UPLOAD_LIFE, Run
from latchkey.rosters.needs import System
from latchkey.rosters.read_roster import preview_roster
from latchkey.shared.stores.uploads import UploadLost

SLOW: Final = 300  # seconds for which an upload may last that has begun in time
_REASON: Final = "No file came within a quarter of an hour, so this roster has ended. Nothing was changed. Start it again."


def look_for_file(system: System, school: str, roster: str) -> Run | None:
    """What became of a run that waits for its file; None if it waits no more, or waits on."""
    rosters, now = system.rosters(school), system.now()
    run = rosters.get(roster)
    if run is None or run.state != "queued":  # None: the message left, and then the run could not be made
        return None
    if _has_come(system, run):
        return preview_roster(system, school, roster, run.key)
    left = run.created_at + UPLOAD_LIFE + SLOW - now
    if left > 0:
        system.queue("ROSTER_QUEUE").put({"kind": "await_file", "school": school, "roster": roster}, delay=left)
        return None
    try:
        run = rosters.abandon(run, _REASON, now)
    except Changed:  # the file came at the last moment
        return None
    system.audit(school).record(READER, "roster.refused", now, {"roster": run.id})
    return run


def _has_come(system: System, run: Run) -> bool:
    try:
        system.uploads().open(run.key)
    except UploadLost:
        return False
    return True
