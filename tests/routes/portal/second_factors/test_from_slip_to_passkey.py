"""A code and "Use this phone": the code is used and the passkey kept, or neither; and whoever has the phone is signed in."""

from dataclasses import replace
from typing import Any

import pytest

from latchkey.people.model.person import CodeState, Person
from latchkey.schools.model.school import DAY, PhoneRule, Settings
from latchkey.sign_in.session import who as signed_in
from tests.support.authenticator import Authenticator
from tests.support.openapi import check
from tests.support.portal import PAGE, PASSWORD, Portal

LIVE = CodeState(3, 1_795_000_000 + 90 * DAY)
MUM = {"email": "mum@home.example", "given_name": "Maya", "family_name": "Okafor"}
OPTIONS, USE = "/schools/northbridge/codes/passkey", "/schools/northbridge/codes/use"


def pupil(portal: Portal, name: str = "ann", /, number: int = 7, **facts: Any) -> Person:
    return portal.add(name, **{"number": number, "pin": LIVE, "parent_code": LIVE, "password": None, **facts})


def phones(portal: Portal, *roles: Any, alone: bool = True) -> None:
    settings = Settings(phones=PhoneRule(roles=roles, alone=alone))
    portal.system.wiring("operate").schools.change_settings("northbridge", settings, ["phones"])


def begin(portal: Portal, code: str) -> Any:
    answer = portal.post(OPTIONS, {"code": code, "login": "mum@home.example"})
    check("post", OPTIONS, answer)
    return answer


def use(portal: Portal, code: str, phone: Authenticator, **fields: Any) -> Any:
    begun = begin(portal, code).json_body
    made = {"credential": phone.make(begun["challenge"]), "person": begun["person"]}
    answer = portal.post(USE, {"code": code, **made, **fields})
    check("post", USE, answer)
    return answer


def places(portal: Portal, *students: Person) -> list[int]:
    """How often each student's parent code was used."""
    states = [portal.person(each).parent_code for each in students]
    return [each.uses for each in states if each is not None]


def by_phone(portal: Portal, phone: Authenticator) -> Any:
    options = portal.post("/schools/northbridge/sessions/passkey", {}).json_body["challenge"]
    return portal.post("/schools/northbridge/sessions/passkey/answer", {"credential": phone.sign(options)})


def test_a_parent_registers_with_a_phone_and_is_signed_in(portal: Portal) -> None:
    ann, phone = pupil(portal), Authenticator()
    answer = use(portal, portal.code(ann, "parent"), phone, **MUM)
    assert answer.status_code == 201
    who = signed_in(portal.wiring, answer.json_body["token"])
    mum = who.person
    assert (mum.children, mum.second_factors, mum.password_set_at) == ((ann.id,), ("phone",), None)
    assert (who.session.ways, mum.last_login_at) == (("passkey",), portal.wiring.now())
    assert portal.person(ann).parents == (mum.id,)
    assert by_phone(portal, phone).json_body["person"]["id"] == mum.id
    wrong = portal.post("/schools/northbridge/sessions", {"identifier": MUM["email"], "password": PASSWORD})
    assert wrong.status_code == 401


def test_a_password_beside_the_phone_is_the_other_way_in(portal: Portal) -> None:
    ann, phone = pupil(portal), Authenticator()
    phones(portal, "parent", alone=False)
    without = use(portal, portal.code(ann, "parent"), phone, **MUM)
    assert (without.status_code, "password" in without.json_body["fields"]) == (422, True)
    assert use(portal, portal.code(ann, "parent"), Authenticator(), password=PASSWORD, **MUM).status_code == 201
    asked = portal.post("/schools/northbridge/sessions", {"identifier": MUM["email"], "password": PASSWORD})
    assert asked.status_code == 201, "the phone is a way in, and no second step"


def test_students_where_the_school_says_so(portal: Portal) -> None:
    ann, phone = pupil(portal), Authenticator()
    code = portal.code(ann, "pin")
    refused = begin(portal, code)
    assert (refused.status_code, refused.json_body["code"]) == (403, "no_phone")
    phones(portal, "student")
    answer = use(portal, code, phone)
    assert answer.status_code == 201
    assert by_phone(portal, phone).json_body["person"]["id"] == ann.id
    assert portal.redeem(code).status_code == 410, "a PIN works once"
    other = pupil(portal, "ben", number=8)
    assert begin(portal, portal.code(other, "parent")).status_code == 403, "not parents"


