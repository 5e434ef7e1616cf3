"""The operator ends every link or every code of a school: the portal refuses them at once, and takes those made afterwards."""

from typing import Any

import pytest

import operate.handler as door
from latchkey.codes.issue_codes import issue_codes
from latchkey.codes.model.codes import code
from latchkey.people.model.person import CodeState, Person
from tests.support.mail_road import Context
from tests.support.portal import Portal

PIN = CodeState(generation=3, expires_at=1_800_000_000)
NEW = "violet-anchor-12-paper"


@pytest.fixture
def operate(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(door, "system", lambda: portal.system.wiring("operate"))
    return lambda what, **more: door.handle({"command": "end_epoch", "school": "northbridge", "what": what, **more}, Context())


def pupil(portal: Portal, name: str = "ann", number: int = 7, **facts: Any) -> Person:
    return portal.add(name, number=number, pin=PIN, **facts)


def check_link(portal: Portal, token: str) -> tuple[int, Any]:
    answer = portal.post("/password-links/check", {"token": token})
    return answer.status_code, answer.body


def check_code(portal: Portal, typed: str, school: str = "northbridge") -> tuple[int, Any]:
    answer = portal.post(f"/schools/{school}/codes/check", {"code": typed})
    return answer.status_code, answer.body


def test_a_link_of_an_older_epoch_is_refused_as_a_forged_one(portal: Portal, operate: Any) -> None:
    ann = pupil(portal)
    old = portal.token(ann)
    assert check_link(portal, old)[0] == 200  # the portal has read the school, and keeps it for its pages
    assert operate("link", confirm=True) == {"ok": True, "epoch": 1, "people": 0, "done": True}
    forged = old[:-3] + ("AAA" if not old.endswith("AAA") else "BBB")
    assert check_link(portal, old) == check_link(portal, forged)
    assert check_link(portal, old)[0] == 410
    assert portal.post("/password-links/use", {"token": old, "password": NEW}).status_code == 410
    portal.post("/password-links/renew", {"token": old})
    assert portal.system.messages("REQUESTS_QUEUE") == []
    assert check_link(portal, portal.token(ann, epoch=1))[0] == 200


def test_codes_of_an_older_epoch_are_refused_as_wrong_ones_and_printing_makes_new_ones(portal: Portal, operate: Any) -> None:
    ann = pupil(portal)
    old = portal.code(ann, "pin")
    wrong = code("pin", 7, 3, b"another key")
    assert check_code(portal, old)[0] == 200
    assert operate("code", confirm=True) == {"ok": True, "epoch": 1, "people": 1, "done": True}
    assert check_code(portal, old) == check_code(portal, wrong)
    assert check_code(portal, old)[0] == 410
    console = portal.system.wiring("console")
    school = console.schools.get("northbridge")
    assert school is not None
    issued = issue_codes(console, school, [portal.person(ann)], ("pin", "parent"))
    assert issued.new == {"pin": 1, "parent": 1}
    assert check_code(portal, portal.code(ann, "pin", epoch=1))[0] == 200
    assert portal.redeem(portal.code(ann, "pin", epoch=1), username="ann", password=NEW).status_code == 201


def test_links_and_codes_end_apart_and_in_one_school_only(portal: Portal, operate: Any) -> None:
    ann, theirs = pupil(portal), portal.add("sue", "southgate", number=7, parent_code=PIN)
    operate("code", confirm=True)
    assert check_link(portal, portal.token(ann))[0] == 200
    assert check_code(portal, portal.code(theirs, "parent", "southgate"), "southgate")[0] == 200
    operate("link", confirm=True)
    parent = portal.add("pat", "southgate", role="parent")
    assert check_link(portal, portal.token(parent, "southgate"))[0] == 200


def test_without_a_confirmation_it_says_whom_it_would_hit_and_ends_nothing(portal: Portal, operate: Any) -> None:
    ann = pupil(portal)
    pupil(portal, "bob", 8, parent_code=PIN)
    portal.add("cat", number=9, pin=CodeState(generation=1, expires_at=1))
    portal.add("tim", role="teacher", email="tim@northbridge.example")
    assert operate("code") == {"ok": True, "epoch": 1, "people": 2, "done": False}
    assert check_code(portal, portal.code(ann, "pin"))[0] == 200
    assert operate("code", confirm="yes")["done"] is False


@pytest.mark.parametrize("what", [None, "", "links", ["link"], {}])
def test_what_to_end_has_to_be_said(operate: Any, what: Any) -> None:
    assert operate(what, confirm=True) == {"ok": False, "error": "Say what to end: link or code."}


def test_a_school_that_is_not_there_is_refused(operate: Any) -> None:
    assert operate("link", school="nowhere", confirm=True) == {"ok": False, "error": "There is no such school."}


def test_the_activity_says_that_the_operator_ended_them(portal: Portal, operate: Any) -> None:
    pupil(portal)
    operate("code", confirm=True)
    operate("link", confirm=True)
    events, _ = portal.system.wiring("console").audit("northbridge").page()
    found = {event["action"]: (event["actor"], event["facts"]) for event in events}
    assert found == {"codes.end": ("operator", {"epoch": 1, "people": 1}), "links.end": ("operator", {"epoch": 1, "people": 0})}
