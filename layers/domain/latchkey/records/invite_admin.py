"""Invite an admin of a school: somebody new, a teacher or member of staff who is there, or an admin again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from latchkey.errors import Changed, Conflict, Invalid
from latchkey.people.model.person import ADULTS, Person
from latchkey.records.model import fields
from latchkey.records.the_person import the_person
from latchkey.schools.model.waiting import Notice
from latchkey.sends.model.send import Selection, Send
from latchkey.shared.model import identifiers
from latchkey.shared.model.ids import new_id, person_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latchkey.audit.stores.audit import Audit
    from latchkey.people.stores.people import Directory
    from latchkey.records.needs import System
    from latchkey.schools.model.school import School
    from latchkey.schools.stores.notices import Notices
    from latchkey.sends.stores.sends import Sends
    from latchkey.shared.stores.queues import Queue

_ASKED = ("email", "given_name", "family_name")
_SETTLES = 60  # seconds


class Invites(Protocol):
    """What inviting an admin takes, of the console and of the operator."""

    def now(self) -> int: ...

    def queue(self, setting: str) -> Queue: ...

    def directory(self, school: str) -> Directory: ...

    def sends(self, school: str) -> Sends: ...

    def audit(self, school: str) -> Audit: ...

    def lookup_key(self, school: str, epoch: int) -> bytes: ...

    def notices(self, school: str) -> Notices: ...


@dataclass(frozen=True, slots=True)
class Invited:
    """The admin, whether this call made or promoted them, and the send that mails their link."""

    person: Person
    new: bool
    send: str


def invite(system: Invites, school: School, by: str, address: str, names: tuple[str, str]) -> Invited:
    """Make an admin with this address and mail them a password link; somebody who is an admin already gets the link again.

    ``by`` is a person's id or ``operator``; the address is in its one form; ``names`` are given and family name.
    """
    return _invited(system, school.slug, by, *_admin(system, school, by, address, names))


def invite_by_admin(system: System, school: School, by: Person, values: Mapping[str, Any]) -> Invited:
    """The same for an admin: ``person``, somebody of the school, or ``email`` with a name."""
    if values.get("person"):
        return _invite_person(system, school.slug, by, values["person"])
    facts, wrong = fields.read({name: values.get(name, "") for name in _ASKED}, _ASKED)
    if facts.get("email") is None:
        wrong.setdefault("email", "Enter an e-mail address, like name@example.org.")
    given, family = facts.get("given_name") or "", facts.get("family_name") or ""
    if not (given or family):
        wrong.setdefault("given_name", "Give a first name or a last name.")
    if wrong:
        raise Invalid("Nobody was invited.", fields={name: wrong[name] for name in _ASKED if name in wrong})
    return invite(system, school, by.id, facts["email"] or "", (given, family))


def _invite_person(system: System, school: str, by: Person, person: Any) -> Invited:
    found = the_person(system, school, person if isinstance(person, str) else "")
    refused = ""
    if found.role not in ADULTS or found.status != "active":
        refused = "Only a teacher or a member of staff whose account is active can be an admin."
    elif found.email is None:
        refused = "This person has no e-mail address to invite them at. Add one first."
    if refused:
        raise Invalid("Nobody was invited.", fields={"person": refused})
    if found.is_admin:
        return _invited(system, school, by.id, found, new=False)
    return _invited(system, school, by.id, _promoted(system, school, by.id, found), new=True)


def _invited(system: Invites, school: str, by: str, person: Person, new: bool) -> Invited:
    now = system.now()
    send = Send(
        id=new_id(now),
        kind="password_link",
        state="queued",
        origin="admin",
        created_at=now,
        created_by=by,
        selection=Selection(ids=(person.id,)),
    )
    facts: dict[str, str | int] = {"person": person.id, "role": person.role, "send": send.id, "new": int(new)}
    system.sends(school).make(send, system.audit(school).record_of(by, "admin.invite", now, facts))
    system.queue("PLAN_QUEUE").put({"kind": "send", "school": school, "send": send.id})
    return Invited(person, new, send.id)


def _admin(system: Invites, school: School, by: str, address: str, names: tuple[str, str]) -> tuple[Person, bool]:
    """The admin with this address: one there is, or a teacher or member of staff with it, or a new member of staff."""
    directory = system.directory(school.slug)
    keys = [identifiers.lookup(system.lookup_key(school.slug, epoch), "email", address) for epoch in school.lookup_epochs]
    # Computed, so that an invitation that is sent twice at once makes one person; keyed, so that no roster can name it.
    invited, *older = (person_id(school.slug, f"invited/{key}") for key in keys)
    by_key = {person.id: person for person in [*directory.by_email_key(*keys), *directory.by_ids([invited, *older])]}
    found = [person for person in by_key.values() if person.status == "active" and person.email == address]
    if admins := [person for person in found if person.is_admin]:
        return admins[0], False
    adults = [person for person in found if person.role in {"teacher", "staff"}]
    if len(adults) > 1:
        raise Conflict("Several members of staff share this address. Give the one you mean an address of their own first.")
    if adults:
        return _promoted(system, school.slug, by, adults[0]), True
    person = Person(
        id=invited,
        role="staff",
        given_name=names[0],
        family_name=names[1],
        email=address,
        email_key=keys[0],
        is_admin=True,
    )
    _tell(system, school.slug, by, person.id)
    if not directory.make(person):  # whoever was invited under this address has another one by now, or has left
        person = replace(person, id=new_id())
        _tell(system, school.slug, by, person.id)
        directory.make(person)
    return person, True


def _promoted(system: Invites, school: str, by: str, person: Person) -> Person:
    _tell(system, school, by, person.id)
    try:
        return system.directory(school).make_admin(person)
    except Changed:
        raise Conflict("Somebody changed this person just now. Try again.") from None


def _tell(system: Invites, school: str, by: str, person: str) -> None:
    """Have the other admins told by mail. It is put first and mailed a little later, and only if they are an admin by then."""
    now = system.now()
    system.notices(school).put(Notice(id=new_id(now), kind="admin_invited", at=now + _SETTLES, by=by, person=person))
