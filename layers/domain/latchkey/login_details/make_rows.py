"""The rows that begin with some students: one for each, or shared with their siblings where rows are for parents or families.

A shared row stands where the first of its students stands in the list. Who that is follows from the people themselves, so
nothing has to be remembered from one batch to the next and memory stays flat. Siblings are students of this export who have
exactly the same parents: whoever gets a family's letter may see every code in it. A wider notion (whoever shares
any parent) would show the codes of one parent's child to another parent's new partner.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from latchkey.codes.issue_codes import issue_codes
from latchkey.codes.model.login_details import LoginDetails, login_details
from latchkey.login_details.model.runs import FORMATS, ExportRequest, Rows
from latchkey.login_details.needs import System
from latchkey.login_details.walk_students import AT_ONCE
from latchkey.people.model.person import Person
from latchkey.people.model.register import sort_key
from latchkey.people.stores.people import Directory
from latchkey.schools.model.school import School
from latchkey.shared.model.languages import one_for


@dataclass(frozen=True, slots=True)
class Shared:
    """A row before its codes: the parents whom it is for, if any, and its students in list order."""

    parents: tuple[Person, ...]
    students: tuple[Person, ...]


def rows_of(
    system: System,
    school: School,
    wanted: ExportRequest,
    students: Sequence[Person],
    key: bytes,
    *,
    means: Callable[[Person], bool],
) -> list[LoginDetails]:
    """The rows that begin with these students, in order; codes are given to those of their siblings who are in the rows.

    ``students`` are some of those whom the export ``means``, with their codes; ``key`` is the school's code key.
    """
    if wanted.rows == "student":
        alone = [login_details(student, school, key, wanted.audience) for student in students]
        return _in_parents_language(system.directory(school.slug), wanted, alone)
    shared = _shared(system.directory(school.slug), wanted, students, means)
    known = {student.id: student for student in students}
    others = {student.id: student for each in shared for student in each.students if student.id not in known}
    known |= {person.id: person for person in _with_codes(system, school, wanted, list(others.values()))}
    details = {each: login_details(person, school, key, wanted.audience) for each, person in known.items()}
    rows = [[details[student.id] for student in each.students if student.id in details] for each in shared]
    # Of who has left since, nothing is printed.
    return [_row(tuple(map(school.known_as, each.parents)), *found) for each, found in zip(shared, rows, strict=True) if found]


def rows_without_codes(
    directory: Directory,
    school: School,
    wanted: ExportRequest,
    students: Sequence[Person],
    *,
    details_of: Callable[[Person], LoginDetails],
    means: Callable[[Person], bool],
) -> list[LoginDetails]:
    """The same rows for somebody who only looks: nobody is given a code, ``details_of`` says what stands in their place."""
    if wanted.rows == "student":
        return _in_parents_language(directory, wanted, [details_of(student) for student in students])
    shared = _shared(directory, wanted, students, means)
    rows = [[details_of(student) for student in each.students] for each in shared]
    return [_row(tuple(map(school.known_as, each.parents)), *found) for each, found in zip(shared, rows, strict=True) if found]


def _in_parents_language(directory: Directory, wanted: ExportRequest, rows: list[LoginDetails]) -> list[LoginDetails]:
    """What is printed for the parents of a student is in their language if they share one; else it stays the student's."""
    if not FORMATS[wanted.format].prints or wanted.audience == "students":
        return rows
    parents = directory.by_ids(parent for row in rows for parent in row.student.parents)
    spoken = {parent.id: parent.language for parent in parents if parent.status == "active"}
    found = []
    for row in rows:
        languages = {spoken[parent] for parent in row.student.parents if parent in spoken}
        language = one_for({each or row.parents_language for each in languages}, row.parents_language)
        found.append(replace(row, parents_language=language))
    return found


def _row(parents: tuple[Person, ...], first: LoginDetails, *siblings: LoginDetails) -> LoginDetails:
    return replace(first, parents=parents, siblings=siblings) if parents or siblings else first


def _with_codes(system: System, school: School, wanted: ExportRequest, people: Sequence[Person]) -> list[Person]:
    found: list[Person] = []
    for start in range(0, len(people), AT_ONCE):
        part = people[start : start + AT_ONCE]
        found += issue_codes(system, school, part, wanted.kinds, wanted.expiring_within).people
    return found


def _shared(
    directory: Directory, wanted: ExportRequest, students: Sequence[Person], means: Callable[[Person], bool]
) -> list[Shared]:
    parents = {parent.id: parent for parent in directory.by_ids(each for student in students for each in student.parents)}
    known = {student.id: student for student in students}
    others = {child for parent in parents.values() for child in parent.children} - known.keys()
    known |= {child.id: child for child in directory.by_ids(sorted(others)) if means(child)}
    families = _Families(parents, known)
    rows = ((student, row) for student in students for row in families.rows_with(student, wanted.rows))
    return [row for student, row in rows if row.students[0].id == student.id]


@dataclass(frozen=True, slots=True)
class _Families:
    """The parents of some students, and those students of the export who are children of these ``parents``."""

    parents: Mapping[str, Person]
    students: Mapping[str, Person]

    def rows_with(self, student: Person, rows: Rows) -> list[Shared]:
        """The rows in which a student stands."""
        parents = self._parents_of(student)
        if rows == "parent" and parents:
            return [Shared((parent,), self._in_order(parent.children)) for parent in parents]
        siblings = self._siblings_of(student) if rows == "family" else ()
        return [Shared(parents, self._in_order(siblings) or (student,))]

    def _parents_of(self, student: Person) -> tuple[Person, ...]:
        """A parent counts where both sides know of the link."""
        known = (self.parents[each] for each in student.parents if each in self.parents)
        return tuple(parent for parent in known if parent.status == "active" and student.id in parent.children)

    def _siblings_of(self, student: Person) -> list[str]:
        """The students with exactly the same parents, themselves included: the same for all siblings, whichever of them asks."""
        head = next((self.parents[each] for each in sorted(student.parents) if each in self.parents), None)
        if head is None or student.id not in head.children:
            return []
        return [each for each in head.children if self._has_parents(each, student.parents)]

    def _has_parents(self, student: str, parents: Iterable[str]) -> bool:
        return student in self.students and set(self.students[student].parents) == set(parents)

    def _in_order(self, ids: Iterable[str]) -> tuple[Person, ...]:
        return tuple(sorted((self.students[each] for each in ids if each in self.students), key=sort_key))
