"""The school's switch to its own sign-in ends the sessions that passwords have opened, at once and for good."""

from collections.abc import Sequence

import pytest

import console.system
from console.app import app as console_app
from latchkey.people.model.person import Person
from latchkey.schools.change_settings import change_settings
from tests.support.gateway import Gateway
from tests.support.portal import Portal


@pytest.fixture
def head(portal: Portal) -> Person:
    return portal.add("head", role="teacher", is_admin=True)


def switch(portal: Portal, head: Person, roles: Sequence[str]) -> None:
    """An admin chooses who uses the school's own sign-in."""
    wiring = portal.system.wiring("console")
    school = wiring.schools.get("northbridge")
    assert school is not None
    change_settings(wiring, school, head, {"sso": {"roles": list(roles)}})
    portal.system.clock.now += 1


def status(portal: Portal, token: str) -> int:
    code: int = portal.get("/account", Authorization=f"Bearer {token}").status_code
    return code


def test_a_session_ends_with_the_switch_and_other_roles_go_on(portal: Portal, head: Person) -> None:
    portal.add("tom", role="teacher")
    portal.add("ann")
    teacher, student = (portal.sign_in(name).json_body["token"] for name in ("tom", "ann"))
    assert (status(portal, teacher), status(portal, student)) == (200, 200)
    switch(portal, head, ["teacher"])
    assert (status(portal, teacher), status(portal, student)) == (401, 200)
    page = portal.page("/account", Cookie=f"__Host-latchkey={teacher}")
    assert (page.status_code, page.headers["Location"]) == (303, "/schools/northbridge/sessions")


def test_a_session_opened_from_a_copy_of_the_old_settings_opens_nothing(portal: Portal, head: Person) -> None:
    """Sign-in reads the school up to a minute old; a session reads it with each request."""
    portal.add("tom", role="teacher")
    portal.sign_in("tom", "warm")
    switch(portal, head, ["teacher"])
    answer = portal.sign_in("tom")
    assert answer.status_code == 201
    assert status(portal, answer.json_body["token"]) == 401


def test_the_way_back_brings_no_old_session_to_life(portal: Portal, head: Person) -> None:
    portal.add("tom", role="teacher")
    portal.add("ann")
    before, student = (portal.sign_in(name).json_body["token"] for name in ("tom", "ann"))
    switch(portal, head, ["teacher"])
    between = portal.sign_in("tom").json_body["token"]  # by the kept copy
    switch(portal, head, [])
    assert (status(portal, before), status(portal, between)) == (401, 401)
    portal.system.clock.now += 60
    assert status(portal, portal.sign_in("tom").json_body["token"]) == 200
    assert status(portal, student) == 200
    switch(portal, head, ["student"])
    assert status(portal, student) == 401
    assert status(portal, portal.sign_in("tom").json_body["token"]) == 200, "each role has its own switch"


def test_other_settings_end_nobodys_session(portal: Portal, head: Person) -> None:
    portal.add("ann")
    token = portal.sign_in("ann").json_body["token"]
    wiring = portal.system.wiring("console")
    change_settings(wiring, portal.schools["northbridge"], head, {"notice": "Snow", "sso": {"label": "Go"}})
    assert status(portal, token) == 200


def test_an_admin_of_such_a_role_keeps_session_and_password(
    portal: Portal, head: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They get in when the school's own sign-in is down: the same people who may sign in with a password."""
    monkeypatch.setattr(console.system, "wiring", portal.system.wiring)
    token = portal.sign_in("head").json_body["token"]
    deputy = portal.add("deputy", role="teacher")
    session = portal.sign_in("deputy").json_body["token"]
    said = {"Accept": "application/json", "Authorization": f"Bearer {token}"}
    for roles in (["teacher"], [], ["teacher"]):
        switch(portal, head, roles)
        assert Gateway(console_app).get("/admin/northbridge/settings", headers=said).status_code == 200
        assert status(portal, token) == 200
        assert portal.sign_in("head").status_code == 201
    portal.system.wiring("operate").directory("northbridge").make_admin(deputy)
    assert status(portal, session) == 401, "who becomes an admin signs in anew"


def test_a_console_session_of_somebody_who_is_no_admin_any_more_is_none(portal: Portal, head: Person) -> None:
    token = portal.sign_in("head").json_body["token"]
    switch(portal, head, ["teacher"])
    admins = portal.system.wiring("operate").admins("northbridge")
    admins.end(portal.person(head), admins.revision(), [])
    assert status(portal, token) == 401


@pytest.mark.moto
def test_the_question_costs_no_call_more(portal: Portal, head: Person) -> None:
    portal.add("ann")
    token = portal.sign_in("ann").json_body["token"]
    switch(portal, head, ["teacher"])
    calls: list[str] = []
    events = portal.wiring.client("dynamodb").meta.events
    events.register("before-call", lambda model, **_: calls.append(model.name), unique_id="count")
    status(portal, token)
    events.unregister("before-call", unique_id="count")
    assert calls == ["BatchGetItem"]  # the session, the person, the school
