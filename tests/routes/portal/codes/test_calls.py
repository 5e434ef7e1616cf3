"""What codes, links and invitations cost in calls of AWS: at most eight in a container that knows the school.

A container that has not read the school asks once more, and for each key that KMS derives once.
"""

from typing import Any

import pytest

from latchkey.codes.model import codes
from latchkey.invitations import invite as inviting
from latchkey.invitations.model.invitation import link_of
from latchkey.password_links.model import links
from latchkey.people.model.person import CodeState, Person
from latchkey.schools.model.school import DAY, PhoneRule, Settings
from tests.support.authenticator import Authenticator
from tests.support.portal import PASSWORD, Portal, calls_of
from tests.support.system import START

MOST = 8
LIVE = CodeState(1, START + DAY)
MUM = {"given_name": "Maya", "family_name": "Khan", "email": "mum@home.example"}
TRIED = ["update_item", "query", "update_item", "batch_get_item"]
"""What every try of a code asks for: the budgets, whose number it is, the guess at their code, all else that is read."""


@pytest.fixture
def ann(portal: Portal) -> Person:
    made = portal.add("ann", number=7, pin=LIVE, parent_code=LIVE, read_out=LIVE, password=None, username=None)
    for kind in ("pin", "parent", "read_out"):  # its keys are derived
        portal.post("/schools/northbridge/codes/check", {"code": portal.code(made, kind)})
    return made


@pytest.fixture
def mailed(portal: Portal, ann: Person) -> Person:
    """Who has an address already, and a password from before."""
    return portal.add("ben", number=8, pin=LIVE, email="ben@home.example")


def settings(portal: Portal, **changed: Any) -> None:
    portal.system.wiring("operate").schools.change_settings("northbridge", Settings(**changed), list(changed))


def used(portal: Portal, code: str, status: int = 201, **fields: Any) -> list[str]:
    with calls_of(portal.wiring, "northbridge") as calls:
        answer = portal.redeem(code, **fields)
    assert answer.status_code == status, answer.body
    return calls


def test_a_pin_that_sets_a_password(portal: Portal, mailed: Person) -> None:
    calls = used(portal, portal.code(mailed, "pin"))
    assert calls == [*TRIED, "update_item", "transact_write_items", "send_message_batch"]
    assert len(used(portal, portal.code(mailed, "pin"), 410)) == len(TRIED) + 2, "it says that it has been used"


def test_a_pin_that_chooses_a_username(portal: Portal, ann: Person) -> None:
    calls = used(portal, portal.code(ann, "pin"), username="ann.okafor")
    assert len(calls) == MOST, calls


def test_a_pin_that_changes_the_address(portal: Portal, mailed: Person) -> None:
    calls = used(portal, portal.code(mailed, "pin"), email="new@home.example")
    assert len(calls) == 7, "all that is to be mailed is one message"


def test_a_parent_code_and_one_that_was_read_out(portal: Portal, ann: Person) -> None:
    assert len(used(portal, portal.code(ann, "parent"), **MUM)) == 7
    assert len(used(portal, portal.code(ann, "read_out"), username="ann.okafor")) == 7, "nobody is mailed"


@pytest.mark.parametrize("others", [0, 4])
def test_a_pin_after_which_one_is_signed_in(portal: Portal, mailed: Person, others: int) -> None:
    """The session stands in the transaction of the PIN, with the end of those that this browser had."""
    settings(portal, afterwards="signed_in")
    cat = portal.add("cat", number=9, pin=LIVE, email="cat@home.example", password=None, username=None)
    tokens = [portal.sign_in("ben").json_body["token"] for _ in range(others)]
    cookies = f"__Host-latchkey={portal.sign_in('ben').json_body['token']}; __Host-latchkey-others={'~'.join(tokens)}"
    headers = {"Cookie": cookies, "Origin": "https://latchkey.test"} if others else {}
    once = [*TRIED, "update_item", "transact_write_items", "send_message_batch"]
    for person, fields in ((mailed, {}), (cat, {"username": "cat2"})):
        body = {"code": portal.code(person, "pin"), "password": PASSWORD, **fields}
        with calls_of(portal.wiring, "northbridge") as calls:
            answer = portal.post("/schools/northbridge/codes/use", body, **headers)
        assert answer.status_code == 201, answer.body
        assert "__Host-latchkey=" in str(answer.headers["Set-Cookie"])
        assert sorted(calls) == sorted([*once, *(["query"] if fields else [])]), "whose the name is, is asked an index"
        assert len(calls) <= MOST
    for token in tokens:
        assert portal.get("/account", Authorization=f"Bearer {token}").status_code == 401


def test_a_phone_in_place_of_a_password(portal: Portal, ann: Person) -> None:
    """Its challenge is used up before what it has signed is looked at; whose it is, is signed in by the code's transaction."""
    settings(portal, phones=PhoneRule(roles=("parent",), alone=True))
    phone, code = Authenticator(), portal.code(ann, "parent")
    with calls_of(portal.wiring, "northbridge") as calls:
        begun = portal.post("/schools/northbridge/codes/passkey", {"code": code, "login": "x@y.example"}).json_body
    assert len(calls) == 7
    made = {"credential": phone.make(begun["challenge"]), "person": begun["person"]}
    assert len(used(portal, code, password="", **made, **MUM)) == MOST


