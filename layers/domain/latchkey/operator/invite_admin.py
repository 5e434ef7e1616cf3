"""The operator invites an admin of a school: the first one, or one more, or the same one again."""

from dataclasses import dataclass, replace
from typing import Final

from latchkey.errors import Changed, Conflict, Invalid
from latchkey.operator.needs import System
from latchkey.operator.the_school import the_school
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from latchkey.sends.model.send import Selection, Send
from latchkey.shared.model import identifiers
from latchkey.shared.model.ids import new_id, person_id

_LONGEST_NAME: Final = 100


@dataclass(frozen=True, slots=True)
class Invited:
    """The admin, whether this call made or promoted them, and the send that mails their link."""

    person: Person
    new: bool
    send: str


def invite_admin(system: System, school: object, email: object, given_name: object, family_name: object) -> Invited:
    """Make an admin with this address and mail them a password link; somebody who is an admin already gets the link again."""
    found = the_school(system, school)
    wrong: dict[str, str] = {}
    address = identifiers.email(email)
    if address is None:
        wrong["email"] = "This is not an e-mail address that we can use: plain ASCII, like head@school.example."
    given, family = _name(given_name, "given_name", wrong), _name(family_name, "family_name", wrong)
    if address is None or wrong:
        raise Invalid("Nobody was invited.", fields=wrong)
    person, new = _admin(system, found, address, given, family)
    now = system.now()
    send = Send(
        id=new_id(now),
        kind="password_link",
        state="queued",
        origin="admin",
        created_at=now,
        created_by="operator",
        selection=Selection(ids=(person.id,)),
    )
    system.sends(found.slug).make(send)
    system.queue("PLAN_QUEUE").put({"kind": "send", "school": found.slug, "send": send.id})
    facts: dict[str, str | int] = {"person": person.id, "role": person.role, "send": send.id, "new": int(new)}
    system.audit(found.slug).record("operator", "admin.invite", now, facts)
    return Invited(person, new, send.id)


def _admin(system: System, school: School, address: str, given: str, family: str) -> tuple[Person, bool]:
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
        try:
            return directory.make_admin(adults[0]), True
        except Changed:
            raise Conflict("Somebody changed this person just now. Try again.") from None
    person = Person(
        id=invited,
        role="staff",
        given_name=given,
        family_name=family,
        email=address,
        email_key=keys[0],
        is_admin=True,
    )
    if not directory.make(person):  # whoever was invited under this address has another one by now, or has left
        person = replace(person, id=new_id())
        directory.make(person)
    return person, True


def _name(value: object, field: str, wrong: dict[str, str]) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > _LONGEST_NAME or not value.isprintable():
        wrong[field] = f"This must be one line of 1 to {_LONGEST_NAME} characters."
        return ""
    return value.strip()
