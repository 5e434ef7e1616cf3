"""Show one student's codes on the screen; who looked is in the audit trail before anything is shown."""

from dataclasses import dataclass

from latchkey.codes.issue_codes import issue_codes
from latchkey.codes.model.login_details import LoginDetails, login_details
from latchkey.codes.needs import System
from latchkey.errors import Conflict, NotFound, TryLater
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from latchkey.shared.model.ids import is_id


@dataclass(frozen=True, slots=True)
class Revealed:
    """A student's login details, and whether a code was made for them now."""

    details: LoginDetails
    new: bool


def reveal_codes(system: System, school: School, admin: Person, person_id: str) -> Revealed:
    """The codes of a student, made where none works. ``NotFound`` for anyone else, ``Conflict`` for who can have no code."""
    person = system.directory(school.slug).person(person_id) if is_id(person_id) else None
    if person is None or person.role != "student":
        raise NotFound()
    if person.status == "left":
        raise Conflict("This student has left the school, so no code works for them.")
    if person.status == "disabled":
        raise Conflict("This account is switched off, so no code works for it. Switch it on first.")
    if person.number is None:
        raise Conflict("This student has no number for a code yet. Load the roster again, then come back.")
    issued = issue_codes(system, school, [person], ("pin", "parent"))
    if not issued.people:
        raise TryLater()
    details = login_details(issued.people[0], school, system.code_key(school.slug, school.code_epoch), "both")
    facts: dict[str, str | int] = {
        "person": person.id,
        "codes": bool(details.pin) + bool(details.parent_code),
        "new": issued.new.total(),
    }
    system.audit(school.slug).record(admin.id, "codes.reveal", system.now(), facts)
    return Revealed(details, bool(issued.new))
