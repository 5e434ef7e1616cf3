"""Mark many people as left, or bring them back, at once; for a week it can be undone.

request -> run "applying" with everybody it will change, and the event -> people, a hundred at a time -> "applied"
             ^                                                                |
             +------ the same request again (its key) goes on here <- a crash +

Only active people leave, and only people who have left come back; an admin is never among them. Undoing turns those whose status
is still what the run made it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from latchkey.errors import Conflict, Invalid, NotFound
from latchkey.people.model.change import PersonChange
from latchkey.people.model.person import Person, Status
from latchkey.records.model.leaving import MOST, LeaverRun
from latchkey.records.needs import System
from latchkey.sends.model.send import Selection
from latchkey.sends.select_people import of_group
from latchkey.shared.model.ids import is_id
from latchkey.shared.start_run import id_for

_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class Meant:
    """Whom a request would change, and how many it names who stay as they are: admins, and who is that already."""

    people: list[Person]
    others: int


def meant(system: System, school: str, selection: Selection, status: Status) -> Meant:
    """Who would get this status; ``Invalid`` for more people than one request may change."""
    if selection.is_from_sends:
        raise Invalid(fields={"select": "Choose people, by ids or by a filter."})
    found, others = list[Person](), 0
    for person in _selected(system, school, selection):
        if _can(person, status):
            found.append(person)
        else:
            others += 1
        if len(found) > MOST:
            raise Invalid(
                "Nothing was changed.",
                fields={"select": f"These are more than {MOST:,} people. Choose one year or group at a time."},
            )
    return Meant(found, others)


def _selected(system: System, school: str, selection: Selection) -> Iterator[Person]:
    directory = system.directory(school)
    group = of_group(system, school, selection)
    return group if group is not None else iter(directory.by_ids(selection.ids))


def _can(person: Person, status: Status) -> bool:
    return not person.is_admin and person.status == ("active" if status == "left" else "left")


def mark_left(
    system: System, school: str, by: Person, selection: Selection, status: Status, *, key: str | None = None
) -> LeaverRun:
    """Give everybody who is meant this status. The same key of the same admin does it once, and goes on where it stopped."""
    runs, now = system.leaver_runs(school), system.now()
    run_id = id_for(system.claims(school), "leavers", by.id, key, now)
    run = runs.get(run_id) if key else None
    if run is None:
        people = tuple(each.id for each in meant(system, school, selection, status).people)
        if not people:
            raise Conflict("There is nobody among these whose account this would change.", code="nobody")
        run = LeaverRun(id=run_id, state="applying", status=status, created_at=now, created_by=by.id, people=people)
        facts: dict[str, str | int] = {"run": run.id, "people": len(people)}
        event = system.audit(school).record_of(by.id, "people.left" if status == "left" else "people.back", now, facts)
        run = runs.make(run, event)
    if run.status != status:
        raise Conflict("This key has changed other people already. Nothing was changed now; use a new key.")
    if run.state != "applying":
        return run
    _turn(system, school, run.people, status)
    return runs.turn(run, "applied")


def run_of(system: System, school: str, run: str) -> LeaverRun:
    """The run; ``NotFound`` where this school has no such run (any more)."""
    found = system.leaver_runs(school).get(run) if is_id(run) else None
    if found is None:
        raise NotFound()
    return found


def undo_left(system: System, school: str, by: Person, run_id: str) -> LeaverRun:
    """Undo a run; undoing it again changes nothing. ``Conflict`` once its time is over."""
    run, now = run_of(system, school, run_id), system.now()
    if run.state == "undone":
        return run
    if now >= run.undo_until:
        raise Conflict("This can be undone for seven days, which are over. Nothing was changed.", code="cannot_undo")
    _turn(system, school, run.people, "active" if run.status == "left" else "left")
    facts: dict[str, str | int] = {"run": run.id, "people": len(run.people)}
    system.audit(school).record(by.id, "people.left_undone", now, facts)
    return system.leaver_runs(school).turn(run, "undone")


def _turn(system: System, school: str, ids: Sequence[str], status: Status) -> None:
    """Give these people a status, whoever still has the other one; done twice it is done once."""
    directory, left = system.directory(school), iter(ids)
    while some := list(islice(left, _AT_ONCE)):
        people = [person for person in directory.by_ids(some) if _can(person, status)]
        directory.take_over(PersonChange(person, replace(person, status=status)) for person in people)
