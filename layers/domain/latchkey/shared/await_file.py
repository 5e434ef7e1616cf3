"""Wait for the file of a run that was started, and end the run if none comes: what rosters and contacts do alike.

    start                            900 s                        1,200 s
      │── the form takes a file ───────│── a slow upload may end ────│
                                     look: a file whose event      look: there is no file,
                                     was lost is read              the run has failed

A message that is put before the run is made asks for the look. The look asks S3 for the file, so a run whose file only waits
behind those of other schools is not ended.
"""

from collections.abc import Callable
from typing import Final, Protocol, TypeVar

from latchkey.errors import Changed, Conflict
from latchkey.shared.stores.uploads import UploadLost, Uploads

UPLOAD_LIFE: Final = 900  # seconds in which an upload must begin
SLOW: Final = 300  # seconds for which an upload may last that has begun in time


class Run(Protocol):
    """What a run has to say of itself."""

    @property
    def state(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def created_at(self) -> int: ...


RunT = TypeVar("RunT", bound=Run)
DoneT = TypeVar("DoneT")


def form_life(run: Run, now: int, what: str) -> int:
    """Seconds for which a form may still take the run's file; ``Conflict`` if none, which names ``what`` was started."""
    left = run.created_at + UPLOAD_LIFE - now
    if left <= 0:
        raise Conflict(f"No file came in time for this {what}, so it ends. Start another one, with another key.")
    return left


def look(
    uploads: Uploads,
    run: RunT | None,
    now: int,
    *,
    read: Callable[[RunT], DoneT],
    later: Callable[[int], object],
    end: Callable[[RunT], DoneT],
) -> DoneT | None:
    """What became of a run that waits for its file; None if it waits no more, or waits on.

    ``read`` reads a file that has come, ``later`` puts the message again, for so many seconds; ``end`` ends the run, or raises
    ``Changed`` if it waits no more.
    """
    if run is None or run.state != "queued":  # None: the message left, and then the run could not be made
        return None
    if _has_come(uploads, run):
        return read(run)
    left = run.created_at + UPLOAD_LIFE + SLOW - now
    if left > 0:
        later(left)
        return None
    try:
        return end(run)
    except Changed:  # the file came at the last moment
        return None


def _has_come(uploads: Uploads, run: Run) -> bool:
    try:
        uploads.open(run.key)
    except UploadLost:
        return False
    return True