def test_a_phone_and_a_new_username_are_one_more_than_eight(portal: Portal, ann: Person) -> None:
    """The one that is known: whose the name is, is asked an index, and a challenge is used up."""
    settings(portal, phones=PhoneRule(roles=("student",), alone=True))
    phone, code = Authenticator(), portal.code(ann, "pin")
    begun = portal.post("/schools/northbridge/codes/passkey", {"code": code, "login": "ann.okafor"}).json_body
    made = {"credential": phone.make(begun["challenge"]), "person": begun["person"]}
    assert len(used(portal, code, password="", username="ann.okafor", **made)) == MOST + 1


def test_looking_and_what_cannot_be_taken(portal: Portal, ann: Person) -> None:
    code = portal.code(ann, "pin")
    with calls_of(portal.wiring, "northbridge") as calls:
        assert portal.post("/schools/northbridge/codes/check", {"code": code}).status_code == 200
    assert calls == [*TRIED, "update_item", "update_item"]
    portal.add("sam", role="teacher")
    calls = used(portal, portal.code(ann, "pin"), 422, username="sam", password="short")
    assert len(calls) == MOST
    assert portal.person(ann).pin == CodeState(1, START + DAY, failed=0), "the guess is taken back"


def test_what_is_refused_costs_the_same_whoever_it_is_about(portal: Portal, ann: Person) -> None:
    portal.add("gone", number=8, pin=LIVE, status="left")
    portal.add("head", number=9, pin=LIVE, is_admin=True)
    key = portal.wiring.code_key("northbridge")
    for number in (7, 8, 9, 4_000_000):
        assert used(portal, codes.code("pin", number, 900, key), 410, username="ann.okafor") == TRIED


def test_a_password_link(portal: Portal, mailed: Person) -> None:
    settings(portal, afterwards="signed_in")
    token = portal.token(portal.person(mailed))
    portal.post("/password-links/check", {"token": token})
    with calls_of(portal.wiring, "northbridge") as calls:
        assert portal.post("/password-links/use", {"token": token, "password": "marble-lantern-52-otter"}).status_code == 204
    assert len(calls) == 7
    assert calls.count("transact_write_items") == 2


def test_an_invitation(portal: Portal, ann: Person) -> None:
    portal.add("mum", role="parent", email="mum@home.example", password=None, username=None)
    school = portal.wiring.schools.get("northbridge")
    assert school is not None
    found = inviting.invite(portal.wiring, school, "mum@home.example", [ann.id], "contacts")
    token = links.token(link_of(found, "northbridge", portal.wiring.now() + DAY), portal.wiring.link_key("northbridge"))
    with calls_of(portal.wiring, "northbridge") as calls:
        answer = portal.post("/invitations/use", {"token": token, "password": PASSWORD})
    assert (answer.status_code, answer.json_body["outcome"]) == (200, "set")
    assert calls == ["batch_get_item", "query", "batch_get_item", "update_item", "transact_write_items", "send_message_batch"]


@pytest.mark.parametrize("account", ["new", "mum"])
def test_an_invitation_with_a_phone_in_place_of_a_password(portal: Portal, ann: Person, account: str) -> None:
    settings(portal, phones=PhoneRule(roles=("parent",), alone=True))
    mum = portal.add("mum", role="parent", email="mum@home.example", password=None, username=None)
    school = portal.wiring.schools.get("northbridge")
    assert school is not None
    found = inviting.invite(portal.wiring, school, "mum@home.example", [ann.id], "contacts")
    token = links.token(link_of(found, "northbridge", portal.wiring.now() + DAY), portal.wiring.link_key("northbridge"))
    asked, phone = {"token": token, "account": mum.id if account == "mum" else "new"}, Authenticator()
    with calls_of(portal.wiring, "northbridge") as calls:
        begun = portal.post("/invitations/passkey", asked).json_body
    assert len(calls) <= MOST, calls
    made = {"credential": phone.make(begun["challenge"]), "person": begun["person"], "given_name": "Maya"}
    with calls_of(portal.wiring, "northbridge") as calls:
        answer = portal.post("/invitations/use", {**asked, **made})
    assert answer.status_code == 201, answer.body
    assert len(calls) == MOST, calls
    assert portal.get("/account", Authorization=f"Bearer {answer.json_body['token']}").status_code == 200


def test_a_child_by_a_code(portal: Portal, ann: Person) -> None:
    portal.add("mum", role="parent", email="mum@home.example")
    token, code = portal.sign_in("mum").json_body["token"], portal.code(ann, "parent")
    for status in (201, 200):
        with calls_of(portal.wiring, "northbridge") as calls:
            answer = portal.post("/account/children", {"code": code}, Authorization=f"Bearer {token}")
        assert answer.status_code == status
        assert len(calls) == 7
