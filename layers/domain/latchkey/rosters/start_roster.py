"""Start a roster: a run that waits for its file, and the form with which the file goes straight to S3."""

from typing import Any

from latchkey.errors import Invalid
from latchkey.people.model.person import Person
from latchkey.rosters.model.messages import new_key
from latchkey.rosters.model.runs import LONGEST_FILE, UPLOAD_LIFE, Run
from latchkey.rosters.needs import System
from latchkey.shared.model.ids import new_id


def start_roster(
    system: System, school: str, by: Person, filename: str, *, then: str | None = None
) -> tuple[Run, dict[str, Any]]:
    """``(run, {"url", "fields"})``. ``filename`` is only shown; ``then`` is the page to which S3 sends a browser afterwards,
    with the run's id in place of ``{id}``."""
    if filename and not filename.casefold().endswith((".csv", ".zip")):
        raise Invalid(fields={"filename": "Choose a file that ends in .csv or .zip."})
    now = system.now()
    roster = new_id(now)
    run = Run(
        id=roster,
        state="queued",
        step="upload",
        filename=filename,
        key=new_key(school, roster),
        created_at=now,
        created_by=by.id,
    )
    system.rosters(school).make(run)
    system.audit(school).record(by.id, "roster.start", now, {"roster": roster})
    form = system.uploads().form(
        run.key, longest=LONGEST_FILE, seconds=UPLOAD_LIFE, then=then.replace("{id}", roster) if then else None
    )
    return run, form
