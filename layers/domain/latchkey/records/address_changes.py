"""Another admin's new address: asked for, agreed to, objected to, withdrawn; or done after 24 hours without an objection.

Whoever reads an admin's mail can become that admin, so no admin alone gives another one's account another address. All admins
are told by mail, the one whose address it is at the address as it was. What waits stands in the school's item; each step writes
it, its audit event and its notice in one transaction, and expects what was read:

    asked ──▶ agreed to by a second admin ──▶ done
      │  └──▶ 24 hours without an objection ──▶ done, as soon as an admin opens the console
      └─────▶ objected to, withdrawn, or one of the two is no admin any more ──▶ nothing changes

No worker does it when the time has come: none of them that would see the time may write addresses, and none should.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NoReturn

from latchkey.errors import Changed, Conflict, NotFound, TryLater
from latchkey.records.model import fields
from latchkey.records.new_address import told
from latchkey.records.who_has import usable
from latchkey.schools.model.waiting import AddressChange, Notice
from latchkey.shared.model.ids import is_id, new_id

if TYPE_CHECKING:
    from latchkey.audit.stores.audit import EventWrite
    from latchkey.people.model.person import Person
    from latchkey.records.needs import System
    from latchkey.schools.model.school import School
    from latchkey.schools.model.waiting import Outcome

OPEN_FOR: Final = 86_400
"""Seconds in which somebody can object."""
_ROUNDS: Final = 5
_ENDED: Final = {"declined": "admin.email_object", "withdrawn": "admin.email_withdraw", "lapsed": "admin.email_drop"}


def ask(system: System, school: School, by: Person, person: Person, address: str) -> AddressChange:
    """Ask for another address of another admin. The same admin's new wish replaces the one before, with 24 hours of its own.

    ``Conflict`` while another admin's wish for this person waits.
    """
    for _ in range(_ROUNDS):
        school, now = _now(system, school.slug), system.now()
        same = next((each for each in school.admin_emails if each.person == person.id), None)
        if same is not None and same.by != by.id:
            raise Conflict(
                "Another admin has asked for another address of this person. Agree or object to that first.", code="change_waits"
            )
        if same is not None and (same.old, same.new) == (person.email, address):
            return same
        wanted = AddressChange(
            id=new_id(now), person=person.id, by=by.id, at=now, until=now + OPEN_FOR, old=person.email or "", new=address
        )
        waiting = (*(each for each in school.admin_emails if each is not same), wanted)
        try:
            _write(
                system,
                school,
                waiting,
                [_event(system, by.id, "admin.email_ask", school, wanted), _waits(system, school, wanted)],
            )
        except Changed:
            continue
        return wanted
    raise TryLater()


def approve(system: System, slug: str, admin: Person, change: str) -> None:
    """Agree to what another admin has asked for: it is done now."""
    for _ in range(_ROUNDS):
        school, waiting = _waiting(system, slug, change)
        if waiting.by == admin.id:
            raise Conflict("You asked for this, so another admin has to agree to it. Nothing was changed.", code="own_change")
        if _done(system, school, waiting, admin.id, "admin.email_agree"):
            return
    raise TryLater()


def decline(system: System, slug: str, admin: Person, change: str) -> None:
    """Object to what another admin has asked for: nothing changes."""
    _end(system, slug, admin, change, "declined")


def withdraw(system: System, slug: str, admin: Person, change: str) -> None:
    """Take back what one has asked for oneself."""
    _end(system, slug, admin, change, "withdrawn")


def finish_due(system: System, school: School) -> School:
    """Do what nobody has objected to within 24 hours; the school as it then is. Costs nothing while nothing is due."""
    now = system.now()
    for waiting in [each for each in school.admin_emails if each.until <= now]:
        for _ in range(_ROUNDS):
            school = _now(system, school.slug)
            if waiting not in school.admin_emails or _try(system, school, waiting):
                break
        school = _now(system, school.slug)
    return school


def without(school: School, person: str) -> tuple[AddressChange, ...]:
    """What still waits once this admin's rights have ended: neither their wishes nor those for their account."""
    return tuple(each for each in school.admin_emails if person not in {each.person, each.by})


