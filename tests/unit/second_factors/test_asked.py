"""When an admin is asked for a second factor, and who is asked to confirm again: a table of cases."""

from dataclasses import replace

import pytest

from latchkey.people.model.person import Person
from latchkey.schools.model.school import School, Settings
from latchkey.second_factors.model.asked import EVERY, FIRST_DAY, confirms, is_recent, must_enrol, required_from

NOON = 1_800_000_000
HOUR, DAY = 3_600, FIRST_DAY
SCHOOL = School(slug="northbridge", name="Northbridge Academy")
ADMIN = Person(id="a" * 20, role="staff", given_name="Ada", family_name="Admin", is_admin=True)


@pytest.mark.parametrize(
    ("since", "sent", "opened", "asked"),
    [
        # (first signed in as admin, first send, this sign-in): is the sign-in held up?
        pytest.param(None, None, NOON + 9 * DAY, False, id="never signed in before: an account of an older release"),
        pytest.param(None, NOON, NOON + 9 * DAY, False, id="has sent, but never signed in since the rule counts"),
        pytest.param(NOON, None, NOON, False, id="the evening of the first day"),
        pytest.param(NOON, None, NOON + 30 * DAY, False, id="a month later, and nothing was ever sent"),
        pytest.param(NOON, NOON + HOUR, NOON + 2 * HOUR, False, id="after the first send, still the first day"),
        pytest.param(NOON, NOON + HOUR, NOON + DAY - 1, False, id="the last second of the first day"),
        pytest.param(NOON, NOON + HOUR, NOON + DAY, False, id="the moment at which the day is over"),
        pytest.param(NOON, NOON + HOUR, NOON + DAY + 1, True, id="from the second day on"),
        pytest.param(NOON, NOON + 3 * DAY, NOON + 3 * DAY - 1, False, id="signed in before the first send: it goes on"),
        pytest.param(NOON, NOON + 3 * DAY, NOON + 3 * DAY + 1, True, id="the next sign-in after it"),
        pytest.param(NOON, NOON - DAY, NOON + DAY + 1, True, id="an admin again, who had sent before"),
    ],
)
def test_when_an_admin_has_to_have_a_second_factor(since: int | None, sent: int | None, opened: int, asked: bool) -> None:
    admin = replace(ADMIN, admin_since=since, first_send_at=sent)
    assert must_enrol(SCHOOL, admin, opened) is asked
    assert not must_enrol(SCHOOL, replace(admin, second_factors=("totp",)), opened)
    assert not must_enrol(replace(SCHOOL, settings=Settings(second_factor="optional")), admin, opened)
    assert not must_enrol(SCHOOL, replace(admin, is_admin=False), opened)


def test_nobody_is_told_a_day_before_it_is_known() -> None:
    assert required_from(SCHOOL, ADMIN) is None
    assert required_from(SCHOOL, replace(ADMIN, admin_since=NOON, first_send_at=NOON)) == NOON + DAY


@pytest.mark.parametrize(
    ("rule", "is_admin", "has", "asked"),
    [
        ("required", True, False, True),
        ("required", False, False, False),
        ("optional", True, False, False),
        ("optional", True, True, True),
        ("optional", False, True, True),
    ],
)
def test_who_is_asked_to_confirm_again(rule: str, is_admin: bool, has: bool, asked: bool) -> None:
    school = replace(SCHOOL, settings=Settings(second_factor="required" if rule == "required" else "optional"))
    person = replace(ADMIN, is_admin=is_admin, second_factors=("passkey",) if has else ())
    assert confirms(school, person) is asked


def test_a_proof_counts_for_fifteen_minutes() -> None:
    assert not is_recent(None, NOON)
    assert is_recent(NOON, NOON)
    assert is_recent(NOON, NOON + EVERY)
    assert not is_recent(NOON, NOON + EVERY + 1)
