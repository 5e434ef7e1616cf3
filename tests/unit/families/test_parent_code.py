"""Which students see their parents' code."""

from dataclasses import replace

import pytest

from latchkey.families.model.parent_code import why_hidden
from latchkey.people.model.person import Role
from latchkey.schools.model.school import FamilyRule, School, Settings, SingleSignOn
from tests.support.exports import student


def school(rule: FamilyRule = FamilyRule(), *roles: Role) -> School:  # noqa: B008 - a frozen value
    return School(slug="northbridge", name="Northbridge", settings=Settings(family=rule, sso=SingleSignOn(roles=roles)))


@pytest.mark.parametrize(
    ("lowest", "year", "seen"),
    [
        ("", None, True),
        ("", "R", True),
        ("7", "7", True),
        ("7", "10", True),
        ("7", "6", False),
        ("10", "9", False),
        ("7", "R", False),
        ("7", None, False),
        ("R", "1", True),
        ("R", "N", False),
        ("R", "R", True),
    ],
)
def test_by_year_group(lowest: str, year: str | None, seen: bool) -> None:
    pupil = replace(student(1), year_group=year)
    assert (why_hidden(school(FamilyRule(parent_code_from=lowest)), pupil) is None) == seen


def test_each_reason_says_whom_to_ask() -> None:
    pupil = student(1)
    reasons = {
        why_hidden(school(FamilyRule(parent_code=False)), pupil),
        why_hidden(school(FamilyRule(parent_code_from="14")), pupil),
        why_hidden(school(FamilyRule(), "parent"), pupil),
        why_hidden(school(), replace(pupil, number=None)),
    }
    assert len(reasons) == 4
    assert all(reason and "office" in reason for reason in reasons)
