"""Somebody has lost everything for their second step: another admin has it taken away, with 24 hours in which to object.

Whoever does this decides who comes in with a password alone, so no admin does it alone and at once. All admins and the person are
told when it is asked for. What waits stands in the school's item; each step expects it as it was read, so of two at the same
moment one wins:

    asked ──▶ stopped by the person or any admin ─────────────────▶ nothing changes
      ├─────▶ the person shows a second factor: nothing is lost ──▶ nothing changes
      └─────▶ 24 hours ──▶ still as it was? ──▶ taken away, sessions and links end
                               └─ signed in since, other factors, left, the admin is none any more ──▶ lapses

    the worker  read the school: it waits ── take factors and wait away, if both are as read ──▶ done
    the person  read the school: it waits ── take the wait away, if it is as read ──▶ ✗ Changed: it waits no longer
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from latchkey.errors import Changed, Conflict, NotFound, TryLater
from latchkey.schools.model.waiting import FactorReset, Notice
from latchkey.second_factors.model.asked import has_factor
from latchkey.shared.model.ids import is_id, new_id
from latchkey.shared.model.texts import said

if TYPE_CHECKING:
    from collections.abc import Iterable

    from latchkey.audit.stores.audit import EventWrite
    from latchkey.people.model.person import Person
    from latchkey.schools.model.school import School
    from latchkey.schools.model.waiting import NoticeKind
    from latchkey.schools.stores.setting_changes import Write
    from latchkey.second_factors.lost_needs import System as LostSystem
    from latchkey.second_factors.needs import System
    from latchkey.sign_in.session import SignedIn

WAITS: Final = 86_400
"""Seconds in which somebody can object."""
MOST: Final = 50
"""That wait at one school at once: more are no accident, and the school's item stays small."""
_ROUNDS: Final = 5
log = logging.getLogger(__name__)


def waiting_for(school: School, person: str) -> FactorReset | None:
    """What waits for this person."""
    return next((each for each in school.factor_resets if each.person == person), None)


def ask_reset(system: LostSystem, slug: str, by: Person, person: str) -> FactorReset:
    """Ask that somebody's second factors be taken away; what waits already is what two who ask at once both get.

    ``NotFound``, or ``Conflict`` for oneself, for somebody who has none or has left, and where too many wait.
    """
    for _ in range(_ROUNDS):
        school, now = _now(system, slug), system.now()
        found = system.directory(slug).person(person) if is_id(person) else None
        if found is None:
            raise NotFound()
        if found.id == by.id:
            raise Conflict("Another admin has to ask for this. Nothing was changed.", code="own_second_step")
        if found.status != "active" or not has_factor(school, found):
            raise Conflict("This person has no second step that could be taken away.", code="no_factor")
        if (same := waiting_for(school, found.id)) is not None:
            return same
        if len(school.factor_resets) >= MOST:
            raise Conflict(f"{MOST} others wait already. Look at those first; they stand on the overview.", code="too_many_wait")
        wanted = FactorReset(id=new_id(now), person=found.id, by=by.id, at=now, until=now + WAITS, kinds=found.second_factors)
        notices = system.notices(slug)
        also = [
            system.audit(slug).record_of(by.id, "second_factor.reset_ask", now, {"person": found.id, "reset": wanted.id}),
            notices.put_of(_notice(wanted, "factors_waiting", now, by.id, wanted.id)),
            notices.put_of(_notice(wanted, "factors_waiting_own", now, by.id)),
            notices.look_at_reset_of(wanted.until, wanted.id, found.id),
        ]
        if _write(system, school, (*school.factor_resets, wanted), also):
            log.info("reset of second factors asked for", extra={"school": slug, "person": found.id})
            return wanted
    raise TryLater()


def stop_reset(system: LostSystem, slug: str, admin: Person, person: str) -> None:
    """An admin stops it: any of them, also whoever asked. ``Conflict`` if nothing waits."""
    for _ in range(_ROUNDS):
        school, now = _now(system, slug), system.now()
        waiting = waiting_for(school, person) if is_id(person) else None
        if waiting is None:
            raise Conflict("Nothing waits for this person: it was done or stopped.", code="waits_no_longer")
        told = system.notices(slug).put_of(_notice(waiting, "factors_kept", now, admin.id))
        if _write(system, school, _without(school, waiting), [_stopped(system, slug, admin.id, waiting, now), told]):
            return
    raise TryLater()


def stop_own_reset(system: System, who: SignedIn) -> None:
    """The person says that nothing is lost. ``Conflict`` if nothing waits: it was done, or stopped."""
    if not _stop_by_owner(system, who.school.slug, who.person):
        raise Conflict(said("Nothing is waiting: it was done or stopped already."), code="waits_no_longer")


def nothing_is_lost(system: System, school: School, person: Person) -> None:
    """Somebody has just shown a second factor, or changed theirs: what waits for them stops. ``school`` may be as first read."""
    if waiting_for(school, person.id) is not None:
        _stop_by_owner(system, school.slug, person)


