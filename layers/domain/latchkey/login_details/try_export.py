"""What an export would do, without doing it: how many students, which codes would be new, who is left out and why."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from latchkey.codes.model.changes import codes_to_issue
from latchkey.codes.model.codes import Kind, state_of
from latchkey.login_details.choose_students import with_people
from latchkey.login_details.model.meant import is_meant
from latchkey.login_details.model.runs import FORMATS, ExportRequest
from latchkey.login_details.needs import System
from latchkey.login_details.walk_students import walk
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School

LOOKED_AT: Final = 60  # pages of 1 MB that one request may read: about 80,000 students
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
    sign in elsewhere; and of each group its students and those who get a new code. ``complete``: everybody was counted.
    """

    total: int = 0
    new: Counter[Kind] = field(default_factory=Counter)
    renewed: Counter[Kind] = field(default_factory=Counter)
    kept: Counter[Kind] = field(default_factory=Counter)
    elsewhere: int = 0
    left_out: Counter[Reason] = field(default_factory=Counter)
    groups: dict[Group, Counter[str]] = field(default_factory=dict)
    complete: bool = True


def try_export(system: System, school: School, wanted: ExportRequest, *, pages: int = LOOKED_AT) -> Trial:
    """What the export would do now, within what one request may read."""
    wanted = with_people(system, school.slug, wanted)
    trial, now, seen = Trial(), system.now(), 0
    for people in walk(system.directory(school.slug), wanted.scope, pages=pages):
        seen += len(people)
        trial.complete = bool(people)
        for person in people:
            _count(trial, person, school, wanted, now)
    named = wanted.scope.people
    if named is not None and trial.complete:
        trial.left_out.update({"unknown": len(named) - seen} if len(named) > seen else {})
    return trial


def cannot_be_in(person: Person, wanted: ExportRequest) -> Reason | None:
    """Why a student in scope is left out of the file; None if they are in it."""
    if person.number is None:
        return "no_number"
    return "no_upn" if FORMATS[wanted.format].needs_upn and not person.upn else None


def _count(trial: Trial, person: Person, school: School, wanted: ExportRequest, now: int) -> None:
    if wanted.scope.people is not None and (person.role != "student" or person.status != "active"):
        gone: Reason = "left" if person.status == "left" else "disabled"
        trial.left_out[gone if person.role == "student" else "not_student"] += 1
        return
    if not is_meant(wanted, person, school, now, since=now + 1):
        return
    reason = cannot_be_in(person, wanted)
    if reason is not None:
        trial.left_out[reason] += 1
        return
    kinds = wanted.kinds
    changes = codes_to_issue(person, school, kinds, now, wanted.expiring_within)
    fresh = 0
    for kind, code in changes.items():
        known = state_of(person, kind)
        if known is not None and known.generation == code.generation:
            trial.renewed[kind] += 1
        else:
            trial.new[kind] += 1
            fresh = 1
    elsewhere = "pin" in kinds and school.uses_sso(person)
    trial.kept.update(kind for kind in kinds if kind not in changes and not (kind == "pin" and elsewhere))
    trial.elsewhere += elsewhere
    trial.total += 1
    group = trial.groups.setdefault((person.year_group or "", person.registration_group or ""), Counter())
    group.update(students=1, new=fresh)
