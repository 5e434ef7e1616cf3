"""Roster runs as the console shows them, and the admin's word to apply one."""

from dataclasses import dataclass, field

from latchkey.errors import Changed, Conflict, NotFound
from latchkey.people.model.person import Person
from latchkey.rosters.model.columns import Column
from latchkey.rosters.model.questions import Concerned
from latchkey.rosters.model.runs import Change, Rejection, Run
from latchkey.rosters.needs import System
from latchkey.shared.model.ids import is_id
from latchkey.shared.model.pages import PAGE, Page, Pager

_WAIT = 3600  # seconds for which the school stays locked while the message waits in the queue


@dataclass(frozen=True, slots=True)
class Preview:
    """A run with what its preview shows: rows that are left out, cells that are left out, samples of the rest, and
    some of those whom its questions are about; of a table its columns."""

    run: Run
    rejected: list[Rejection]
    warned: list[Rejection]
    samples: dict[str, list[Change]]
    concerned: dict[str, list[Concerned]]
    columns: list[Column] = field(default_factory=list)


def list_rosters(system: System, school: str, *, cursor: str | None = None, limit: int = PAGE) -> Page[Run]:
    """One page of the school's rosters, newest first."""
    pager = Pager(f"rosters|{school}", system.cursor_key(school))
    return pager.page(*system.rosters(school).page(after=pager.after(cursor), limit=limit))


def run_of(system: System, school: str, roster: str) -> Run:
    """One run, without its preview; ``NotFound`` if this school has none with this id."""
    run = system.rosters(school).get(roster) if is_id(roster) else None
    if run is None:
        raise NotFound()
    return run


def roster_of(system: System, school: str, roster: str) -> Preview:
    """One run; ``NotFound`` if this school has none with this id."""
    run = run_of(system, school, roster)
    if run.state == "queued" or run.step == "upload":
        return Preview(run, [], [], {}, {})
    rosters = system.rosters(school)
    rejected, samples = rosters.preview(roster)
    warned = rosters.warned(roster) if run.of("warned") or run.links_to_nobody else []
    columns = system.roster_columns(school).of(roster) if run.reading is not None else []
    return Preview(run, rejected, warned, samples, rosters.concerned(roster) if run.asked else {}, columns)


def ask_to_apply(system: System, school: str, by: Person, roster: str, preview: int | None = None) -> tuple[Run, bool]:
    """``(run, whether this begins it)``. Asking again changes nothing; a school applies one roster at a time.

    ``preview`` is the number of the preview that was looked at: another admin may have had the file read again meanwhile.
    """
    run = roster_of(system, school, roster).run
    if run.step == "apply" and run.state in {"running", "finished"}:
        if run.state == "running" and run.lease_until <= system.now():
            _tell(system, school, roster)  # the first message may never have left; a second one does no harm
        return run, False
    if run.state != "previewed":
        raise Conflict("This roster cannot be applied: it has no preview. Upload the file again.", code="not_previewed")
    if preview is not None and preview != run.attempt:
        raise _read_again()
    if run.reading is not None and run.reading.get("missing"):
        raise Conflict("Choose first which columns are which. Nothing was changed.", code="columns_missing")
    now = system.now()
    # Whoever applies a table has confirmed how its columns were read.
    kept = [system.roster_columns(school).confirmed({**run.reading}, by=by.id, now=now)] if run.reading is not None else []
    try:
        run = system.rosters(school).begin_apply(run, by.id, now, _WAIT, *kept)
    except Changed:
        if (found := system.rosters(school).get(roster)) is None or (found.state, found.attempt) != ("previewed", run.attempt):
            raise _read_again() from None
        raise Conflict(
            "Another roster is being applied. Nothing of this one was changed; try again when it has finished.",
            code="roster_running",
        ) from None
    system.audit(school).record(by.id, "roster.apply", now, {"roster": roster, "rows": run.total})
    _tell(system, school, roster)
    return run, True


def _read_again() -> Conflict:
    return Conflict(
        "This roster was read again, or has gone on, since you looked. Nothing was changed now: look again.",
        code="preview_changed",
    )


def _tell(system: System, school: str, roster: str) -> None:
    system.queue("ROSTER_QUEUE").put({"kind": "apply", "school": school, "roster": roster})
