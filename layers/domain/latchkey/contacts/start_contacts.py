"""Start contacts: a run that waits for its file, and the form with which the file goes straight to S3."""

from dataclasses import dataclass
from typing import Any, Final

from latchkey.contacts.model.invite import WHOM, Whom
from latchkey.contacts.model.messages import await_message, new_key
from latchkey.contacts.model.runs import LONGEST_FILE, Run
from latchkey.contacts.needs import System
from latchkey.errors import Conflict, Invalid, TryLater
from latchkey.people.model.person import Person
from latchkey.shared.await_file import UPLOAD_LIFE, form_life
from latchkey.shared.start_run import id_for

ENDS: Final = (".csv", ".xlsx", ".xlsm", ".txt", ".tsv", ".xml", ".zip")


def parse_whom(given: object) -> Whom:
    """Whom to invite; the usual where nothing is said."""
    found = next((whom for whom in WHOM if whom == given), None)
    if found is None and given not in (None, ""):
        raise Invalid(fields={"whom": f"Choose one of {', '.join(WHOM)}."})
    return found or "usual"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an admin asks for. ``filename`` is only shown; ``key`` is the request's idempotency key."""

    filename: str
    whom: Whom = "usual"
    key: str | None = None


def start_contacts(
    system: System, school: str, by: Person, wanted: Wanted, *, then: str | None = None
) -> tuple[Run, dict[str, Any] | None]:
    """``(run, {"url", "fields"})``. ``then`` is the page to which S3 sends a browser afterwards, with the run's id for ``{id}``.

    The same key starts one run only, however often it comes. While that waits for its file each request gets a form for the
    rest of its quarter of an hour; ``await_file`` ends it afterwards. Once the file has come there is none (None).
    """
    if wanted.filename and not wanted.filename.casefold().endswith(ENDS):
        raise Invalid(fields={"filename": f"Choose a file that ends in {', '.join(ENDS[:-1])} or {ENDS[-1]}."})
    run = _made(system, school, by, wanted)
    if run.state != "queued":
        return run, None
    left = form_life(run, system.now(), "upload")
    form = system.uploads().form(run.key, longest=LONGEST_FILE, seconds=left, then=then.replace("{id}", run.id) if then else None)
    return run, form


def _made(system: System, school: str, by: Person, wanted: Wanted) -> Run:
    runs, now = system.contacts_runs(school), system.now()
    found = id_for(system.claims(school), "contacts", by.id, wanted.key, now)
    run = Run(
        id=found,
        state="queued",
        step="upload",
        filename=wanted.filename,
        key=new_key(school, found),
        created_at=now,
        created_by=by.id,
        whom=wanted.whom,
    )
    # The message first: a run whose message could not be put would wait for ever.
    system.queue("ROSTER_QUEUE").put(await_message(school, found), delay=UPLOAD_LIFE)
    if runs.make(run, system.audit(school).record_of(by.id, "contacts.start", now, {"contacts": found})):
        return run
    made = runs.get(found)
    if made is None:
        raise TryLater()
    if (made.filename, made.whom) != (wanted.filename, wanted.whom):
        raise Conflict("This key has started another upload already. Nothing was started now; use a new key.")
    return made
