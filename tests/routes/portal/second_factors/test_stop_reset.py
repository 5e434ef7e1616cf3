"""A person's own page where an admin says that everything for the second step is lost: seen, and stopped with one press."""

from typing import Any

import pytest

from latchkey.second_factors.lost_factors import ask_reset
from tests.routes.portal.second_factors.test_sign_in import FACTORS, Me
from tests.support.portal import Portal

STOP = f"{FACTORS}/reset/stop"


@pytest.fixture
def me(portal: Portal) -> Me:
    made = Me(portal)
    assert made.add_app().status_code == 201
    return made


def ask(me: Me) -> None:
    admin = me.portal.add("other", role="staff", is_admin=True)
    ask_reset(me.portal.system.wiring("console"), "northbridge", admin, me.person.id)


def mine(me: Me) -> Any:
    return me.portal.http.get(FACTORS, headers={"Accept": "application/json", **me.bearer}).json_body


def test_seen_and_stopped(me: Me) -> None:
    assert mine(me)["reset_at"] is None
    ask(me)
    assert mine(me)["reset_at"]
    assert me.post(STOP, {}).status_code == 204
    assert mine(me)["reset_at"] is None
    answer = me.post(STOP, {})
    assert (answer.status_code, answer.json_body["code"]) == (409, "waits_no_longer")


def test_signing_in_with_it_stops_it(me: Me) -> None:
    ask(me)
    assert me.second_step(way="totp", code=me.code()).status_code == 201
    assert mine(me)["reset_at"] is None


def test_the_password_alone_stops_nothing(me: Me) -> None:
    ask(me)
    me.first_step()
    assert mine(me)["reset_at"]


def test_making_new_recovery_codes_stops_it(me: Me) -> None:
    ask(me)
    assert me.post("/account/recovery-codes", {}).status_code == 201
    assert mine(me)["reset_at"] is None


def test_signing_in_by_a_passkey_alone_stops_it(portal: Portal) -> None:
    me = Me(portal)
    assert me.add_passkey().status_code == 201
    ask(me)
    here = "/schools/northbridge/sessions/passkey"
    signed = me.passkey.sign(portal.post(here, {}).json_body["challenge"])
    assert portal.post(f"{here}/answer", {"credential": signed}).status_code == 201
    assert portal.wiring.schools.get("northbridge").factor_resets == ()
