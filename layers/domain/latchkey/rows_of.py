"""The rows that begin with some students: one for each, or shared with their siblings where rows are for parents or families.

A shared row stands where the first of its students stands in the list. Who that is follows from the people themselves, so
nothing has to be remembered from one batch to the next and memory stays flat. Siblings are students of this export who have
exactly the same parents: whoever gets a family's letter may see every code in it. A wider notion (whoever shares
any parent) would show the codes of one parent's child to another parent's new partner.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from latchkey.issue_codes import AT_ONCE, issue_codes
from latchkey.model.codes import Kind
from latchkey.model.exports import Audience, Wanted
from latchkey.model.login_details import LoginDetails, login_details
from latchkey.model.person import Person, sort_key
from latchkey.model.school import School
from latchkey.wiring import Wiring

_KINDS: Final[dict[Audience, tuple[Kind, ...]]] = {"students": ("pin",), "parents": ("parent",), "both": ("pin", "parent")}


@dataclass(frozen=True, slots=True)
class Shared:
    """A row before its codes: the parents whom it is for, if any, and its students in list order."""

    parents: tuple[Person, ...]
    students: tuple[Person, ...]


def rows_of(
    system: Wiring, school: School, wanted: Wanted, students: Sequence[Person], key: bytes
) -> tuple[list[LoginDetails], Counter[Kind]]:
    """The rows that begin with these students, in order, and how many codes are new.

    ``students`` are at most 100 of those whom the export means, with short numbers; ``key`` is the school's code key.
    """
    shared = [Shared((), (student,)) for student in students]
    if wanted.rows != "student":
        shared = _shared(system, school.slug, wanted, students)
    people = {student.id: student for each in shared for student in each.students}
    issued, new = _issue(system, school, wanted.audience, list(people.values()))
    details = {person.id: login_details(person, school, key, wanted.audience) for person in issued}
    rows = [[details[student.id] for student in each.students if student.id in details] for each in shared]
    # Of who has left since, nothing is printed.
    return [_row(each.parents, *found) for each, found in zip(shared, rows, strict=True) if found], new


def _row(parents: tuple[Person, ...], first: LoginDetails, *siblings: LoginDetails) -> LoginDetails:
    return replace(first, parents=parents, siblings=siblings) if parents or siblings else first


def _issue(system: Wiring, school: School, audience: Audience, people: Sequence[Person]) -> tuple[list[Person], Counter[Kind]]:
    found: list[Person] = []
    new: Counter[Kind] = Counter()
    for start in range(0, len(people), AT_ONCE):
        issued = issue_codes(system, school, people[start : start + AT_ONCE], _KINDS[audience])
        found += issued.people
        new.update(issued.new)
    return found, new


def _shared(system: Wiring, school: str, wanted: Wanted, students: Sequence[Person]) -> list[Shared]:
    directory = system.directory(school)
    parents = {parent.id: parent for parent in directory.by_ids(each for student in students for each in student.parents)}
    known = {student.id: student for student in students}
    others = {child for parent in parents.values() for child in parent.children} - known.keys()
    if wanted.scope.kind != "person":
        known |= {child.id: child for child in directory.by_ids(sorted(others)) if wanted.means(child) and child.number}
    found: list[Shared] = []
    for student in students:
        # A parent counts where both sides know of the link.
        mine = tuple(
            parent
            for parent in (parents[each] for each in student.parents if each in parents)
            if parent.status == "active" and student.id in parent.children
        )
        if wanted.rows == "parent" and mine:
            rows = [Shared((parent,), _in_order(parent.children, known)) for parent in mine]
        else:
            family = _family(student, parents) if wanted.rows == "family" else ()
            rows = [Shared(mine, _in_order((each for each in family if _alike(known, each, student)), known) or (student,))]
        found += [row for row in rows if row.students[0].id == student.id]
    return found


def _family(student: Person, parents: Mapping[str, Person]) -> tuple[str, ...]:
    """The students among whom the siblings are: the same for all siblings, whichever of them asks."""
    head = next((parents[each] for each in sorted(student.parents) if each in parents), None)
    return head.children if head and student.id in head.children else ()


def _alike(known: Mapping[str, Person], one: str, other: Person) -> bool:
    return one in known and set(known[one].parents) == set(other.parents)


def _in_order(ids: Iterable[str], known: Mapping[str, Person]) -> tuple[Person, ...]:
    return tuple(sorted((known[each] for each in ids if each in known), key=sort_key))