def _try(system: System, school: School, waiting: AddressChange) -> bool:
    """Do what is due, or drop what cannot be done any more; False if somebody else was quicker."""
    try:
        return _done(system, school, waiting, waiting.by, "admin.email_done")
    except Conflict:
        return _dropped(system, school, waiting, waiting.by, "lapsed")


def _done(system: System, school: School, waiting: AddressChange, by: str, action: str) -> bool:
    """Write the address; False if somebody else changed the person or what waits meanwhile. ``Conflict``: it cannot be done."""
    slug, now = school.slug, system.now()
    before = system.directory(slug).person(waiting.person)
    if before is None or not before.is_admin or before.status != "active" or before.email != waiting.old:
        _waits_no_longer()
    after = fields.with_facts(before, {"email": waiting.new}, system.lookup_key(slug, school.lookup_epoch))
    names, taken = usable(system, school, before, after)
    if taken:
        raise Conflict(f"{' '.join(taken.values())} Nothing was changed.", code="waits_no_longer")
    after = replace(told(system, slug, before, after, now), version=before.version + 1)  # for good, as after any new address
    left = [each for each in school.admin_emails if each != waiting]
    also = [system.setting_changes.write_addresses_of(school, left), _decided(system, school, waiting, by, "done")]
    try:
        system.edits(slug).change(before, after, _event(system, by, action, school, waiting), names, also)
    except Changed:
        return False
    return True


def _end(system: System, slug: str, admin: Person, change: str, outcome: Outcome) -> None:
    for _ in range(_ROUNDS):
        school, waiting = _waiting(system, slug, change)
        if outcome == "declined" and waiting.by == admin.id:
            raise Conflict("You asked for this yourself. Withdraw it instead. Nothing was changed.", code="own_change")
        if outcome == "withdrawn" and waiting.by != admin.id:
            raise Conflict("Another admin asked for this. Object to it instead. Nothing was changed.", code="not_own_change")
        if _dropped(system, school, waiting, admin.id, outcome):
            return
    raise TryLater()


def _dropped(system: System, school: School, waiting: AddressChange, by: str, outcome: Outcome) -> bool:
    left = [each for each in school.admin_emails if each != waiting]
    try:
        _write(
            system,
            school,
            left,
            [_event(system, by, _ENDED[outcome], school, waiting), _decided(system, school, waiting, by, outcome)],
        )
    except Changed:
        return False
    return True


def _write(
    system: System, school: School, waiting: list[AddressChange] | tuple[AddressChange, ...], also: list[EventWrite]
) -> None:
    system.setting_changes.write_all([system.setting_changes.write_addresses_of(school, waiting), *also])


def _now(system: System, slug: str) -> School:
    found = system.schools.get(slug)
    if found is None:
        raise NotFound()
    return found


def _waiting(system: System, slug: str, change: str) -> tuple[School, AddressChange]:
    """The school and what waits, if it is what was seen."""
    school = _now(system, slug)
    found = next((each for each in school.admin_emails if each.id == change), None) if is_id(change) else None
    if found is None:
        _waits_no_longer()
    return school, found


def _waits_no_longer() -> NoReturn:
    raise Conflict("This change waits no longer: it was done, objected to, withdrawn or asked for anew.", code="waits_no_longer")


def _event(system: System, by: str, action: str, school: School, change: AddressChange) -> EventWrite:
    facts: dict[str, str | int] = {"person": change.person, "change": change.id}
    return system.audit(school.slug).record_of(by, action, system.now(), facts if by == change.by else {**facts, "by": change.by})


def _waits(system: System, school: School, change: AddressChange) -> EventWrite:
    """The notice to all admins that it waits."""
    notice = Notice(
        id=change.id,
        kind="email_waiting",
        at=change.at,
        by=change.by,
        person=change.person,
        old=change.old,
        new=change.new,
        until=change.until,
    )
    return system.notices(school.slug).put_of(notice)


def _decided(system: System, school: School, change: AddressChange, by: str, outcome: Outcome) -> EventWrite:
    now = system.now()
    notice = Notice(
        id=new_id(now),
        kind="email_decided",
        at=now,
        by=by,
        person=change.person,
        old=change.old,
        new=change.new,
        outcome=outcome,
    )
    return system.notices(school.slug).put_of(notice)
