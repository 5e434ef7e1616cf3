"""Signing in by a passkey alone: it is both steps, and nobody learns from it who is here."""

from typing import Any

import pytest

from latchkey.schools.model.school import Settings
from latchkey.second_factors.enrol_factor import begin_enrolment, finish_enrolment
from latchkey.sign_in.session import open_session
from latchkey.sign_in.session import who as signed_in
from tests.support.authenticator import Authenticator
from tests.support.openapi import check
from tests.support.portal import PAGE, PASSWORD, SSO, Portal, calls_of_a_fresh_container

HERE = "/schools/northbridge/sessions/passkey"


def with_passkey(portal: Portal, name: str = "ada", **facts: Any) -> Authenticator:
    """Somebody with a passkey; they have signed in with nothing else since."""
    person = portal.add(name, **{"role": "teacher", "email": f"{name}@northbridge.example", **facts})
    wiring, key = portal.wiring, Authenticator()
    who = signed_in(wiring, open_session(wiring, "northbridge", portal.person(person))[0])
    begun = begin_enrolment(wiring, who, "passkey", "Phone", PASSWORD)
    finish_enrolment(wiring, who, begun.id, credential=key.make(begun.options or {}))
    return key


def options(portal: Portal) -> dict[str, Any]:
    answer = portal.post(HERE, {})
    check("post", HERE, answer)
    found: dict[str, Any] = answer.json_body["challenge"]
    return found


def answer(portal: Portal, credential: Any) -> Any:
    found = portal.post(f"{HERE}/answer", {"credential": credential})
    check("post", f"{HERE}/answer", found)
    return found


def test_a_passkey_opens_a_session_that_has_proved_both(portal: Portal) -> None:
    key = with_passkey(portal)
    found = answer(portal, key.sign(options(portal)))
    assert found.status_code == 201
    who = signed_in(portal.wiring, found.json_body["token"])
    assert (who.session.ways, who.session.proved_at) == (("passkey",), portal.wiring.now())
    assert "__Host-latchkey=" in found.headers["Set-Cookie"]


def test_it_costs_at_most_eight_calls(portal: Portal) -> None:
    key = with_passkey(portal)
    signed = key.sign(options(portal))
    with calls_of_a_fresh_container(portal) as calls:
        assert answer(portal, signed).status_code == 201
    assert len(calls) == 8, calls


def test_the_options_name_nobody_and_are_alike_for_all(portal: Portal) -> None:
    before = options(portal)
    with_passkey(portal)
    after = options(portal)
    assert "allowCredentials" not in before or not before["allowCredentials"]
    assert {**before, "challenge": ""} == {**after, "challenge": ""}
    assert before["userVerification"] == "required"


def test_what_was_signed_counts_once(portal: Portal) -> None:
    key = with_passkey(portal)
    signed = key.sign(options(portal))
    assert answer(portal, signed).status_code == 201
    assert answer(portal, signed).status_code == 401


@pytest.mark.parametrize("status", ["disabled", "left"])
def test_an_account_that_is_closed_stays_closed_and_answers_like_nobodys(portal: Portal, status: str) -> None:
    key = with_passkey(portal)
    stranger = Authenticator()
    stranger.make({"user": {"id": "AAAA"}, "rp": {"id": "latchkey.test"}, "challenge": "AAAA"})
    unknown = answer(portal, stranger.sign(options(portal)))
    (found,) = portal.wiring.directory("northbridge").by_email_key(_email_key(portal, "ada@northbridge.example"))
    portal.system.wiring("read_roster").directory("northbridge").change(found.id, {"status": status})
    closed = answer(portal, key.sign(options(portal)))
    assert (closed.status_code, unknown.status_code) == (401, 401)
    assert closed.body == unknown.body


def _email_key(portal: Portal, address: str) -> str:
    from latchkey.shared.model.identifiers import lookup

    return lookup(portal.wiring.lookup_key("northbridge"), "email", address)


def test_who_uses_the_schools_own_sign_in_does_not_come_in_past_it(portal: Portal) -> None:
    key = with_passkey(portal)
    settings = Settings(sso=SSO.__class__(roles=("teacher",), url=SSO.url))
    portal.system.wiring("operate").schools.change_settings("northbridge", settings, ["sso"])
    assert answer(portal, key.sign(options(portal))).status_code == 401


def test_another_schools_passkey_is_nobodys(portal: Portal) -> None:
    key = with_passkey(portal)
    there = portal.post("/schools/southgate/sessions/passkey", {}).json_body["challenge"]
    signed = key.sign(there)
    assert portal.post("/schools/southgate/sessions/passkey/answer", {"credential": signed}).status_code == 401
    assert answer(portal, signed).status_code == 401, "the challenge was made there"


@pytest.mark.parametrize("credential", [{}, "x", 7, [], {"id": "x"}, {"response": {"userHandle": "AAAA"}}, "y" * 20_000])
def test_what_is_no_passkey_opens_nothing(portal: Portal, credential: Any) -> None:
    with_passkey(portal)
    options(portal)
    assert answer(portal, credential).status_code in {401, 422}


def test_the_page_offers_it(portal: Portal) -> None:
    text = portal.http.get("/schools/northbridge/sessions", headers=PAGE).body.decode()
    assert "Use a passkey" in text
    assert "data-passkey-button hidden" in text, "until the script has seen that the browser can"
