"""Add a child by their parent code to the account of an adult who is signed in.

A code is tried like one on the public page: counted by the same budgets, compared by the same function. It takes a place of the
code as a registration does, in one transaction with both sides of the link:

    adult A   check (places 1) ─── add ─────────────────▶ linked, places 0
    adult B         check (places 1) ─── add: no place ─▶ looks again: used

Of any number at once there are as many winners as places. Somebody who is linked already takes none.
"""

from dataclasses import dataclass, replace
from typing import Final

from latchkey.codes.check_code import OpenCode, code_to_use, opened_again, refuse, take_back, unless_used
from latchkey.errors import Changed, Conflict, Invalid, NotFound, NotSignedIn, TryLater
from latchkey.families.model.cards import MOST
from latchkey.families.needs import System
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from latchkey.shared.model.texts import said

_ROUNDS: Final = 5
_A_PIN: Final = said(
    "This is a PIN, which lets your child in: it works once, and is your child’s to use. To add a child, type the parent code: "
    "it begins with F."
)
_TOO_MANY: Final = said("An account can have at most {most} children. Ask the school’s office.", most=MOST)


@dataclass(frozen=True, slots=True)
class Added:
    """The child of a code, and whether they were linked now or had been before."""

    child: Person
    is_new: bool


def add_child(system: System, school: School, adult: Person, typed: str, source_ip: str) -> Added:
    """Link the student of a parent code with an adult; the same child again is no error and takes no place.

    ``Invalid``, ``Gone`` and ``TooMany`` as of ``check_code``; ``Conflict`` where the account has as many as it can have.
    """
    if adult.role == "student":
        raise NotFound()
    found = code_to_use(system, school.slug, typed, source_ip)
    with unless_used(system, found):
        return _added(system, school, adult, found)


def _added(system: System, school: School, adult: Person, found: OpenCode) -> Added:
    if found.code.kind != "parent":
        raise Invalid(fields={"code": _A_PIN}, code="pin")
    for _ in range(_ROUNDS):
        child = found.student
        if child.id in adult.children and adult.id in child.parents:
            take_back(system, found)
            return Added(school.known_as(child), is_new=False)
        if len(adult.children) >= MOST:
            raise Conflict(_TOO_MANY, code="too_many_children")
        now = system.now()
        facts: dict[str, str | int] = {"student": child.id, "generation": found.state.generation}
        event = system.audit(school.slug).record_of(adult.id, "child.add", now, facts)
        try:
            system.code_uses(school.slug).add_child(child, adult, now, event, counted=found.counted)
        except Changed:  # somebody took a place, the same person asked twice, or the school has changed one of the two
            adult, found = _again(system, school, adult, found, now)
        else:
            return Added(school.known_as(child), is_new=True)
    raise TryLater()


def _again(system: System, school: School, adult: Person, found: OpenCode, now: int) -> tuple[Person, OpenCode]:
    """Both as they are now; ``Gone`` if the code no longer works for somebody who is not linked yet."""
    people = {each.id: each for each in system.directory(school.slug).by_ids([adult.id, found.student.id])}
    again, child = people.get(adult.id), people.get(found.student.id)
    if again is None or again.status != "active" or again.role != adult.role:
        raise NotSignedIn()
    if child is None or child.status != "active":
        refuse("refused", found.code)
    if child.id in again.children and again.id in child.parents:
        return again, replace(found, student=child)
    return again, opened_again(found, child, now)
