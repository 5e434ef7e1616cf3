"""An admin's word to undo a roster, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from latchkey.errors import Changed, Conflict
from latchkey.people.model.person import Person
from latchkey.rosters.model.runs import Run
from latchkey.rosters.model.undo import SHOWN_KEPT, UNDO_LIFE, Kept, Undo
from latchkey.rosters.needs import System
from latchkey.rosters.watch_roster import run_of

_WAIT = 3600  # seconds for which the school stays locked while the message waits in the queue
_LATER = 20  # rosters that are looked at for one that was applied since


@dataclass(frozen=True, slots=True)
class Undoing:
    """Whether and until when a run can be undone, and its undoing. ``people``: those of ``kept``, by id.

    ``later``: how many rosters were applied after it.
    """

    until: int | None
    can: bool
    later: int = 0
    undo: Undo | None = None
    kept: list[Kept] = field(default_factory=list)
    people: Mapping[str, Person] = field(default_factory=dict)


def undoing_of(system: System, school: str, run: Run) -> Undoing:
    """The undoing of a run, or whether there can be one. Runs of older releases have no notes, and cannot be undone."""
    if not run.noted or run.finished_at is None:
        return Undoing(None, can=False)
    now, until = system.now(), run.finished_at + UNDO_LIFE
    undo = system.undo_notes(school).get(run.id)
    can = now < until if undo is None else undo.state == "failed"
    later = _later(system, school, run) if can else 0
    if undo is None or not undo.counts.get("kept"):
        return Undoing(until, can, later, undo)
    kept = system.undo_notes(school).kept(run.id)[:SHOWN_KEPT]
    people = {person.id: person for person in system.directory(school).by_ids(each.person for each in kept)}
    return Undoing(until, can, later, undo, kept, people)


def ask_to_undo(system: System, school: str, by: Person, roster: str) -> tuple[Run, bool]:
    """``(run, whether this begins it)``. Asking again changes nothing; while a roster is applied none is undone."""
    run = run_of(system, school, roster)
    store, now = system.undo_notes(school), system.now()
    undo = store.get(roster)
    if undo is not None and undo.state != "failed":
        if undo.state == "running" and undo.lease_until <= now:
            _tell(system, school, roster)  # the first message may never have left; a second one does no harm
        return run, False
    if not undoing_of(system, school, run).can:
        raise Conflict(_why_not(run, now), code="cannot_undo")
    facts: dict[str, str | int] = {"roster": roster, "people": run.noted}
    event = system.audit(school).record_of(by.id, "roster.undo", now, facts)
    begun = Undo(run=roster, state="running", by=by.id, at=now, total=run.noted)
    try:
        store.begin(begun, event, _WAIT)
    except Changed:
        raise Conflict(
            "Another roster is being applied or undone. Nothing was changed; try again when it has finished.",
            code="roster_running",
        ) from None
    _tell(system, school, roster)
    return run, True


def _why_not(run: Run, now: int) -> str:
    if run.step != "apply" or run.finished_at is None:
        return "This roster has not been applied, so there is nothing to undo."
    if not run.noted:
        return "This roster changed nobody, so there is nothing to undo."
    if now >= run.finished_at + UNDO_LIFE:
        return "A roster can be undone for seven days, which are over. Nothing was changed."
    return "This roster cannot be undone. Nothing was changed."


def _later(system: System, school: str, run: Run) -> int:
    runs, _ = system.rosters(school).page(limit=_LATER)
    return sum(each.step == "apply" and (each.finished_at or 0) > (run.finished_at or 0) for each in runs)


def _tell(system: System, school: str, roster: str) -> None:
    system.queue("ROSTER_QUEUE").put({"kind": "undo", "school": school, "roster": roster})