def take_lost(system: LostSystem, slug: str, reset: str, whose: str) -> bool:
    """Take away what nobody has objected to, if its time has come and nothing has changed; whether this did it.

    Twice is harmless: what is done waits no longer, and secrets that a crash has left are deleted the next time.
    """
    for _ in range(_ROUNDS):
        school, now = system.schools.get(slug), system.now()
        waiting = next((each for each in school.factor_resets if each.id == reset), None) if school is not None else None
        person = system.directory(slug).person(whose)
        if school is None or waiting is None:
            if person is not None and not person.second_factors:
                system.second_factors(slug).forget(whose)  # done before, or nothing: what a crash has left opened nothing
            return False
        if person is None or not _is_as_it_was(system, slug, person, waiting):
            if _lapsed(system, school, waiting, now, has_them=person is not None and bool(person.second_factors)):
                return False
            continue
        facts: dict[str, str | int] = {"person": person.id, "by": waiting.by, "reset": waiting.id}
        also: list[Write] = [
            system.directory(slug).take_second_factors_of(person),
            system.audit(slug).record_of("start_due", "second_factor.reset", now, facts),
            system.notices(slug).put_of(_notice(waiting, "factors_reset", now, waiting.by)),
        ]
        if _write(system, school, _without(school, waiting), also):
            system.second_factors(slug).forget(person.id)
            log.info("second factors taken away", extra={"school": slug, "person": person.id})
            return True
    raise TryLater()


def _is_as_it_was(system: LostSystem, slug: str, person: Person, waiting: FactorReset) -> bool:
    """Whether it is still to be done: the same factors, nobody has signed in with them, and the admin who asked is one."""
    admin = system.directory(slug).person(waiting.by)
    asked_by_one = admin is not None and admin.is_admin and admin.status == "active"
    unused = (person.last_login_at or 0) <= waiting.at
    return asked_by_one and unused and person.status == "active" and person.second_factors == waiting.kinds


def _stop_by_owner(system: System, slug: str, person: Person) -> bool:
    """Whether something waited, and waits no longer."""
    for _ in range(_ROUNDS):
        school, now = _now(system, slug), system.now()
        waiting = waiting_for(school, person.id)
        if waiting is None:
            return False
        if _write(system, school, _without(school, waiting), [_stopped(system, slug, person.id, waiting, now)]):
            _tell_stopped(system, slug, person, now)
            return True
    raise TryLater()


def _tell_stopped(system: System, slug: str, person: Person, now: int) -> None:
    """Have the admins told. The portal cannot write to what is due; a queue that fails changes nothing of what was done."""
    try:
        message = {"kind": "reset_stopped", "school": slug, "person": person.id, "request": new_id(now), "at": now}
        system.queue("REQUESTS_QUEUE").put(message)
    except Exception as error:  # the answer must say that it was stopped
        log.error(  # noqa: TRY400 - a trace could hold values
            "not told of a reset that was stopped", extra={"school": slug, "person": person.id, "error": type(error).__name__}
        )


def _lapsed(system: LostSystem, school: School, waiting: FactorReset, now: int, *, has_them: bool) -> bool:
    """It waits no longer. Told only of somebody who still has a second step: what became of the others is known."""
    facts: dict[str, str | int] = {"person": waiting.person, "by": waiting.by, "reset": waiting.id}
    also = [system.audit(school.slug).record_of("start_due", "second_factor.reset_lapse", now, facts)]
    if has_them:
        also.append(system.notices(school.slug).put_of(_notice(waiting, "factors_kept", now, waiting.by)))
    return _write(system, school, _without(school, waiting), also)


def _stopped(system: LostSystem, slug: str, by: str, waiting: FactorReset, now: int) -> EventWrite:
    facts: dict[str, str | int] = {"person": waiting.person, "by": waiting.by, "reset": waiting.id}
    return system.audit(slug).record_of(by, "second_factor.reset_stop", now, facts)


def _notice(waiting: FactorReset, kind: NoticeKind, at: int, by: str, notice: str | None = None) -> Notice:
    until = waiting.until if kind in {"factors_waiting", "factors_waiting_own"} else 0
    return Notice(id=notice or new_id(at), kind=kind, at=at, by=by, person=waiting.person, until=until)


def _without(school: School, waiting: FactorReset) -> tuple[FactorReset, ...]:
    return tuple(each for each in school.factor_resets if each != waiting)


def _write(system: LostSystem, school: School, after: tuple[FactorReset, ...], also: Iterable[Write]) -> bool:
    """All or nothing; False if somebody else was quicker."""
    try:
        system.setting_changes.write_all([system.setting_changes.write_resets_of(school, after), *also])
    except Changed:
        return False
    return True


def _now(system: LostSystem, slug: str) -> School:
    found = system.schools.get(slug)
    if found is None:
        raise NotFound()
    return found
