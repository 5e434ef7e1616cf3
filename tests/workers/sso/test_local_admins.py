"""Admins who must come in by the school's own sign-in, and those who keep a password for the day on which it is down."""

import json
from dataclasses import replace
from typing import Any

import pytest

import operate.handler as door
from latchkey.errors import Conflict
from latchkey.people.model.person import Person
from latchkey.records.admins import end_admin
from latchkey.schools.model.school import PublicConnection, School, SingleSignOn
from latchkey.second_factors.change_factors import remove_factor
from latchkey.second_factors.enrol_factor import begin_enrolment, finish_enrolment
from latchkey.shared.stores.dynamo import Put
from latchkey.sign_in.hashing import hash_of
from latchkey.sign_in.session import open_session, who
from latchkey.sso.local_admins import able_admins, chosen_admins
from tests.support.authenticator import app_code
from tests.support.mail_road import Context, MailRoad

PASSWORD = "tulip-harbour-94-quartz"
GOOGLE = PublicConnection(name="google", kind="google", label="Google", roles=("teacher", "staff"), issuer="https://x.example")


def admin(road: MailRoad, number: int, *, app: bool = True) -> tuple[Person, str]:
    """An admin with a password, and an app where they have one; with a session."""
    portal = road.system.wiring("portal")
    made = road.person(number, role="staff", is_admin=True, password_set_at=1)
    table, put = portal.credentials("northbridge").password_of(made.id, hash_of(PASSWORD), 1)
    table.put(Put(item=put.item))
    found = portal.directory("northbridge").person(made.id)
    assert found is not None
    token, _ = open_session(portal, "northbridge", found)
    if app:
        begun = begin_enrolment(portal, who(portal, token), "totp", "Phone", PASSWORD)
        finish_enrolment(portal, who(portal, token), begun.id, code=app_code(begun.secret, road.system.clock.now))
    found = portal.directory("northbridge").person(made.id)
    assert found is not None
    return found, token


def school(road: MailRoad) -> School:
    found = road.system.wiring("console").schools.get("northbridge")
    assert found is not None
    return found


def must(road: MailRoad, *local: str) -> School:
    before = school(road)
    sso = replace(SingleSignOn().with_connections([GOOGLE]), admins="must", local_admins=local)
    settings = replace(before.settings, sso=sso, second_factor="optional")
    road.system.wiring("console").setting_changes.write(before, settings, None, [], road.system.wiring("console").now())
    return school(road)


def test_only_who_has_a_password_and_a_second_step_can_be_chosen(road: MailRoad) -> None:
    (able, _), (without, _) = admin(road, 1), admin(road, 2, app=False)
    console = road.system.wiring("console")
    assert [each.id for each in able_admins(console, school(road))] == [able.id]
    for given, chosen, fault in (
        ([able.id], (able.id,), ""),
        ([able.id, able.id], (able.id,), ""),
        ([able.id, without.id], (), "Choose admins only"),
        (["nobody"], (), "Choose admins only"),
        ([], (), "Choose at least one admin"),
        (None, (), "Choose at least one admin"),
        (able.id, (), "This must be a list"),
        ([1], (), "This must be a list"),
    ):
        wrong: dict[str, str] = {}
        assert chosen_admins(console, school(road), given, wrong) == chosen
        assert wrong.get("local_admins", "").startswith(fault)
        assert bool(wrong) is bool(fault)
    assert chosen_admins(console, must(road, able.id, without.id), None, {}) == (able.id,)


def test_the_last_who_keeps_a_password_keeps_rights_and_second_step(road: MailRoad) -> None:
    (head, token), (deputy, _), (third, _) = admin(road, 1), admin(road, 2), admin(road, 3)
    known = must(road, head.id, deputy.id)
    console, portal = road.system.wiring("console"), road.system.wiring("portal")
    end_admin(console, known, third, deputy.id)
    with pytest.raises(Conflict) as refused:
        end_admin(console, known, third, head.id)
    assert refused.value.code == "last_local_admin"
    (factor,) = portal.second_factors("northbridge").of(head.id).all
    with pytest.raises(Conflict) as kept:
        remove_factor(portal, who(portal, token), factor.id)
    assert kept.value.code == "last"
    end_admin(console, known, head, third.id)


@pytest.fixture
def operate(road: MailRoad) -> Any:
    road.monkeypatch.setattr(door, "system", lambda: road.system.wiring("operate"))
    return lambda command, **event: json.loads(json.dumps(door.handle({"command": command, **event}, Context())))


def test_the_operator_gives_passwords_back_and_all_admins_are_told(road: MailRoad, operate: Any) -> None:
    head, _ = admin(road, 1)
    known = must(road, head.id)
    other = replace(head, id="z" * 20)
    assert known.uses_sso(other)
    assert operate("free_admins", school="northbridge") == {"ok": True, "changed": True}
    after = school(road)
    assert (after.settings.sso.admins, after.uses_sso(other)) == ("may", False)
    assert after.settings.sso.connections == known.settings.sso.connections
    events = road.system.wiring("console").audit("northbridge").page()[0]  # in one second they are in no order
    assert ("operator", "settings.change") in {(event["actor"], event["action"]) for event in events}
    assert operate("free_admins", school="northbridge") == {"ok": True, "changed": False}
    assert operate("free_admins", school="nobody")["ok"] is False
    due = road.system.wiring("plan_send").reminders.until(int(road.system.clock()))
    notices = [each.notice for each in due if each.notice]
    assert [(each.kind, each.by, [change.setting for change in each.changes]) for each in notices] == [
        ("settings_changed", "operator", ["sso.admins"])
    ]
