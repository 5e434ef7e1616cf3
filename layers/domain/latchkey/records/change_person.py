"""Change what is known of one person: an admin puts a name, an address, a group or a status right."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from latchkey.errors import Changed, Conflict, Invalid, TryLater
from latchkey.people.model.person import Person
from latchkey.records.address_changes import ask
from latchkey.records.model import fields
from latchkey.records.needs import System
from latchkey.records.new_address import told
from latchkey.records.the_person import the_person
from latchkey.records.who_has import usable
from latchkey.schools.model.school import School
from latchkey.schools.model.waiting import AddressChange
from latchkey.shared.model.in_words import in_a_row
from latchkey.sign_in.stores.credentials import Name

_ROUNDS: Final = 5
_ANOTHER_ADMINS: Final = ("username", "role", "status")
_ENDS_LINKS: Final = ("email", "role", "status")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The person as they are now, and the new address that waits, if this was another admin's and so nobody's to change alone."""

    person: Person
    waiting: AddressChange | None = None


def change_person(system: System, school: School, by: Person, person: str, values: Mapping[str, Any]) -> Outcome:
    """The person as changed by an admin. ``values``: some of ``fields.CHANGED``, and the ``revision`` that was seen, if any.

    Another admin's new address is only asked for: it waits for a second admin, or for 24 hours in which they can object.

    ``Invalid`` names all fields that cannot be taken; ``Conflict``: somebody else has changed the person meanwhile, or it is a
    thing that no admin may do alone. Nothing is written then.
    """
    slug = school.slug
    before = the_person(system, slug, person)
    seen = values.get("revision")
    if seen and seen != fields.revision(before):
        raise Conflict("Somebody has changed this person since you opened the form. Look at what is there now.", code="changed")
    for _ in range(_ROUNDS):
        after, names, address = _wished(system, school, by, before, values)
        changed = fields.differing(before, after)
        if not changed:
            return Outcome(before, ask(system, school, by, before, address) if address else None)
        now = system.now()
        after = told(system, slug, before, after, now)
        if set(_ENDS_LINKS) & set(changed):  # for good: the stamp alone would bear links again once it is as before
            after = replace(after, version=before.version + 1)
        facts = {"person": before.id, "fields": in_a_row(changed)}
        event = system.audit(slug).record_of(by.id, "person.change", now, facts)
        try:
            system.edits(slug).change(before, after, event, names)
        except Changed:
            before = _again(system, slug, before)
        else:
            return Outcome(after, ask(system, school, by, after, address) if address else None)
    raise TryLater()


def _wished(
    system: System, school: School, by: Person, before: Person, values: Mapping[str, Any]
) -> tuple[Person, list[Name], str | None]:
    """The person as they are to be now, who got the new username last, and the new address that is only to be asked for."""
    facts, wrong = fields.read(values, fields.CHANGED)
    after = fields.with_facts(before, facts, system.lookup_key(school.slug, school.lookup_epoch))
    wrong = {**fields.misfits(after, before), **wrong}
    names, taken = usable(system, school, before, after)
    wrong = {**taken, **wrong}
    if wrong:
        raise Invalid("Nothing was changed.", fields={name: wrong[name] for name in fields.CHANGED if name in wrong})
    _check_admin(by, before, fields.differing(before, after))
    if before.is_admin and before.id != by.id and after.email != before.email:
        del facts["email"]
        now_is = fields.with_facts(before, facts, system.lookup_key(school.slug, school.lookup_epoch))
        return now_is, names, after.email
    return after, names, None


def _check_admin(by: Person, before: Person, changed: list[str]) -> None:
    """How an admin gets in is nobody's to change but their own; an account with admin rights is not switched off."""
    if not before.is_admin:
        return
    if before.id == by.id:
        if "status" in changed:
            raise Conflict("You cannot end your own account. Another admin can, once your admin rights are ended.", code="admin")
        return
    kept = [name for name in changed if name in _ANOTHER_ADMINS]
    if kept:
        raise Conflict(
            f"This person is an admin, and no admin changes another admin’s {in_a_row(kept)} alone. Nothing was changed. "
            "They can do it themselves, or their admin rights can be ended first.",
            code="admin",
        )


def _again(system: System, school: str, before: Person) -> Person:
    """The person as they are by now, if an admin sees no difference: they have signed in or set a password meanwhile."""
    now_is = the_person(system, school, before.id)
    if fields.revision(now_is) != fields.revision(before):
        differ = in_a_row(fields.differing(before, now_is) or ["admin rights"])
        raise Conflict(f"Somebody else has changed this person just now ({differ}). Nothing of yours was saved.", code="changed")
    return now_is
