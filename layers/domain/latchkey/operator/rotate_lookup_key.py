"""The operator replaces the key under which a school's people are found, and computes every stored look-up key again.

    "" ──▶ moving: the epoch is raised ── SETTLED ──▶ people are moved, round after round, until a round finds nobody to move
       ──▶ clearing: only the new key finds people ── CLEARED ──▶ names under older keys are deleted ──▶ ""

While people are moved both keys find them, and whatever is written has the new key. Nobody is moved before everything that began
without knowing of the new key is over: invocations (15 minutes at most), schools that were read before (a minute), and messages
that carry only an old key (tried for half an hour). So nobody is passed over and nobody is out of reach, at whichever moment a
call crashes: the school's item says how far the rotation is, and a call that is repeated goes on from there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from latchkey.errors import Changed, Conflict, Invalid, NotFound
from latchkey.operator.needs import System
from latchkey.operator.the_school import the_school
from latchkey.people.model.change import PersonChange
from latchkey.people.model.people_filter import PeopleFilter
from latchkey.people.model.person import ROLES, Person
from latchkey.people.model.person_keys import moved
from latchkey.people.model.position import Position
from latchkey.schools.model.school import LookupRotation, School
from latchkey.shared.stores.pace import Pace

SETTLED: Final = 3_600  # seconds
CLEARED: Final = 120  # seconds: a request that still knows of both keys may write a name under both
_RESERVE: Final = 40.0  # seconds kept for the people in hand
_PAGE: Final = 500  # people

State = Literal["planned", "waiting", "moving", "clearing", "done"]
_Cursor = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rotated:
    """What one call has done of the rotation to ``epoch``.

    ``people``: how many it has moved (``planned``: counted). ``names``: how many names under older keys it has deleted.
    ``wait``: seconds until a next call can do something. ``next``: what to call again with; None when all is done.
    """

    state: State
    epoch: int
    people: int = 0
    names: int = 0
    wait: int = 0
    next: Mapping[str, Any] | None = None


def count_people(system: System, school: object, cursor: object, time_left: Callable[[], float]) -> Rotated:
    """Count whom a rotation would move; nothing is changed."""
    found = the_school(system, school)
    epoch = found.lookup_epoch + (found.lookup_rotation == "")
    at: _Cursor | None = _cursor(cursor, found, "counting")
    people = 0
    while at is not None and time_left() > _RESERVE:
        page, at = _page(system, found, at)
        people += sum(1 for person in page if person.email_key or person.username_key)
    return Rotated("planned", epoch, people, next=at)


def rotate_lookup_key(system: System, school: object, since: object, cursor: object, time_left: Callable[[], float]) -> Rotated:
    """Begin a rotation, or go on with the one that has begun.

    ``since`` (epoch seconds): a rotation that has ended at that time or later is the one that is meant, and no other begins. Nor
    does one with a cursor of the rotation that was the last.
    """
    found = the_school(system, school)
    if since is not None and (not isinstance(since, int) or isinstance(since, bool) or since <= 0):
        raise Invalid("Say the time at which the command was first given, in seconds since 1970.")
    if found.lookup_rotation == "":
        ended = since is not None and found.lookup_since >= since
        if ended or _checked(cursor, found).get("epoch") == found.lookup_epoch:
            return Rotated("done", found.lookup_epoch)
        found = _step(system, found, "moving")
        system.audit(found.slug).record("operator", "lookup.rotate", system.now(), {"epoch": found.lookup_epoch})
    if found.lookup_rotation == "moving":
        return _move(system, found, cursor, time_left)
    return _clear(system, found, cursor, time_left)


def _move(system: System, school: School, cursor: object, time_left: Callable[[], float]) -> Rotated:
    if early := _early(system, school, SETTLED):
        return early
    old, new = (system.lookup_key(school.slug, epoch) for epoch in (school.lookup_epoch - 1, school.lookup_epoch))
    at: _Cursor | None = _cursor(cursor, school, "moving")
    people = 0
    while at is not None and time_left() > _RESERVE:
        page, following = _page(system, school, at)
        changes = [PersonChange(each, after) for each in page if (after := moved(each, old, new)) != each]
        late = system.directory(school.slug).move_keys(changes, Pace(time_left)) if changes else 0
        people += len(changes) - late
        # Whoever changes his place in the list while it is read may be passed over, so the last round finds nobody to move.
        found_some = at["found"] or bool(changes)
        at = following and {**following, "found": found_some}
        if at is None and found_some:
            at = _beginning(school, "moving")
    if at is not None:
        return Rotated("moving", school.lookup_epoch, people, next=at)
    school = _step(system, school, "clearing")
    return Rotated("clearing", school.lookup_epoch, people, wait=CLEARED, next=_beginning(school, "clearing"))


def _clear(system: System, school: School, cursor: object, time_left: Callable[[], float]) -> Rotated:
    if early := _early(system, school, CLEARED):
        return early
    at, names, old_names = _cursor(cursor, school, "clearing"), 0, system.old_names(school.slug)
    start = at["at"]
    while time_left() > _RESERVE:
        count, start = old_names.delete(school.lookup_epoch, start)
        names += count
        if start is None:
            _step(system, school, "")
            return Rotated("done", school.lookup_epoch, names=names)
    return Rotated("clearing", school.lookup_epoch, names=names, next={**at, "at": start})


def _early(system: System, school: School, seconds: int) -> Rotated | None:
    """What to say while it is too early to do anything."""
    wait = school.lookup_since + seconds - system.now()
    if wait <= 0:
        return None
    return Rotated("waiting", school.lookup_epoch, wait=wait, next=_beginning(school, school.lookup_rotation))


def _step(system: System, school: School, to: LookupRotation) -> School:
    try:
        return system.schools.rotate_lookup_key(school, to, system.now())
    except Changed:
        raise Conflict("Another call has taken this step just now. Give the command again.") from None


def _page(system: System, school: School, at: _Cursor) -> tuple[list[Person], _Cursor | None]:
    """Some of the school's people, those who have left among them, and where the next ones are."""
    position = Position.of_parts(at["at"]) if at["at"] else Position(ROLES[0])
    try:
        pages = system.directory(school.slug).pages_from(position, PeopleFilter(), limit=_PAGE)
    except NotFound:  # somebody was deleted: the list is read from its beginning
        pages = system.directory(school.slug).pages_from(Position(ROLES[0]), PeopleFilter(), limit=_PAGE)
    people, following = next(iter(pages))
    return people, {**at, "at": following.parts} if following else None


