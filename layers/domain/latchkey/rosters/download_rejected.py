"""The rows of a roster that can be mended, as a file: a URL is made on the click and kept nowhere."""

from typing import Final

from latchkey.errors import Conflict, Gone
from latchkey.people.model.person import Person
from latchkey.rosters.model.gone import MISSING
from latchkey.rosters.model.runs import Run
from latchkey.rosters.model.to_mend import MEDIA_TYPE, key_of, missing_key
from latchkey.rosters.needs import System
from latchkey.rosters.watch_roster import run_of
from latchkey.shared.model.file_names import file_name
from latchkey.shared.stores.files import URL_LIFE

KEPT: Final = 7 * 86_400
"""Seconds from the start of a run for which its file can be fetched: the uploads' lifecycle deletes it after that."""


def rejected_until(run: Run) -> int | None:
    """Until when the file can be fetched; None where there is none."""
    return run.created_at + KEPT if run.to_mend else None


def download_rejected(system: System, school: str, by: Person, roster: str) -> str:
    """A URL that gives the file for at most five minutes. ``Conflict`` where there is none, ``Gone`` when no longer."""
    run, now = run_of(system, school, roster), system.now()
    ends = rejected_until(run)
    if ends is None:
        raise Conflict(_why_none(run), code="nothing_rejected")
    if ends <= now:
        raise Gone("The file with these rows was deleted after seven days, as the upload was. Upload the file again to see them.")
    facts: dict[str, str | int] = {"roster": run.id, "rows": run.to_mend}
    system.audit(school).record(by.id, "roster.rejected", now, facts)
    name = file_name(school, ["roster", "rows-to-mend"], run.created_at, "csv")
    return system.rejected_files().url(key_of(school, run.id), min(URL_LIFE, ends - now), name=name, media_type=MEDIA_TYPE)


def download_missing(system: System, school: str, by: Person, roster: str) -> str:
    """The same for the list of people who are not in the file."""
    run, now = run_of(system, school, roster), system.now()
    count, ends = run.asked.get(MISSING, 0), run.created_at + KEPT
    if not count:
        raise Conflict("Nobody is missing in this file, as far as it has been read.", code="nobody_missing")
    if ends <= now:
        raise Gone("This list was deleted after seven days, as the upload was. Upload the file again to see it.")
    system.audit(school).record(by.id, "roster.missing", now, {"roster": run.id, "people": count})
    key, name = missing_key(school, run.id), file_name(school, ["roster", "not-in-the-file"], run.created_at, "csv")
    return system.rejected_files().url(key, min(URL_LIFE, ends - now), name=name, media_type=MEDIA_TYPE)


def _why_none(run: Run) -> str:
    if run.state == "queued" or (run.state == "running" and run.step == "preview"):
        return "The file is still being read. Try again when the preview is there."
    return "There are no such rows: every row of the file could be used as it is."
