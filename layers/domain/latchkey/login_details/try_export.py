"""What an export would do, without doing it: how many students, which codes would be new, who is left out and why."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from latchkey.codes.model.changes import codes_to_issue
from latchkey.codes.model.codes import Kind, state_of
from latchkey.login_details.choose_students import with_people
from latchkey.login_details.look_at_students import Counted, Holder, judged, read_anew, students_of
from latchkey.login_details.model.meant import codes_are_meant
from latchkey.login_details.model.runs import FORMATS, ExportRequest
from latchkey.login_details.needs import System
from latchkey.people.model.person import Person
from latchkey.roll.model.entry import Entry
from latchkey.schools.model.school import School

Reason = Literal["unknown", "not_student", "left", "disabled", "no_number", "no_upn"]
REASONS: Final[Mapping[Reason, str]] = {
    "unknown": "is not a person of this school",
    "not_student": "is not a student",
    "left": "has left the school",
    "disabled": "has an account that is switched off",
    "no_number": "has no number for a code yet: load the roster again",
    "no_upn": "has no UPN, by which this file is read",
}
Group = tuple[str, str]  # year group, registration group


@dataclass(slots=True)
class Trial:
    """Students of the file; codes that would be made, renewed (given a later end) or kept; students without a PIN because they
    sign in elsewhere; and of each group its students and those who get a new code.
    """

    total: int = 0
    new: Counter[Kind] = field(default_factory=Counter)
    renewed: Counter[Kind] = field(default_factory=Counter)
    kept: Counter[Kind] = field(default_factory=Counter)
    elsewhere: int = 0
    left_out: Counter[Reason] = field(default_factory=Counter)
    groups: dict[Group, Counter[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What the run does to the codes of students who have the same; ``meant``: it is for them."""

    meant: bool
    new: tuple[Kind, ...]
    renewed: tuple[Kind, ...]
    kept: tuple[Kind, ...]
    elsewhere: bool


def try_export(system: System, school: School, wanted: ExportRequest) -> Trial:
    """What the export would do now. What is known of people is some seconds old at most; the run looks at each of them anew."""
    wanted = with_people(system, school.slug, wanted)
    now = system.now()
    outcome = judged(lambda holder: _outcome(holder, school, wanted, now))
    for look in (students_of, read_anew):
        trial = _tried(look(system, school, wanted.scope), wanted, outcome)
        if trial.total:
            break
    return trial


def _tried(students: Sequence[Counted], wanted: ExportRequest, outcome: Callable[[Entry], _Outcome]) -> Trial:
    trial, named = Trial(), wanted.scope.people
    for student, alike in students:
        _count(trial, student, wanted, outcome, alike)
    here = sum(alike for _, alike in students)
    if named is not None and len(named) > here:
        trial.left_out["unknown"] += len(named) - here
    return trial


def cannot_be_in(person: Person | Entry, wanted: ExportRequest) -> Reason | None:
    """Why a student in scope is left out of the file; None if they are in it."""
    if person.number is None:
        return "no_number"
    return "no_upn" if FORMATS[wanted.format].needs_upn and not person.upn else None


def _count(trial: Trial, student: Entry, wanted: ExportRequest, outcome: Callable[[Entry], _Outcome], alike: int) -> None:
    """Count a student with those who are alike."""
    if wanted.scope.people is not None and (student.role != "student" or student.status != "active"):
        gone: Reason = "left" if student.status == "left" else "disabled"
        trial.left_out[gone if student.role == "student" else "not_student"] += alike
        return
    if not wanted.means(student):
        return
    found = outcome(student)
    if not found.meant:
        return
    reason = cannot_be_in(student, wanted)
    if reason is not None:
        trial.left_out[reason] += alike
        return
    for counter, kinds in ((trial.new, found.new), (trial.renewed, found.renewed), (trial.kept, found.kept)):
        for kind in kinds:
            counter[kind] += alike
    trial.elsewhere += found.elsewhere * alike
    trial.total += alike
    group = student.year_group or "", student.registration_group or ""
    if group not in trial.groups:
        trial.groups[group] = Counter(students=0, new=0)
    trial.groups[group]["students"] += alike
    trial.groups[group]["new"] += bool(found.new) * alike


def _outcome(holder: Holder, school: School, wanted: ExportRequest, now: int) -> _Outcome:
    kinds = wanted.kinds
    changes = codes_to_issue(holder, school, kinds, now, wanted.expiring_within)
    known = {kind: state_of(holder, kind) for kind in changes}
    renewed = tuple(kind for kind, code in known.items() if code is not None and code.generation == changes[kind].generation)
    elsewhere = "pin" in kinds and school.uses_sso(holder)
    return _Outcome(
        meant=codes_are_meant(wanted, holder, school, now, since=now + 1),
        new=tuple(kind for kind in changes if kind not in renewed),
        renewed=renewed,
        kept=tuple(kind for kind in kinds if kind not in changes and not (kind == "pin" and elsewhere)),
        elsewhere=elsewhere,
    )
