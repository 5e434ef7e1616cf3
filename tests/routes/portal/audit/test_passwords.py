"""Every password that is set stands in the audit trail with its purpose, in the transaction that sets it."""

from typing import Any

import pytest

from latchkey.people.model.person import CodeState
from latchkey.schools.model.school import DAY
from latchkey.shared.stores.dynamo import ConditionFailed
from latchkey.sign_in.stores.passwords import Passwords
from tests.support.portal import Portal

LIVE = CodeState(3, 1_795_000_000 + 90 * DAY)
NEW = "violet-kettle-77-north"
MUM = {"email": "mum@home.example", "given_name": "Maya", "family_name": "Okafor"}


def events(portal: Portal) -> list[dict[str, Any]]:
    return portal.system.wiring("console").audit("northbridge").page(kind="sign_ins")[0]


@pytest.mark.parametrize("purpose", ["welcome", "reset", "forgot"])
@pytest.mark.parametrize("role", ["student", "teacher"])
def test_a_link(portal: Portal, purpose: Any, role: str) -> None:
    ann = portal.add("ann", role=role, email="ann@x.example")
    token = portal.token(portal.person(ann), purpose=purpose)
    assert portal.post("/password-links/use", {"token": token, "password": NEW}).status_code == 204
    (event,) = events(portal)
    assert (event["actor"], event["action"]) == (ann.id, "password.set")
    assert event["facts"] == {"purpose": purpose, "role": role}
    assert event["visitor"]
    assert portal.post("/password-links/use", {"token": token, "password": NEW}).status_code == 410
    assert len(events(portal)) == 1


def test_codes(portal: Portal) -> None:
    ann = portal.add("ann", number=7, pin=LIVE, parent_code=LIVE, password=None)
    assert portal.redeem(portal.code(ann, "pin"), password=NEW).status_code == 201
    portal.system.clock.now += 1
    parent = portal.redeem(portal.code(ann, "parent"), password=NEW, **MUM).json_body["person"]["id"]
    found = [(event["actor"], event["action"], event["facts"]["kind"]) for event in events(portal)]
    assert found == [(parent, "code.use", "parent"), (ann.id, "code.use", "pin")]
    assert all(event["visitor"] for event in events(portal))


def test_a_password_that_is_not_set_leaves_no_event(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = portal.add("ann", email="ann@x.example")
    token = portal.token(portal.person(ann))
    assert portal.post("/password-links/use", {"token": token, "password": "short"}).status_code == 422

    def late(*_: object, **__: object) -> None:
        raise ConditionFailed(None)

    monkeypatch.setattr(Passwords, "set", late)
    assert portal.post("/password-links/use", {"token": token, "password": NEW}).status_code == 410
    assert events(portal) == []
