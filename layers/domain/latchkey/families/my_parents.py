"""The parents of a student, as the student sees them, and what happens when one of them is none.

What a student says here decides nothing: the office does. Until it has looked, that adult does not see the student's PIN.
"""

from dataclasses import dataclass
from typing import Final

from latchkey.errors import Changed, NotFound, TooMany, TryLater
from latchkey.families.needs import System
from latchkey.people.model.person import Person, Role
from latchkey.schools.model.school import DAY, School
from latchkey.shared.model import identifiers
from latchkey.shared.stores.counters import Budget

PER_STUDENT: Final = Budget("not-mine", 10, DAY)
_ROUNDS: Final = 5


@dataclass(frozen=True, slots=True)
class Parent:
    """A parent as their child sees them: no address. ``registered``: they have a password; ``told``: the office was told."""

    id: str
    given_name: str
    role: Role
    registered: bool
    told: bool


def my_parents(system: System, school: School, student: Person) -> list[Parent]:
    """The adults who are linked with this student and have not left."""
    found = system.directory(school.slug).by_ids(student.parents)
    return [
        Parent(
            id=each.id,
            given_name=school.known_as(each).given_name,
            role=each.role,
            registered=each.has_way_in,
            told=each.id in student.not_mine,
        )
        for each in found
        if each.status != "left" and student.id in each.children
    ]


def not_mine(system: System, school: School, student: Person, parent_id: str) -> None:
    """Tell the office that this adult is not the student's parent; saying it again changes nothing.

    ``NotFound`` for anybody who is not linked with them, ``TooMany`` over budget.
    """
    if student.role != "student" or parent_id not in student.parents:
        raise NotFound()
    now = system.now()
    key = identifiers.lookup(system.lookup_key(school.slug, school.lookup_epoch), "person", student.id)
    if not system.counters("CREDENTIALS_TABLE", school.slug).spend(PER_STUDENT, key, now):
        raise TooMany(retry_after=PER_STUDENT.window - now % PER_STUDENT.window)
    for _ in range(_ROUNDS):
        if parent_id in student.not_mine:
            return
        event = system.audit(school.slug).record_of(
            student.id, "parent.not_mine", now, {"student": student.id, "parent": parent_id}
        )
        try:
            system.objections(school.slug).object_to(student, parent_id, event)
        except Changed:  # they were unlinked, or said it in another tab
            again = system.directory(school.slug).person(student.id)
            if again is None or parent_id not in again.parents:
                raise NotFound() from None
            student = again
        else:
            return
    raise TryLater()
