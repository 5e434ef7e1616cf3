"""The operator sees who the admins of a school are, and ends the rights of one: never of the last by mistake."""

import json
from typing import Any

import pytest

import operate.handler as door
from tests.support.mail_road import Context, MailRoad


@pytest.fixture
def operate(road: MailRoad) -> Any:
    road.monkeypatch.setattr(door, "system", lambda: road.system.wiring("operate"))
    return lambda command, **event: json.loads(
        json.dumps(door.handle({"command": command, "school": "northbridge", **event}, Context()))
    )


def test_admins_are_listed(road: MailRoad, operate: Any) -> None:
    ann = road.person(1, role="teacher", is_admin=True, last_login_at=1_790_000_000)
    road.person(2, role="staff", is_admin=True, status="left")
    road.person(3, role="teacher")
    found = {"id": ann.id, "name": ann.name, "email": ann.email, "role": "teacher", "last_signed_in": "2026-09-21"}
    assert operate("list_admins") == {"ok": True, "admins": [found]}


def test_the_rights_of_an_admin_end_with_their_sessions(road: MailRoad, operate: Any) -> None:
    ann, ben = (road.person(each, role="staff", is_admin=True) for each in (1, 2))
    assert operate("end_admin", person=ann.id)["ended"]["id"] == ann.id
    now_is = road.system.wiring("console").directory("northbridge").person(ann.id)
    assert now_is is not None
    assert (now_is.is_admin, now_is.status, now_is.stamp == ann.stamp) == (False, "active", False)
    assert [each["id"] for each in operate("list_admins")["admins"]] == [ben.id]
    events, _ = road.system.wiring("console").audit("northbridge").page()
    assert [(each["actor"], each["action"], each["facts"]) for each in events] == [
        ("operator", "admin.end", {"person": ann.id, "role": ann.role})
    ]


def test_the_last_admin_stays_unless_that_is_meant(road: MailRoad, operate: Any) -> None:
    ann = road.person(1, role="staff", is_admin=True)
    road.person(2, role="staff", is_admin=True, status="left")
    assert "last admin" in operate("end_admin", person=ann.id)["error"]
    assert "last admin" in operate("end_admin", person=ann.id, last_too="yes")["error"]
    assert operate("end_admin", person=ann.id, last_too=True)["ok"]
    assert operate("list_admins")["admins"] == []


@pytest.mark.parametrize("person", [None, "x", "0" * 20, 7, {"S": "x"}])
def test_who_is_no_admin_is_refused(road: MailRoad, operate: Any, person: Any) -> None:
    road.person(1, role="teacher")
    assert operate("end_admin", person=person)["error"].startswith("This is no admin")