def _beginning(school: School, step: str) -> _Cursor:
    return {"epoch": school.lookup_epoch, "step": step, "at": None, "found": False}


def _cursor(cursor: object, school: School, step: str) -> _Cursor:
    """Where an earlier call has stopped; the beginning of this step, if that was in another one."""
    given = _checked(cursor, school)
    same = (given.get("epoch"), given.get("step")) == (school.lookup_epoch, step)
    return given if same else _beginning(school, step)


def _checked(cursor: object, school: School) -> _Cursor:
    """A cursor that has the form of one; ``Invalid`` for anything else, and empty where there is none."""
    if cursor is None:
        return {}
    if isinstance(cursor, Mapping) and set(cursor) == set(_beginning(school, "")):
        at, is_clearing = cursor["at"], cursor["step"] == "clearing"
        if at is None or (_is_key(at) if is_clearing else _is_position(at)):
            return {**cursor, "found": cursor["found"] is True}
    raise Invalid("This is not where an earlier call has stopped.")


def _is_key(at: object) -> bool:
    return isinstance(at, Mapping) and set(at) == {"pk", "sk"} and all(isinstance(part, str) for part in at.values())


def _is_position(at: object) -> bool:
    return isinstance(at, list) and len(at) in {1, 4} and at[0] in ROLES and all(isinstance(part, str) for part in at)
