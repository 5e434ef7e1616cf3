"""One budget for all that only an account's owner has: counted before it is compared, and never given back by another answer."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from latchkey.errors import TooMany
from latchkey.sign_in.budgets import PER_ADDRESS, PER_PERSON, PER_SCHOOL, give_back_to_person, note_failure, spend_of_person
from tests.support.portal import Portal


def tries(portal: Portal, person: str, source_ip: str | None = None) -> bool:
    try:
        spend_of_person(portal.wiring, portal.schools["northbridge"], portal.person_named(person), source_ip)
    except TooMany:
        return False
    return True


def test_ten_in_a_quarter_of_an_hour_and_a_hundred_a_day(portal: Portal) -> None:
    portal.add("ann")
    portal.add("ben")
    portal.system.clock.now += 86_400 - portal.system.clock.now % 86_400
    for _ in range(10):
        assert [tries(portal, "ann") for _ in range(11)] == [True] * 10 + [False]
        assert tries(portal, "ben"), "another account has its own"
        portal.system.clock.now += 900
    assert not tries(portal, "ann"), "a hundred a day"
    portal.system.clock.now += 86_400
    assert tries(portal, "ann")


def test_a_right_answer_gives_back_itself_and_no_wrong_one(portal: Portal) -> None:
    ann, school = portal.add("ann"), portal.schools["northbridge"]
    for _ in range(9):
        spend_of_person(portal.wiring, school, ann)
    for _ in range(3):
        give_back_to_person(portal.wiring, "northbridge", spend_of_person(portal.wiring, school, ann))
    assert tries(portal, "ann")
    assert not tries(portal, "ann")


def test_of_two_hundred_at_once_ten_are_compared(portal: Portal) -> None:
    portal.add("ann")
    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(lambda _: tries(portal, "ann"), range(200))) == 10


def test_a_visitor_is_counted_by_address_and_slowed_with_the_school(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    portal.add("ann")
    monkeypatch.setattr("latchkey.sign_in.budgets.PER_ADDRESS", PER_ADDRESS.__class__(PER_ADDRESS.name, 2, 900))
    assert [tries(portal, "ann", "203.0.113.9") for _ in range(3)] == [True, True, False]
    assert tries(portal, "ann", "203.0.113.10")
    for _ in range(PER_SCHOOL.limit):
        note_failure(portal.wiring, "northbridge")
    portal.system.clock.now += 900
    assert PER_PERSON[0].window == 900
    assert [tries(portal, "ann", f"203.0.113.{n}") for n in (50, 50)] == [True, True]
