"""Start a roster: a run that waits for its file, and the form with which the file goes straight to S3."""

from typing import Any, Final

from latchkey.errors import Conflict, Invalid, TryLater
from latchkey.people.model.person import Person
from latchkey.rosters.model.messages import await_message, new_key
from latchkey.rosters.model.runs import LONGEST_FILE, Run
from latchkey.rosters.needs import System
from latchkey.shared.await_file import UPLOAD_LIFE, form_life
from latchkey.shared.start_run import id_for

ENDINGS: Final = (".csv", ".txt", ".tsv", ".zip", ".xlsx", ".xlsm", ".xml")
_OTHER_WORKBOOKS: Final = (".xls", ".xlsb", ".xltx", ".xltm", ".ods", ".numbers")


def start_roster(
    system: System, school: str, by: Person, filename: str, key: str | None = None, *, then: str | None = None
) -> tuple[Run, dict[str, Any] | None]:
    """``(run, {"url", "fields"})``. ``filename`` is only shown; ``then`` is the page to which S3 sends a browser afterwards,
    with the run's id in place of ``{id}``.

    The same key starts one roster only, however often it comes. While that waits for its file each request gets a form for
    the rest of its quarter of an hour; ``await_file`` ends it afterwards.
    Once the file has come there is none (None): what is read or applied must not be replaced; another file needs another key.
    """
    _check_name(filename)
    run = _made(system, school, by, filename, key)
    if run.state != "queued":
        return run, None
    left = form_life(run, system.now(), "roster")
    form = system.uploads().form(run.key, longest=LONGEST_FILE, seconds=left, then=then.replace("{id}", run.id) if then else None)
    return run, form


def _check_name(filename: str) -> None:
    """Refuse before the upload what cannot be read, with the way out. What a file is shows only when it is read."""
    name = filename.casefold()
    if name.endswith(_OTHER_WORKBOOKS):
        raise Invalid(fields={"filename": 'Save this as an Excel workbook (.xlsx), or as "CSV UTF-8", and choose that.'})
    if name and not name.endswith(ENDINGS):
        raise Invalid(fields={"filename": f"Choose a file that ends in {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}."})


def _made(system: System, school: str, by: Person, filename: str, key: str | None) -> Run:
    """The run that this request means: a new one, or the one that an earlier request with the same key has made."""
    rosters, now = system.rosters(school), system.now()
    roster = id_for(system.claims(school), "roster", by.id, key, now)
    run = Run(
        id=roster,
        state="queued",
        step="upload",
        filename=filename,
        key=new_key(school, roster),
        created_at=now,
        created_by=by.id,
    )
    # The message first: a run whose message could not be put would wait for ever.
    system.queue("ROSTER_QUEUE").put(await_message(school, roster), delay=UPLOAD_LIFE)
    if rosters.make(run, system.audit(school).record_of(by.id, "roster.start", now, {"roster": roster})):
        return run
    made = rosters.get(roster)
    if made is None:
        raise TryLater()
    if made.filename != filename:
        raise Conflict("This key has started another roster already. Nothing was started now; use a new key.")
    return made
