"""What families ask of their account costs at most eight calls of AWS, also where the session is noted as seen."""

from typing import Any

import pytest

from latchkey.families.invite_parents import MOST as MOST_ADDRESSES
from latchkey.families.invite_parents import PER_STUDENT
from latchkey.people.model.person import CodeState, Person
from tests.support.portal import Portal, calls_of
from tests.support.system import START

MOST = 8
INVITATIONS = "/account/parent-invitations"
WHO = ["batch_get_item", "update_item"]
"""Who asks, and that their session is in use, which is noted every five minutes."""
FIVE = [f"parent{number}@home.example" for number in range(MOST_ADDRESSES)]
LIVE = CodeState(1, START + 86_400)


@pytest.fixture
def ann(portal: Portal) -> Person:
    """A student with a mother, whose PIN is over, and another with whose codes their keys are derived."""
    mum = portal.add("mum", role="parent", email="mum@home.example")
    made = portal.add("ann", number=7, parents=(mum.id,), email="ann@northbridge.example", pin=CodeState(1, START - 1))
    portal.wiring.directory("northbridge").change(mum.id, {"children": [made.id]})
    bob = portal.add("bob", number=8, pin=LIVE, parent_code=LIVE)
    for kind in ("pin", "parent"):
        portal.post("/schools/northbridge/codes/check", {"code": portal.code(bob, kind)})
    return made


def asked(portal: Portal, name: str, method: str, path: str, fields: Any = None, *, status: int, page: bool = False) -> list[str]:
    """The calls of one request of somebody whose session was last in use six minutes ago."""
    token = portal.sign_in(name).json_body["token"]
    portal.requests()
    portal.system.clock.now += 360
    headers = {"Cookie": f"__Host-latchkey={token}"} if page else {"Authorization": f"Bearer {token}"}
    with calls_of(portal.wiring, "northbridge") as calls:
        if method == "GET":
            answer = (portal.page if page else portal.get)(path, **headers)
        else:
            answer = (portal.submit if page else portal.post)(path, fields or {}, **headers)
    assert answer.status_code == status, answer.body
    assert calls[:2] == WHO
    return calls[2:]


@pytest.mark.parametrize("many", [1, MOST_ADDRESSES])
def test_parents_are_invited(portal: Portal, ann: Person, many: int) -> None:
    once = ["update_item", "update_item", "batch_get_item", "transact_write_items", "send_message_batch"]
    found = asked(portal, "ann", "POST", INVITATIONS, {"emails": FIVE[:many]}, status=202)
    assert found == once, "what was counted, read, written and asked for, however many they are"
    fields = {f"email_{number}": email for number, email in enumerate(FIVE[:many], 1)}
    assert asked(portal, "ann", "POST", INVITATIONS, fields, status=303, page=True) == once
    assert len(once) + len(WHO) <= MOST


def test_more_than_one_may_invite_in_a_day(portal: Portal, ann: Person) -> None:
    for _ in range(PER_STUDENT.limit // MOST_ADDRESSES):
        asked(portal, "ann", "POST", INVITATIONS, {"emails": FIVE}, status=202)
    fields = {f"email_{number}": email for number, email in enumerate(FIVE, 1)}
    found = asked(portal, "ann", "POST", INVITATIONS, fields, status=429, page=True)
    assert found == ["update_item", "update_item", "get_item", "batch_get_item"], "counted, given back; what the page shows again"


def test_an_invitation_is_taken_back(portal: Portal, ann: Person) -> None:
    for page, status in ((False, 204), (True, 303)):
        asked(portal, "ann", "POST", INVITATIONS, {"emails": FIVE}, status=202)
        token = portal.sign_in("ann").json_body["token"]
        item = portal.get(INVITATIONS, Authorization=f"Bearer {token}").json_body["items"][0]
        path = f"{INVITATIONS}/{item['id']}/take-back"
        assert asked(portal, "ann", "POST", path, status=status, page=page) == ["batch_get_item", "transact_write_items"]
        assert asked(portal, "ann", "POST", path, status=404, page=page)[:1] == ["batch_get_item"]


@pytest.mark.parametrize("path", ["/account", INVITATIONS, "/account/parents", "/account/sessions"])
def test_pages_of_a_student(portal: Portal, ann: Person, path: str) -> None:
    asked(portal, "ann", "POST", INVITATIONS, {"emails": FIVE}, status=202)
    for page in (False, True):
        assert len(asked(portal, "ann", "GET", path, status=200, page=page)) + len(WHO) <= MOST


def test_what_else_a_student_can_do(portal: Portal, ann: Person) -> None:
    mum = portal.person_named("mum")
    for page in (False, True):
        code = asked(portal, "ann", "POST", "/account/parent-code", status=200, page=page)
        object_to = asked(portal, "ann", "POST", f"/account/parents/{mum.id}/not-mine", status=303 if page else 204, page=page)
        assert len(code) + len(WHO) <= MOST
        assert len(object_to) + len(WHO) <= MOST


@pytest.mark.parametrize("page", [False, True])
def test_what_a_parent_can_do(portal: Portal, ann: Person, page: bool) -> None:
    place = f"/account/children/{ann.id}"
    code = {"code": portal.code(portal.person_named("bob"), "parent")}
    found = {
        "look": asked(portal, "mum", "GET", "/account", status=200, page=page),
        "pin": asked(portal, "mum", "POST", f"{place}/pin", status=200, page=page),
        "link": asked(portal, "mum", "POST", f"{place}/link", status=303 if page else 202, page=page),
        "add": asked(portal, "mum", "POST", "/account/children", code, status=303 if page else 201, page=page),
        "leave": asked(portal, "mum", "POST", f"{place}/delete", status=303 if page else 204, page=page),
    }
    assert {what: calls for what, calls in found.items() if len(calls) + len(WHO) > MOST} == {}
