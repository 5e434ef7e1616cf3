"""Mark many people as left, or bring them back, at once; for a week it can be undone.

             the run with everybody whom it means, and the event      read_roster, a hundred people at a time
    request ──▶ applying ─────────────────────────────────────────────────▶ applied
                   │  ▲ the same request again (its key): its message once more   │
                   │  └ a crash: the message comes again, and it goes on          │
                   └──────────────▶ undoing ◀─────────────────────────────────────┘
                                       └──▶ undone

Only active people leave, and only people who have left come back; an admin is never among them. Whom a run means says the roll;
the worker reads each of them, and undoing turns those whose status is still what the run made it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from latchkey.errors import Changed, Conflict, Invalid, NotFound, TryLater
from latchkey.people.model.person import Person, Status
from latchkey.records.model.leaving import MOST, LeaverRun, can_get
from latchkey.records.needs import System
from latchkey.roll.model.entry import Entry
from latchkey.roll.sources import FromRoll
from latchkey.schools.model.school import School
from latchkey.sends.model.send import Selection
from latchkey.sends.select_people import group_of
from latchkey.shared.model.ids import is_id
from latchkey.shared.start_run import id_for

_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class Meant:
    """Whom a request would change, and how many it names who stay as they are: admins, and who is that already."""

    people: list[Entry]
    others: int


def meant(system: System, school: School, selection: Selection, status: Status) -> Meant:
    """Who would get this status, by the roll; ``Invalid`` for more people than one request may change."""
    if selection.is_from_sends:
        raise Invalid(fields={"select": "Choose people, by ids or by a filter."})
    found, others = list[Entry](), 0
    for entry in _selected(system, school, selection):
        if can_get(entry, status):
            found.append(entry)
        else:
            others += 1
        if len(found) > MOST:
            raise Invalid(
                "Nothing was changed.",
                fields={"select": f"These are more than {MOST:,} people. Choose one year or group at a time."},
            )
    return Meant(found, others)


def _selected(system: System, school: School, selection: Selection) -> Iterable[Entry]:
    roll = FromRoll(system, school.slug, school)
    group = group_of(system, school.slug, selection, roll)
    return group if group is not None else roll.by_ids(selection.ids)


def mark_left(
    system: System, school: School, by: Person, selection: Selection, status: Status, *, key: str | None = None
) -> LeaverRun:
    """Have everybody who is meant given this status. The same key of the same admin does it once.

    ``TryLater`` where no worker could be told: asking again with the same key does it after all.
    """
    slug = school.slug
    runs, now = system.leaver_runs(slug), system.now()
    run_id = id_for(system.claims(slug), "leavers", by.id, key, now)
    run = runs.get(run_id) if key else None
    if run is None:
        people = tuple(each.id for each in meant(system, school, selection, status).people)
        if not people:
            raise Conflict("There is nobody among these whose account this would change.", code="nobody")
        run = LeaverRun(id=run_id, state="applying", status=status, created_at=now, created_by=by.id, people=people)
        facts: dict[str, str | int] = {"run": run.id, "people": len(people)}
        event = system.audit(slug).record_of(by.id, "people.left" if status == "left" else "people.back", now, facts)
        run = runs.make(run, event)
    if run.status != status:
        raise Conflict("This key has changed other people already. Nothing was changed now; use a new key.")
    if run.state == "applying":  # its message may never have left; a second one does no harm
        _put(system, slug, run)
    return run


def run_of(system: System, school: str, run: str) -> LeaverRun:
    """The run; ``NotFound`` where this school has no such run (any more)."""
    found = system.leaver_runs(school).get(run) if is_id(run) else None
    if found is None:
        raise NotFound()
    return found


def undo_left(system: System, school: str, by: Person, run_id: str) -> LeaverRun:
    """Have a run undone; asking again changes nothing. ``Conflict`` once its time is over."""
    for _ in range(_TRIES):
        run, now = run_of(system, school, run_id), system.now()
        if run.state == "undone":
            return run
        if run.state == "undoing":
            _put(system, school, run)
            return run
        if now >= run.undo_until:
            raise Conflict("This can be undone for seven days, which are over. Nothing was changed.", code="cannot_undo")
        facts: dict[str, str | int] = {"run": run.id, "people": len(run.people)}
        event = system.audit(school).record_of(by.id, "people.left_undone", now, facts)
        try:
            system.leaver_runs(school).begin_undoing(run, now, event)
        except Changed:  # it is through by now, or somebody else undoes it
            continue
    raise TryLater()


def _put(system: System, school: str, run: LeaverRun) -> None:
    system.queue("ROSTER_QUEUE").put({"kind": "leavers", "school": school, "run": run.id})
