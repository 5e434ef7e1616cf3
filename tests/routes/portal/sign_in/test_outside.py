"""Who signs in from outside the school's own addresses is noted, whatever they sign in with; and whose password was stopped."""

from typing import Any

import pytest

from latchkey.people.model.person import CodeState, Person
from latchkey.schools.model.school import Settings
from latchkey.second_factors.enrol_factor import begin_enrolment, finish_enrolment
from latchkey.sign_in.session import open_session
from latchkey.sign_in.session import who as signed_in
from latchkey.sign_in.sign_in import tell_of_row
from tests.support.authenticator import Authenticator
from tests.support.portal import PASSWORD, Portal
from tests.support.system import START

ELSEWHERE, HERE = ("203.0.113.0/24",), ("127.0.0.1/32",)  # every request of these tests comes from 127.0.0.1
NEW = "marble-lantern-52-otter"


def ranges(portal: Portal, *found: str, **settings: Any) -> None:
    changed = Settings(address_ranges=found, **settings)
    names = ["address_ranges", *settings]
    portal.system.wiring("operate").schools.change_settings("northbridge", changed, names)


@pytest.mark.parametrize(("own", "wanted"), [(ELSEWHERE, START), (HERE, None), ((), None)])
def test_a_password_from_outside(portal: Portal, own: tuple[str, ...], wanted: int | None) -> None:
    ranges(portal, *own)
    ann = portal.add("ann")
    assert portal.sign_in("ann").status_code == 201
    assert portal.person(ann).last_login_at == START
    assert portal.person(ann).outside_at == wanted


def test_a_sign_in_at_school_forgets_none_from_outside(portal: Portal) -> None:
    ranges(portal, *ELSEWHERE)
    ann = portal.add("ann")
    portal.sign_in("ann")
    ranges(portal, *HERE)
    portal.system.clock.now += 60
    portal.sign_in("ann")
    assert (portal.person(ann).outside_at, portal.person(ann).last_login_at) == (START, START + 60)


def test_a_passkey_and_a_second_step_from_outside(portal: Portal) -> None:
    ranges(portal, *ELSEWHERE)
    head, key = portal.add("head", role="staff"), Authenticator()
    who = signed_in(portal.wiring, open_session(portal.wiring, "northbridge", portal.person(head))[0])
    begun = begin_enrolment(portal.wiring, who, "passkey", "Phone", PASSWORD)
    finish_enrolment(portal.wiring, who, begun.id, credential=key.make(begun.options or {}))
    assert portal.person(head).outside_at is None
    place = "/schools/northbridge/sessions/passkey"
    challenge = portal.post(place, {}).json_body["challenge"]
    assert portal.post(f"{place}/answer", {"credential": key.sign(challenge)}).status_code == 201
    assert portal.person(head).outside_at == START
    portal.system.clock.now += 60
    place = "/schools/northbridge/sessions/second-factor"
    token = portal.sign_in("head").json_body["second_factor"]["token"]
    assert portal.person(head).outside_at == START, "the first step alone is no sign-in"
    challenge = portal.post(f"{place}/passkey", {"token": token}).json_body["challenge"]
    done = portal.post(place, {"token": token, "way": "passkey", "credential": key.sign(challenge)})
    assert done.status_code == 201
    assert portal.person(head).outside_at == START + 60


def test_a_link_and_a_pin_that_sign_in_from_outside(portal: Portal) -> None:
    ranges(portal, *ELSEWHERE, afterwards="signed_in")
    ann, ben = portal.add("ann", password=None), portal.add("ben", password=None, number=7, pin=CodeState(1, START + 9))
    token = portal.token(ann)
    assert portal.post("/password-links/use", {"token": token, "password": NEW}).status_code == 204
    assert portal.redeem(portal.code(ben, "pin"), password=NEW).status_code == 201
    assert [portal.person(each).outside_at for each in (ann, ben)] == [START, START]


def stopped(portal: Portal, name: str = "ann", **facts: Any) -> Person:
    """Somebody whose password has just been stopped."""
    person = portal.add(name, **facts)
    tell_of_row(portal.wiring, "northbridge", portal.person(person), portal.wiring.now())
    assert portal.person(person).locked_at == START
    return person


def test_a_new_password_by_a_link_a_pin_or_its_owner_ends_the_lock(portal: Portal) -> None:
    ann, ben = stopped(portal), stopped(portal, "ben", number=7, pin=CodeState(1, START + 9))
    assert portal.post("/password-links/use", {"token": portal.token(portal.person(ann)), "password": NEW}).status_code == 204
    assert portal.redeem(portal.code(ben, "pin"), password=NEW).status_code == 201
    cat = portal.add("cat")
    token = portal.sign_in("cat").json_body["token"]
    tell_of_row(portal.wiring, "northbridge", portal.person(cat), START)
    fields = {"current": PASSWORD, "password": NEW}
    assert portal.post("/account/password", fields, Authorization=f"Bearer {token}").status_code in {200, 204}
    assert [portal.person(each).locked_at for each in (ann, ben, cat)] == [None, None, None]


def test_a_lock_comes_too_late_for_a_new_password(portal: Portal) -> None:
    ann = portal.add("ann")
    before = portal.person(ann)
    portal.post("/password-links/use", {"token": portal.token(before), "password": NEW})
    tell_of_row(portal.wiring, "northbridge", before, portal.wiring.now())
    assert portal.person(ann).locked_at is None


def test_a_passkey_opens_an_account_whose_password_is_stopped() -> None:
    facts: dict[str, Any] = {"id": "x", "role": "staff", "given_name": "A", "family_name": "B"}
    assert Person(**facts, password_set_at=5, locked_at=5).locked_out_at == 5
    assert Person(**facts, password_set_at=6, locked_at=5).locked_out_at is None
    assert Person(**facts, locked_at=5).locked_out_at is None
    assert Person(**facts, password_set_at=5, locked_at=5, second_factors=("passkey",)).locked_out_at is None
    assert Person(**facts, password_set_at=5, locked_at=5, second_factors=("totp",)).locked_out_at == 5
