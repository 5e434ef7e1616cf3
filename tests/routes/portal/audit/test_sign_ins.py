"""Adults' sign-ins and refused ones stand in the audit trail: for the same work whoever is tried, and never without bound."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from latchkey.audit.model.visitors import LENGTH
from latchkey.errors import TryLater
from latchkey.shared.stores.dynamo import Table
from tests.support import gateway
from tests.support.portal import PASSWORD, Portal

ADULTS = ("teacher", "staff", "parent")


def events(portal: Portal, school: str = "northbridge") -> list[dict[str, Any]]:
    return portal.system.wiring("console").audit(school).page(kind="sign_ins")[0]


def at(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """From now on requests come from this address."""
    honest = gateway.proxy_event.__wrapped__ if hasattr(gateway.proxy_event, "__wrapped__") else gateway.proxy_event

    def moved(*arguments: Any) -> dict[str, Any]:
        event = honest(*arguments)
        event["requestContext"]["identity"]["sourceIp"] = address
        return event

    moved.__wrapped__ = honest  # type: ignore[attr-defined]
    monkeypatch.setattr(gateway, "proxy_event", moved)


@contextmanager
def counted(portal: Portal) -> Iterator[Counter[str]]:
    work: Counter[str] = Counter()
    clients = [portal.wiring.client(name) for name in ("dynamodb", "kms", "sqs")]
    for client in clients:
        client.meta.events.register("before-call", lambda model, **_: work.update([model.name]), unique_id="count")
    yield work
    for client in clients:
        client.meta.events.unregister("before-call", unique_id="count")


@pytest.mark.parametrize("role", ADULTS)
def test_an_adults_sign_in_is_recorded(portal: Portal, role: str) -> None:
    ada = portal.add("ada", role=role)
    assert portal.sign_in("ada").status_code == 201
    (event,) = events(portal)
    assert (event["actor"], event["action"], event["facts"]) == (ada.id, "sign_in.done", {"role": role})
    assert event["at"] == portal.wiring.now()
    assert len(event["visitor"]) == LENGTH


def test_a_students_sign_in_is_not(portal: Portal) -> None:
    portal.add("ann")
    assert portal.sign_in("ann").status_code == 201
    assert events(portal) == []


@pytest.mark.moto
def test_recording_a_sign_in_costs_no_call_more(portal: Portal) -> None:
    portal.add("ann")
    portal.add("ada", role="teacher")
    portal.sign_in("warm")
    works = {}
    for name in ("ann", "ada"):
        with counted(portal) as work:
            assert portal.sign_in(name).status_code == 201
        works[name] = work
    assert works["ann"].total() == 8
    assert works["ada"] == works["ann"], "the session and its event are one write"


def test_a_session_that_cannot_be_written_leaves_no_event(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    portal.add("ada", role="teacher")

    def busy(*_: object) -> None:
        raise TryLater()

    monkeypatch.setattr(Table, "transact_with", busy)
    assert portal.sign_in("ada").status_code == 503
    assert events(portal) == []


@pytest.mark.parametrize("role", ADULTS)
def test_refused_sign_ins_of_an_adult_are_one_event_an_hour_with_a_count(portal: Portal, role: str) -> None:
    ada = portal.add("ada", role=role, email="ada@x.example")
    start = portal.system.clock.now = portal.system.clock.now // 3_600 * 3_600
    for number, typed in enumerate(("ada", "ada@x.example", "ADA")):
        portal.system.clock.now = start + number
        assert portal.sign_in(typed, "wrong").status_code == 401
    (event,) = events(portal)
    assert (event["actor"], event["action"]) == ("portal", "sign_in.refused")
    assert event["facts"] == {"person": ada.id, "role": role, "tries": 3}
    assert event["at"] == start + 2, "the last one"
    portal.system.clock.now = start + 3_600
    portal.sign_in("ada", "wrong")
    assert [each["facts"]["tries"] for each in events(portal)] == [1, 3]


def test_unknown_names_and_students_share_one_event_an_hour(portal: Portal) -> None:
    portal.add("ann")
    portal.add("gone", role="teacher", status="left")
    for number in range(60):
        portal.sign_in(f"nobody{number}", "wrong")
    for name in ("ann", "gone"):
        portal.sign_in(name, "wrong")
    (event,) = events(portal)
    assert (event["action"], event["facts"]) == ("sign_in.refused", {"people": "others", "tries": 62})
    stored = json.dumps(events(portal))
    assert "nobody" not in stored


def test_what_is_over_the_budget_is_not_looked_up_and_not_counted(portal: Portal) -> None:
    portal.add("ada", role="teacher")
    for _ in range(15):
        portal.sign_in("ada", "wrong")
    (event,) = events(portal)
    assert event["facts"]["tries"] == 10


@pytest.mark.moto
def test_a_refusal_is_the_same_work_for_everybody(portal: Portal) -> None:
    portal.add("ann")
    portal.add("ada", role="teacher", email="ada@x.example")
    portal.add("mum", role="parent")
    portal.sign_in("warm")
    works, answers = set(), set()
    for typed in ("ann", "ada", "mum", "ada@x.example", "nobody", "nobody@x.example"):
        for _ in range(2):
            with counted(portal) as work:
                answer = portal.sign_in(typed, "wrong")
            works.add(str(sorted(work.items())))
            answers.add((answer.status_code, answer.body, str(sorted(answer.headers.items()))))
    assert len(answers) == 1
    assert works == {"[('BatchGetItem', 1), ('GetItem', 1), ('Query', 1), ('UpdateItem', 5)]"}


def test_a_table_that_is_busy_does_not_change_the_answer(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    portal.add("ada", role="teacher")
    usual = portal.sign_in("ada", "wrong")

    def busy(*_: object) -> None:
        raise TryLater()

    monkeypatch.setattr("latchkey.audit.stores.audit.Audit.tally", busy)
    for name in ("ada", "nobody"):
        answer = portal.sign_in(name, "wrong")
        assert (answer.status_code, answer.body) == (usual.status_code, usual.body)


def test_a_visitor_is_a_short_mark_and_never_an_address(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    portal.add("ada", role="teacher")
    portal.add("boss", "southgate", role="teacher")
    marks = {}
    for address in (
        "203.0.113.9",
        "::ffff:203.0.113.9",
        "203.0.113.10",
        "2001:db8:0:1::1",
        "2001:db8:0:1:ffff::9",
        "2001:db8:0:2::1",
    ):
        at(monkeypatch, address)
        assert portal.sign_in("ada").status_code == 201
        marks[address] = events(portal)[0]["visitor"]
        portal.system.clock.now += 1
    assert marks["203.0.113.9"] == marks["::ffff:203.0.113.9"]
    assert marks["2001:db8:0:1::1"] == marks["2001:db8:0:1:ffff::9"]
    assert len(set(marks.values())) == 4
    at(monkeypatch, "203.0.113.9")
    portal.sign_in("boss", school="southgate")
    assert events(portal, "southgate")[0]["visitor"] not in marks.values(), "another school, another mark"
    stored = json.dumps(events(portal) + events(portal, "southgate"))
    assert "203.0.113" not in stored
    assert "2001:db8" not in stored


def test_a_mark_is_no_key_of_a_counter(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, "203.0.113.9")
    portal.add("ada", role="teacher")
    portal.sign_in("ada")
    portal.post("/schools/northbridge/forgot-password", {"identifier": "ada"})
    (message,) = portal.requests()
    assert events(portal)[0]["visitor"] not in message["from"]


def test_the_password_stands_in_no_event(portal: Portal) -> None:
    portal.add("ada", role="teacher")
    portal.sign_in("ada")
    portal.sign_in("ada", PASSWORD + "!")
    assert PASSWORD not in json.dumps(events(portal))
