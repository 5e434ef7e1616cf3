"""Whom a run of login details means."""

from latchkey.codes.model.changes import codes_to_issue, given_since
from latchkey.codes.model.codes import Coded
from latchkey.login_details.model.runs import ExportRequest
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School


def is_meant(wanted: ExportRequest, person: Person, school: School, now: int, since: int) -> bool:
    """Whether a run that was asked for at ``since`` means this student.

    A run for codes that end soon also means whoever was given a code since then, by itself or by another run: so it means the
    same students when it looks a second time.
    """
    return wanted.means(person) and codes_are_meant(wanted, person, school, now, since)


def codes_are_meant(wanted: ExportRequest, person: Coded, school: School, now: int, since: int) -> bool:
    """Whether it means somebody whose codes are these: it may be for codes that end soon."""
    kinds = wanted.kinds
    if not wanted.expiring_within or not kinds or codes_to_issue(person, school, kinds, now, wanted.expiring_within):
        return True
    return any(given_since(person, school, kind, since) for kind in kinds)
