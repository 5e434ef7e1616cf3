"""The operator takes away a second step that was lost: everybody is told, sessions end, and twice is harmless."""

import json
from typing import Any

import pytest

import operate.handler as door
from latchkey.errors import NotSignedIn
from latchkey.second_factors.enrol_factor import begin_enrolment, finish_enrolment
from latchkey.shared.stores.dynamo import Put
from latchkey.sign_in.hashing import hash_of
from latchkey.sign_in.session import open_session, who
from tests.support.authenticator import app_code
from tests.support.mail_road import Context, MailRoad

PASSWORD = "tulip-harbour-94-quartz"


@pytest.fixture
def operate(road: MailRoad) -> Any:
    road.monkeypatch.setattr(door, "system", lambda: road.system.wiring("operate"))
    return lambda command, **event: json.loads(
        json.dumps(door.handle({"command": command, "school": "northbridge", **event}, Context()))
    )


def with_app(road: MailRoad, number: int, **facts: Any) -> tuple[str, str]:
    """Somebody with an app: their id, and the token of a session."""
    portal = road.system.wiring("portal")
    made = road.person(number, **{"role": "staff", "password_set_at": 1, **facts})
    table, put = portal.credentials("northbridge").password_of(made.id, hash_of(PASSWORD), 1)
    table.put(Put(item=put.item))
    found = portal.directory("northbridge").person(made.id)
    assert found is not None
    token, _ = open_session(portal, "northbridge", found)
    begun = begin_enrolment(portal, who(portal, token), "totp", "Phone", PASSWORD)
    finish_enrolment(portal, who(portal, token), begun.id, code=app_code(begun.secret, road.system.clock.now))
    return made.id, token


def test_a_lost_second_step_is_taken_away_and_everybody_is_told(road: MailRoad, operate: Any) -> None:
    ann, token = with_app(road, 1, is_admin=True)
    ben = road.person(2, role="staff", is_admin=True)
    portal = road.system.wiring("portal")
    assert operate("reset_factors", person=ann)["reset"]["id"] == ann
    found = portal.directory("northbridge").person(ann)
    assert found is not None
    assert (found.second_factors, found.version) == ((), 1)
    assert portal.second_factors("northbridge").of(ann).all == ()
    assert portal.second_factors("northbridge").of(ann).recovery == ()
    with pytest.raises(NotSignedIn):
        who(portal, token)
    events, _ = road.system.wiring("console").audit("northbridge").page()
    assert ("operator", "second_factor.reset", {"person": ann}) in [(e["actor"], e["action"], e["facts"]) for e in events]
    due = road.system.wiring("plan_send").reminders.until(int(road.system.clock()))
    notices = [each.notice for each in due if each.notice]
    assert [(each.kind, each.person, each.by) for each in notices] == [("factors_reset", ann, "operator")]
    assert ben.id


def test_twice_is_harmless_and_tells_once(road: MailRoad, operate: Any) -> None:
    ann, _ = with_app(road, 1)
    for _ in range(2):
        assert operate("reset_factors", person=ann)["ok"]
    due = road.system.wiring("plan_send").reminders.until(int(road.system.clock()))
    assert len([each for each in due if each.notice]) == 1


def test_what_a_crash_has_left_is_deleted_the_next_time(road: MailRoad, operate: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ann, _ = with_app(road, 1)
    kept = type(road.system.wiring("operate").second_factors("northbridge"))
    with monkeypatch.context() as broken:
        broken.setattr(kept, "forget", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            operate("reset_factors", person=ann)
    portal = road.system.wiring("portal")
    assert portal.second_factors("northbridge").of(ann).all
    assert operate("reset_factors", person=ann)["ok"]
    assert not portal.second_factors("northbridge").of(ann).all


@pytest.mark.parametrize("person", [None, "x", "0" * 20, 7, {"S": "x"}])
def test_nobody_is_refused(operate: Any, person: Any) -> None:
    assert operate("reset_factors", person=person)["error"].startswith("There is nobody")
