"""A passkey in place of a password is a way in and no second step: who loses the phone gets in, and is rid of it."""

from dataclasses import replace
from typing import Any

import pytest

from latchkey.people.model.person import Person
from latchkey.schools.model.school import Settings
from latchkey.second_factors.model.asked import answers_password, confirms, has_factor
from latchkey.sign_in import hashing
from latchkey.sign_in.session import who as signed_in
from tests.routes.portal.second_factors.test_from_slip_to_passkey import MUM, by_phone, pupil, use
from tests.support.authenticator import Authenticator
from tests.support.openapi import check
from tests.support.portal import PASSWORD, Portal

HERE = "/account/second-factors"


@pytest.fixture
def phone() -> Authenticator:
    return Authenticator()


@pytest.fixture
def mum(portal: Portal, phone: Authenticator) -> Person:
    """A parent who has used a slip with this phone."""
    answer = use(portal, portal.code(pupil(portal), "parent"), phone, **MUM)
    return signed_in(portal.wiring, answer.json_body["token"]).person


def set_password(portal: Portal, person: Person) -> None:
    """As a link does: it leaves the phone as it is."""
    now = portal.wiring.directory("northbridge").person(person.id)
    assert now is not None
    event = portal.wiring.audit("northbridge").record_of(person.id, "password.set", portal.wiring.now(), {"purpose": "forgot"})
    portal.wiring.passwords("northbridge").set(now, hashing.hash_of(PASSWORD), "a" * 16, portal.wiring.now(), event)


def by_password(portal: Portal) -> Any:
    return portal.post("/schools/northbridge/sessions", {"identifier": MUM["email"], "password": PASSWORD})


def bearer(answer: Any) -> dict[str, str]:
    assert answer.status_code == 201, answer.body
    return {"authorization": f"Bearer {answer.json_body['token']}"}


def one(portal: Portal, headers: dict[str, str]) -> dict[str, Any]:
    (found,) = portal.get(HERE, **headers).json_body["items"]
    return dict(found)


def post(portal: Portal, path: str, fields: dict[str, Any], headers: dict[str, str]) -> Any:
    answer = portal.post(path, fields, **headers)
    spec = f"{HERE}/{{factor}}/{path.rpartition('/')[2]}" if path != HERE else HERE
    if answer.status_code != 204:
        check("post", spec, answer)
    return answer


def test_who_loses_the_phone_signs_in_with_a_new_password_and_removes_it(
    portal: Portal, phone: Authenticator, mum: Person
) -> None:
    set_password(portal, mum)
    me = bearer(by_password(portal))
    found = one(portal, me)
    assert found["alone"] is True
    path = f"{HERE}/{found['id']}/delete"
    for fields in ({}, {"password": "violet-kettle-77"}):
        refused = post(portal, path, fields, me)
        assert (refused.status_code, [*refused.json_body["fields"]]) == (422, ["password"])
    assert by_phone(portal, phone).status_code == 201, "nothing was removed"
    assert post(portal, path, {"password": PASSWORD}, me).status_code == 204
    assert portal.get(HERE, **me).json_body["items"] == []
    assert by_phone(portal, phone).status_code == 401
    assert by_password(portal).status_code == 201
    assert "factor_removed" in [each["kind"] for each in portal.requests()]


def test_the_last_way_in_is_never_removed(portal: Portal, phone: Authenticator, mum: Person) -> None:
    me = bearer(by_phone(portal, phone))
    path = f"{HERE}/{one(portal, me)['id']}/delete"
    answer = post(portal, path, {"password": PASSWORD}, me)
    assert (answer.status_code, answer.json_body["code"]) == (409, "last_way_in")
    step = post(portal, path.replace("delete", "second-step"), {"password": PASSWORD}, me)
    assert (step.status_code, step.json_body["code"]) == (409, "no_password")
    assert by_phone(portal, phone).json_body["person"]["id"] == mum.id


def test_it_becomes_a_second_step_when_its_owner_says_so(portal: Portal, phone: Authenticator, mum: Person) -> None:
    set_password(portal, mum)
    me = bearer(by_password(portal))
    path = f"{HERE}/{one(portal, me)['id']}/second-step"
    assert post(portal, path, {"password": "violet-kettle-77"}, me).status_code == 422
    done = post(portal, path, {"password": PASSWORD}, me)
    assert (done.status_code, len(done.json_body["recovery_codes"])) == (201, 10)
    assert by_password(portal).status_code == 202, "asked for after the password"
    assert by_phone(portal, phone).status_code == 201, "and both at once, alone"
    now = portal.wiring.directory("northbridge").person(mum.id)
    assert now is not None
    assert now.second_factors == ("passkey",)
    assert post(portal, path, {"password": PASSWORD}, me).json_body["code"] == "second_step"
    gone = post(portal, path.replace("second-step", "delete"), {"password": PASSWORD}, me)
    assert (gone.status_code, gone.json_body["code"]) == (403, "confirm_again"), "a password removes no second step"


def test_a_first_second_step_needs_the_password_or_the_phone_that_stands_for_it(
    portal: Portal, phone: Authenticator, mum: Person
) -> None:
    me = bearer(by_phone(portal, phone))
    portal.system.clock.now += 901
    app = {"way": "totp"}
    late = portal.post(HERE, app, **me)
    assert (late.status_code, late.json_body["code"]) == (403, "confirm_again")
    options = portal.post("/account/confirm/passkey", {}, **me).json_body["challenge"]
    confirmed = portal.post("/account/confirm", {"way": "passkey", "credential": phone.sign(options)}, **me)
    assert confirmed.status_code == 204
    assert portal.post(HERE, app, **me).status_code == 201
    set_password(portal, mum)
    me = bearer(by_phone(portal, phone))
    assert [*portal.post(HERE, app, **me).json_body["fields"]] == ["current"]
    assert portal.post(HERE, app | {"current": PASSWORD}, **me).status_code == 201


def test_the_page_says_what_it_is(portal: Portal, phone: Authenticator, mum: Person) -> None:
    me = bearer(by_phone(portal, phone))

    def page(path: str) -> str:
        return str(portal.page(path, **me).body)

    assert "your only way in" in page(HERE)
    assert "Instead of a password" in page("/account")
    set_password(portal, mum)
    me = bearer(by_password(portal))
    assert "Ask for it after my password, too" in page(HERE)


def test_a_school_that_requires_a_second_factor_asks_for_the_phone(portal: Portal) -> None:
    school = portal.wiring.schools.get("northbridge")
    assert school is not None
    admin = Person(
        id="0" * 20, role="staff", given_name="A", family_name="B", is_admin=True, second_factors=("phone",), password_set_at=1
    )
    required = replace(school, settings=Settings(second_factor="required"))
    free = replace(school, settings=Settings(second_factor="optional"))
    assert (has_factor(required, admin), has_factor(free, admin)) == (True, False)
    assert (confirms(free, admin), answers_password(free, admin)) == (False, True)
    assert not answers_password(free, replace(admin, password_set_at=None)), "only the phone can"
    assert has_factor(free, replace(admin, second_factors=("totp", "phone")))
