"""What printing and voiding do to a student's codes."""

from dataclasses import replace

import pytest

from latchkey.codes.model.changes import codes_to_issue, expiry, given_since, to_void
from latchkey.login_details.model.meant import is_meant
from latchkey.login_details.model.runs import ExportRequest
from latchkey.login_details.model.scope import Scope
from latchkey.people.model.person import CodeState, Person
from latchkey.schools.model.school import DAY, School, Settings, SingleSignOn

NOW = 1_795_000_000
SCHOOL = School(slug="northbridge", name="Northbridge Academy")
ELSEWHERE = replace(SCHOOL, settings=Settings(sso=SingleSignOn(roles=("student",))))
ENDS = expiry(NOW, SCHOOL)
ANN = Person(id="a" * 20, role="student", given_name="Ann", family_name="A", number=1)
BOTH = ("pin", "parent")


def with_pin(code: CodeState | None) -> Person:
    return replace(ANN, pin=code)


@pytest.mark.parametrize(
    ("code", "within", "expected"),
    [
        (None, 0, CodeState(1, ENDS, given_at=NOW)),
        (CodeState(3, NOW), 0, CodeState(4, ENDS, given_at=NOW)),
        (CodeState(3, ENDS, 1), 0, CodeState(4, ENDS, given_at=NOW)),
        (CodeState(3, ENDS, voided=True), 30, CodeState(4, ENDS, given_at=NOW)),
        (CodeState(3, NOW + 1), 0, None),
        (CodeState(3, NOW + 7 * DAY), 7, CodeState(3, ENDS, given_at=NOW)),
        (CodeState(3, NOW + 7 * DAY + 1), 7, None),
        (CodeState(3, ENDS), 365, None),
    ],
)
def test_a_code_is_kept_renewed_or_replaced(code: CodeState | None, within: int, expected: CodeState | None) -> None:
    assert codes_to_issue(with_pin(code), SCHOOL, ("pin",), NOW, within) == ({"pin": expected} if expected else {})


def test_a_later_end_keeps_uses_and_wrong_guesses() -> None:
    """More time must not mean more guesses."""
    parent = CodeState(2, NOW + DAY, uses=3, failed=9)
    assert codes_to_issue(replace(ANN, parent_code=parent), SCHOOL, ("parent",), NOW, 7)["parent"] == CodeState(
        2, ENDS, 3, 9, given_at=NOW
    )


def test_a_school_whose_codes_live_shortly_does_not_renew_them_all_the_time() -> None:
    week = replace(SCHOOL, settings=Settings(code_life=7 * DAY))
    fresh = codes_to_issue(ANN, week, BOTH, NOW, 30)
    given = replace(ANN, pin=fresh["pin"], parent_code=fresh["parent"])
    assert codes_to_issue(given, week, BOTH, NOW, 30) == {}


def test_who_signs_in_elsewhere_has_no_pin() -> None:
    assert set(codes_to_issue(ANN, ELSEWHERE, BOTH, NOW)) == {"parent"}
    assert not given_since(with_pin(CodeState(1, ENDS, given_at=NOW)), ELSEWHERE, "pin", NOW)


def test_a_run_for_codes_that_end_soon_means_the_same_students_when_it_looks_again() -> None:
    wanted = ExportRequest(scope=Scope(), expiring_within=7)
    soon = replace(ANN, pin=CodeState(1, NOW + DAY), parent_code=CodeState(1, ENDS))
    later = replace(ANN, pin=CodeState(1, NOW + 50 * DAY, given_at=NOW - 1), parent_code=CodeState(1, ENDS))
    assert is_meant(wanted, soon, SCHOOL, NOW, NOW)
    assert not is_meant(wanted, later, SCHOOL, NOW, NOW)
    renewed = replace(soon, pin=codes_to_issue(soon, SCHOOL, BOTH, NOW + 60, 7)["pin"])
    assert not codes_to_issue(renewed, SCHOOL, BOTH, NOW + 90, 7)
    assert is_meant(wanted, renewed, SCHOOL, NOW + 90, NOW), "it was renewed since the run was asked for"
    assert not is_meant(wanted, renewed, SCHOOL, NOW + 90, NOW + 61), "a run that was asked for afterwards does not mean them"
    assert not is_meant(wanted, replace(soon, status="left"), SCHOOL, NOW, NOW)


def test_only_what_works_is_voided() -> None:
    person = replace(ANN, pin=CodeState(1, ENDS, 1), parent_code=CodeState(2, ENDS, 3, 4))
    assert to_void(person, SCHOOL, BOTH, NOW) == {"parent": CodeState(2, ENDS, 3, 4, voided=True)}
    assert to_void(replace(person, parent_code=CodeState(2, ENDS, voided=True)), SCHOOL, BOTH, NOW) == {}
    assert to_void(person, SCHOOL, ("pin",), NOW) == {}
    assert to_void(ANN, SCHOOL, BOTH, NOW) == {}