def test_a_phone_ends_the_password_that_was_there(portal: Portal) -> None:
    ann = portal.add("ann", number=7, pin=LIVE, password=PASSWORD)
    phones(portal, "student")
    assert portal.post("/schools/northbridge/sessions", {"identifier": "ann", "password": PASSWORD}).status_code == 201
    assert use(portal, portal.code(ann, "pin"), Authenticator()).status_code == 201
    assert portal.post("/schools/northbridge/sessions", {"identifier": "ann", "password": PASSWORD}).status_code == 401


def test_a_code_adds_nothing_to_an_account_that_has_a_second_step(portal: Portal) -> None:
    ann, phone = pupil(portal), Authenticator()
    phones(portal, "student")
    code = portal.code(ann, "pin")
    begun = begin(portal, code).json_body
    portal.system.wiring("operate").directory("northbridge").change(ann.id, {"second_factors": ["totp"]})
    assert begin(portal, code).status_code == 403
    made = {"credential": phone.make(begun["challenge"]), "person": begun["person"]}
    assert portal.post(USE, {"code": code, **made}).status_code == 403
    state = portal.person(ann).pin
    assert state is not None
    assert state.uses == 0


@pytest.mark.parametrize("wrong", ["person", "code", "again", "altered", "nonsense", "unverified"])
def test_a_ceremony_that_is_not_right_uses_no_code_up(portal: Portal, wrong: str) -> None:
    ann, ben, phone = pupil(portal), pupil(portal, "ben", number=8), Authenticator(verifies=wrong != "unverified")
    code, other = portal.code(ann, "parent"), portal.code(ben, "parent")
    begun = begin(portal, code).json_body
    if wrong == "altered":
        begun["challenge"]["challenge"] = "AAAA"
    made: Any = phone.make(begun["challenge"])
    fields = {"code": code, "credential": made, "person": begun["person"], **MUM}
    if wrong == "person":
        fields["person"] = begin(portal, code).json_body["person"]
    if wrong == "code":
        fields["code"] = other
    if wrong == "nonsense":
        fields["credential"] = {"id": "x"}
    if wrong == "again":
        assert portal.post(USE, fields).status_code == 201
        fields["email"] = "dad@home.example"
    before = places(portal, ann, ben)
    answer = portal.post(USE, fields)
    check("post", USE, answer)
    if wrong == "again":
        assert (answer.status_code, answer.json_body["code"]) == (409, "has_second_factor")
    else:
        assert (answer.status_code, "credential" in answer.json_body["fields"]) == (422, True)
    assert places(portal, ann, ben) == before


def test_what_was_typed_wrong_is_said_and_the_code_still_works(portal: Portal) -> None:
    ann = pupil(portal)
    code = portal.code(ann, "parent")
    answer = use(portal, code, Authenticator(), **{**MUM, "email": "no address"})
    assert (answer.status_code, set(answer.json_body["fields"])) == (422, {"email"})
    assert use(portal, code, Authenticator(), **MUM).status_code == 201


def test_the_page_offers_it_to_whom_the_school_does(portal: Portal) -> None:
    ann = pupil(portal)
    headers = {**PAGE, "Content-Type": "application/x-www-form-urlencoded", "Origin": "https://latchkey.test"}

    def page(code: str) -> str:
        body = f"code={code}".encode()
        return str(portal.http.post("/schools/northbridge/codes/check", body=body, headers=headers).body.decode())

    assert "Use this phone" in page(portal.code(ann, "parent"))
    assert "Use this phone" not in page(portal.code(ann, "pin"))
    phones(portal)
    assert "Use this phone" not in page(portal.code(ann, "parent"))


def test_who_has_left_keeps_no_way_in(portal: Portal) -> None:
    ann, phone = pupil(portal), Authenticator()
    answer = use(portal, portal.code(ann, "parent"), phone, **MUM)
    mum = signed_in(portal.wiring, answer.json_body["token"]).person
    portal.system.wiring("operate").directory("northbridge").change(mum.id, {"status": "left"})
    assert by_phone(portal, phone).status_code == 401
    assert replace(mum, status="left").has_way_in, "who may come in is the status's to say"
