"""Show a student the code with which their parents register; made where none works, and logged before anything is shown."""

from typing import Final

from latchkey.codes.issue_codes import issue_codes
from latchkey.codes.model import codes
from latchkey.codes.model.login_details import login_details
from latchkey.errors import Conflict, NotFound, TooMany, TryLater
from latchkey.families.model.parent_code import Place, why_hidden
from latchkey.families.needs import System
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from latchkey.shared.model import identifiers
from latchkey.shared.stores.counters import Budget

PER_STUDENT: Final = Budget("parent-code", 20, 3_600)
"""How often a student can ask for the code in an hour: each time stands in the audit trail."""


def show_parent_code(system: System, school: School, student: Person, origin: str) -> Place:
    """The code of this student's parents, with the address where it is used.

    ``NotFound`` for anybody but a student, ``Conflict`` (``hidden``) where the school does not show it, ``TooMany`` over budget.
    """
    if student.role != "student":
        raise NotFound()
    if (why := why_hidden(school, student)) is not None:
        raise Conflict(why, code="hidden")
    now = system.now()
    key = identifiers.lookup(system.lookup_key(school.slug, school.lookup_epoch), "person", student.id)
    if not system.counters("CREDENTIALS_TABLE", school.slug).spend(PER_STUDENT, key, now):
        raise TooMany(retry_after=PER_STUDENT.window - now % PER_STUDENT.window)
    issued = issue_codes(system, school, [student], ("parent",))
    if not issued.people:
        raise TryLater()
    details = login_details(issued.people[0], school, system.code_key(school.slug, school.code_epoch), "parents")
    facts: dict[str, str | int] = {"person": student.id, "kind": "parent", "new": issued.new.total()}
    system.audit(school.slug).record(student.id, "parent_code.show", now, facts)
    ends = details.parent_code_ends or now
    return Place(details.parent_code, codes.redeem_url(origin, school.slug, details.parent_code), details.places, ends)
