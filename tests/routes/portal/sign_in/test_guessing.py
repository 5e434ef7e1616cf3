"""Guessing passwords: a hundred wrong tries in a row stop a password, and a school that is guessed at is slowed and tells it."""

from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from latchkey.errors import SignInFailed, TooMany
from latchkey.people.model.person import CodeState, Person
from latchkey.schools.model.school import DAY
from latchkey.shared.model.identifiers import lookup
from latchkey.sign_in import budgets, hashing
from latchkey.sign_in.budgets import AT_A_TIME, IN_A_ROW, PAUSES, PER_SCHOOL
from latchkey.sign_in.stores.failures import Row
from tests.support.portal import PASSWORD, Portal
from tests.support.sign_in import sign_in
from tests.support.system import START

OTHER = "marble-lantern-52-otter"
ADDRESSES = count(1)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2id as it was computed before, for hundreds of tries; whatever is set in these tests is hashed with it."""
    known: dict[tuple[str | None, str], bool] = {}
    verify = hashing.verify

    def once(kept: str | None, typed: str) -> bool:
        if (kept, typed) not in known:
            known[kept, typed] = verify(kept, typed)
        return known[kept, typed]

    monkeypatch.setattr(hashing, "verify", once)


def attempt(portal: Portal, name: str, password: str = "wrong", address: str | None = None) -> Any:
    """A try through the use case, from an address of its own unless it is given."""
    number = next(ADDRESSES)
    from_here = address or f"198.18.{number // 250 % 250}.{number % 250}"
    return sign_in(portal.wiring, "northbridge", name, password, source_ip=from_here)


def fails(portal: Portal, name: str, password: str = "wrong", address: str | None = None) -> None:
    with pytest.raises(SignInFailed):
        attempt(portal, name, password, address)


def in_a_row(portal: Portal, name: str, tries: int) -> None:
    """Wrong tries over as many days as the budgets of an identifier ask for."""
    for number in range(tries):
        if number % 10 == 0:
            portal.system.clock.now += DAY
        fails(portal, name)


def events(portal: Portal) -> list[tuple[str, dict[str, Any]]]:
    found = portal.system.wiring("console").audit("northbridge").page(limit=100)[0]
    return [(event["action"], event["facts"]) for event in found if event["action"] in {"password.stopped", "name.guessed"}]


def test_a_hundred_in_a_row_over_many_days_stop_a_password(portal: Portal) -> None:
    ann = portal.add("ann")
    in_a_row(portal, "ann", IN_A_ROW - 1)
    assert attempt(portal, "ann", PASSWORD), "ninety-nine do not, and the right password begins a new row"
    in_a_row(portal, "ann", IN_A_ROW)
    portal.system.clock.now += DAY
    fails(portal, "ann", PASSWORD)
    portal.system.clock.now += 30 * DAY
    fails(portal, "ann", PASSWORD)
    assert events(portal) == [("password.stopped", {"person": ann.id})]
    assert portal.person(ann).locked_out_at, "and the office sees it"


def test_a_link_sets_a_password_that_works_again(portal: Portal) -> None:
    ann = portal.add("ann")
    in_a_row(portal, "ann", IN_A_ROW)
    portal.system.clock.now += DAY
    token = portal.token(portal.person(ann), purpose="forgot")
    assert portal.post("/password-links/use", {"token": token, "password": OTHER}).status_code == 204
    assert attempt(portal, "ann", OTHER)
    in_a_row(portal, "ann", IN_A_ROW - 1)
    assert attempt(portal, "ann", OTHER), "and it has a row of its own"


def test_a_pin_sets_a_password_that_works_again(portal: Portal) -> None:
    ann = portal.add("ann", number=7, pin=CodeState(1, START + 90 * DAY))
    in_a_row(portal, "ann", IN_A_ROW)
    assert portal.redeem(portal.code(ann, "pin"), password=OTHER).status_code == 201
    assert attempt(portal, "ann", OTHER)


def test_all_names_of_an_account_count_as_one(portal: Portal) -> None:
    portal.add("ann", email="ann@northbridge.example")
    in_a_row(portal, "ann", IN_A_ROW // 2)
    in_a_row(portal, "ann@northbridge.example", IN_A_ROW // 2)
    portal.system.clock.now += DAY
    fails(portal, "ann", PASSWORD)
    fails(portal, "ann@northbridge.example", PASSWORD)


def test_who_shares_an_address_does_not_stop_the_other_by_signing_in(portal: Portal) -> None:
    family = {"email": "family@home.example", "role": "parent"}
    one = portal.add("mum", **family, password=PASSWORD)
    two = portal.add("dad", **family, password=OTHER)
    for _ in range(IN_A_ROW + 5):
        for person, password in ((one, PASSWORD), (two, OTHER)):
            assert attempt(portal, "family@home.example", password)[1].person.id == person.id


def test_the_answer_tells_neither_who_exists_nor_who_is_stopped(portal: Portal) -> None:
    portal.add("ann")
    answers = set()
    for name in ("ann", "nobody"):
        in_a_row(portal, name, IN_A_ROW + 3)
        for password in ("wrong", PASSWORD):
            answer = portal.sign_in(name, password)
            answers.add((answer.status_code, answer.body, str(sorted(answer.headers.items()))))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 401
    assert b"ask for a new password" in next(iter(answers))[1]
    assert [name for name, _ in events(portal)] == ["name.guessed", "password.stopped"]


@pytest.mark.moto
def test_the_try_that_stops_a_password_costs_what_it_costs_for_a_name_that_nobody_has(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("latchkey.sign_in.sign_in.IN_A_ROW", 3)
    portal.add("ann")
    fails(portal, "warm")
    work: dict[str, list[str]] = {}
    dynamo = portal.wiring.client("dynamodb").meta.events
    for name in ("ann", "nobody"):
        calls = work[name] = []
        dynamo.register("before-call", lambda model, calls=calls, **_: calls.append(model.name), unique_id="count")
        for _ in range(5):
            fails(portal, name)
        dynamo.unregister("before-call", unique_id="count")
    assert sorted(work["ann"]) == sorted(work["nobody"])


def test_what_is_in_flight_is_counted_before_it_is_compared(portal: Portal) -> None:
    """A hundred tries that have been counted and not yet answered leave no place for the right password among them."""
    ann = portal.add("ann")
    row = Row(lookup(portal.wiring.lookup_key("northbridge"), "person", ann.id), ann.password_set_at or 0)
    for _ in range(IN_A_ROW):
        portal.wiring.failures("northbridge").count(row, portal.wiring.now())
    fails(portal, "ann", PASSWORD)


def spray(portal: Portal, tries: int) -> None:
    """One wrong password for so many usernames, each from another address."""
    for number in range(tries):
        fails(portal, f"user{number}")


def slowed(monkeypatch: pytest.MonkeyPatch, limit: int = 6) -> None:
    """Small numbers for the same steps."""
    monkeypatch.setattr(budgets, "PER_SCHOOL", replace(PER_SCHOOL, limit=limit))
    monkeypatch.setattr(budgets, "PAUSES", tuple((at * limit // PER_SCHOOL.limit, pause) for at, pause in PAUSES))
    monkeypatch.setattr(budgets, "ALARM_AT", (limit, 10 * limit))


def told(caplog: pytest.LogCaptureFixture) -> list[int]:
    alarms = [record.__dict__ for record in caplog.records if record.message == "passwords are being guessed"]
    assert all((alarm["school"], alarm["metric"]) == ("northbridge", "SignInsGuessed") for alarm in alarms)
    return [alarm["failures"] for alarm in alarms]


def test_a_sprayed_password_rings_the_alarm_whatever_addresses_it_comes_from(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    slowed(monkeypatch)
    spray(portal, 5)
    assert told(caplog) == []
    spray(portal, 20)
    assert told(caplog) == [6]
    spray(portal, 40)
    assert told(caplog) == [6, 60]


def test_a_school_that_is_guessed_at_slows_an_address_that_is_wrong_and_refuses_nobody(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    slowed(monkeypatch)
    portal.system.clock.now -= portal.system.clock.now % 3_600
    portal.add("ann")
    spray(portal, 6)
    for number in range(AT_A_TIME):
        fails(portal, f"other{number}", address="203.0.113.9")
    with pytest.raises(TooMany, match="Try again in 5 seconds") as slow:
        attempt(portal, "ann", PASSWORD, address="203.0.113.9")
    assert slow.value.retry_after == 5
    assert attempt(portal, "ann", PASSWORD, address="203.0.113.10"), "another address goes on at once"
    portal.system.clock.now += 5
    for _ in range(20):
        assert attempt(portal, "ann", PASSWORD, address="203.0.113.9"), "and right passwords cost an address nothing"


@pytest.mark.parametrize(("failures", "pause"), [(1, 5), (2, 10), (4, 20), (8, 40), (1_000, 40)])
def test_the_pauses_grow_and_stay_small(portal: Portal, monkeypatch: pytest.MonkeyPatch, failures: int, pause: int) -> None:
    slowed(monkeypatch)
    portal.system.clock.now -= portal.system.clock.now % 3_600
    portal.wiring.counters("CREDENTIALS_TABLE", "northbridge").count(PER_SCHOOL, "all", portal.wiring.now(), 6 * failures)
    for number in range(AT_A_TIME):
        fails(portal, f"other{number}", address="203.0.113.9")
    with pytest.raises(TooMany) as slow:
        attempt(portal, "ann", address="203.0.113.9")
    assert slow.value.retry_after == pause


def test_a_slowed_try_is_told_alike_for_known_and_unknown_and_costs_the_identifier_nothing(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    slowed(monkeypatch)
    portal.system.clock.now -= portal.system.clock.now % 3_600
    portal.add("ann")
    spray(portal, 6)
    for number in range(AT_A_TIME):
        portal.sign_in(f"other{number}", "wrong")
    answers = {
        (answer.status_code, answer.body, answer.headers["Retry-After"])
        for answer in (portal.sign_in(name, "wrong") for name in ("ann", "nobody") for _ in range(15))
    }
    assert {status for status, _, _ in answers} == {429}
    assert len(answers) == 1
    portal.system.clock.now += 5
    assert portal.sign_in("ann").status_code == 201


def test_a_quiet_school_slows_nobody_and_the_next_hour_begins_anew(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    slowed(monkeypatch, limit=20)
    portal.system.clock.now -= portal.system.clock.now % 3_600
    for number in range(19):
        fails(portal, f"other{number}", address="203.0.113.9")
    spray(portal, 10)
    portal.system.clock.now += 3_600
    for number in range(AT_A_TIME + 5):
        fails(portal, f"more{number}", address="203.0.113.9")


def test_a_school_behind_one_address_signs_in_all_of_its_pupils(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budgets, "PER_ADDRESS", replace(budgets.PER_ADDRESS, limit=3))
    pupils: list[Person] = [portal.add(f"pupil{number}") for number in range(5)]
    for pupil in pupils:
        assert attempt(portal, pupil.username or "", PASSWORD, address="203.0.113.9")


def test_right_passwords_ring_nothing(portal: Portal, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    slowed(monkeypatch)
    portal.add("ann")
    for _ in range(30):
        assert attempt(portal, "ann", PASSWORD)
    assert told(caplog) == []
