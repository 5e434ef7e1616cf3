"""End codes before their time: one student's, a group's, a school's. How many it hits is said first.

The writes are a run of build_export's, because a school may be large. They go to the table together with the run's own counts,
so that both are exact whatever crashes. A code that is void stays so; the next export gives a new one.
"""

from collections import Counter
from dataclasses import replace
from typing import Final

from latchkey.codes.model.changes import to_void
from latchkey.codes.model.codes import Kind
from latchkey.errors import Conflict, Invalid, TryLater
from latchkey.login_details.choose_students import with_people
from latchkey.login_details.look_at_students import judged, read_anew, students_of
from latchkey.login_details.model.run_names import facts_of
from latchkey.login_details.model.runs import LEASE, Export, ExportRequest
from latchkey.login_details.needs import System
from latchkey.login_details.start_export import new_run, start_run
from latchkey.login_details.walk_students import Clock, position, walk
from latchkey.people.model.person import Person
from latchkey.people.model.register import sort_key
from latchkey.schools.model.school import School
from latchkey.shared.start_run import Started

_ROUNDS: Final = 10


def count_codes(system: System, school: School, wanted: ExportRequest) -> Counter[Kind]:
    """How many codes of each kind work and would end, as it is known some seconds later at most."""
    now = system.now()
    wanted = with_people(system, school.slug, wanted)
    ended = judged(lambda holder: tuple(to_void(holder, school, wanted.kinds, now)))
    for look in (students_of, read_anew):
        found: Counter[Kind] = Counter()
        for student, alike in look(system, school, wanted.scope):
            found.update(dict.fromkeys(ended(student), alike))
        if found:
            break
    return found


def whose(system: System, school: School, wanted: ExportRequest) -> str:
    """The name of the one student whose codes would end; empty where the scope is not one student."""
    found = system.directory(school.slug).person(wanted.scope.value) if wanted.scope.kind == "person" else None
    return school.name_of(found) if found else ""


def nothing() -> Invalid:
    """Why nothing was voided: there is nothing."""
    why = "No student whom you chose has such a code that works, so there is nothing to void."
    return Invalid("Nothing was voided.", fields={"scope": why})


def start_void(
    system: System, school: School, admin: Person, wanted: ExportRequest, key: str | None = None, *, seen: int | None = None
) -> Started[Export]:
    """Start a run that ends these codes. ``Invalid`` if there are none; ``Conflict`` if there are not as many as were seen."""
    wanted = with_people(system, school.slug, wanted, admin.id)
    total = count_codes(system, school, wanted).total()
    if not total:
        raise nothing()
    if seen is not None and seen != total:
        raise Conflict(f"Meanwhile {total:,} codes work, not {seen:,}. Nothing was voided: look at the number, then confirm it.")
    run = new_run(system, school.slug, admin, wanted, key, kind="void")
    scope = wanted.scope
    facts: dict[str, str | int] = {"scope": scope.kind, "value": scope.value, "audience": wanted.audience, "codes": total}
    return start_run(system, school.slug, run, facts)


def void_students(system: System, school: School, run: Export, clock: Clock) -> Export:
    """Go on with a leased run that ends codes; the run as it then is: running if the time was short, else finished."""
    for people in walk(system.directory(school.slug), run.wanted.scope, run.position):
        run = _void(system, school, run, people)
        if clock.is_short():
            return run
    now, total = system.now(), sum(run.codes.values())
    done = replace(run, state="finished", finished_at=now, done=total, total=total, position=(), lease_until=0)
    counts = {"pins": run.codes.get("pin", 0), "parent_codes": run.codes.get("parent", 0)}
    event = system.audit(school.slug).record_of("build_export", "codes.voided", now, {**facts_of(run), **counts})
    system.exports(school.slug).finish(done, event)
    return done


def _void(system: System, school: School, run: Export, people: list[Person]) -> Export:
    """End what these people have and say in the run how many that were, both or neither."""
    directory, exports = system.directory(school.slug), system.exports(school.slug)
    for _ in range(_ROUNDS):
        now = system.now()
        found = {person.id: to_void(person, school, run.wanted.kinds, now) for person in people}
        ended = {person: codes for person, codes in found.items() if codes}
        if not ended:
            return run
        codes = Counter(run.codes)
        for each in ended.values():
            codes.update(list(each))
        after = replace(
            run,
            codes=dict(codes),
            done=codes.total(),
            total=max(run.total, codes.total()),
            position=position(people[-1]),
            lease_until=now + LEASE,
        )
        if exports.void(after, ended):
            return after
        people = sorted(directory.by_ids(person.id for person in people), key=sort_key)
    raise TryLater()
