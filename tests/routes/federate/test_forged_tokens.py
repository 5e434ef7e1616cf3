"""Forged and odd answers of a provider in other hands, through the whole sign-in: nobody gets in, and each ends on a page."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.support.providers.forged_tokens import FORGED, Make
from tests.support.providers.hostile import Plan
from tests.support.providers.in_process import HostileWorld, connection, hostile_world
from tests.support.system import TestSystem


@pytest.fixture
def known(system: TestSystem, monkeypatch: pytest.MonkeyPatch) -> Iterator[HostileWorld]:
    """The pupil has come in once: the account at the provider is known here."""
    with hostile_world(system, monkeypatch, connection("id")) as made:
        yield made


@pytest.mark.parametrize("make", FORGED.values(), ids=FORGED)
def test_a_forged_token_opens_nothing(known: HostileWorld, make: Make) -> None:
    known.plan(token=make)
    known.stays_out()
    assert len(known.hostile.exchanged) == 1, "the token was never asked for"


def test_an_honest_one_still_does(known: HostileWorld) -> None:
    browser = known.world.browser()
    assert known.follow(browser).status_code == 200
    assert known.signed_in_as(browser) == known.pupil.id
    (asked,) = known.hostile.exchanged
    assert len(asked["code_verifier"]) >= 43
    assert asked["redirect_uri"].endswith("/sso/callback")


def as_json(status: int, body: bytes) -> tuple[int, dict[str, str], bytes]:
    return status, {"Content-Type": "application/json"}, body


ANSWERS = {
    "no": as_json(400, b'{"error":"invalid_grant"}'),
    "an error, all the same with success": as_json(200, b'{"error":"invalid_grant"}'),
    "no token": as_json(200, b'{"access_token":"a","token_type":"Bearer"}'),
    "a number for a token": as_json(200, b'{"access_token":"a","id_token":7}'),
    "a list": as_json(200, b"[]"),
    "no JSON": as_json(200, b"<html>"),
    "no text": as_json(200, b'{"id_token":"\xff"}'),
    "brackets": as_json(200, b"[" * 100_000),
    "two megabytes": as_json(200, b'{"id_token":"' + b"x" * 2_000_000 + b'"}'),
    "a redirect": (302, {"Location": "http://169.254.169.254/latest/meta-data"}, b""),
    "an error of the server": as_json(500, b"{}"),
    "nothing": (204, {}, b""),
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_an_odd_answer_for_a_code_opens_nothing(known: HostileWorld, answer: tuple[int, dict[str, str], bytes]) -> None:
    known.plan(answer=answer)
    known.stays_out()


BACK: dict[str, dict[str, str | None]] = {
    "of another issuer (RFC 9207)": {"iss": "https://accounts.google.com"},
    "of no issuer, though it names one": {"iss": None},
    "without a code": {"code": None},
    "with an empty code": {"code": ""},
    "with a code that is too long": {"code": "x" * 9_000},
    "with a code that is not one": {"code": "c\r\nX: y"},
    "with somebody else's code": {"code": "somebody-elses"},
    "with a state that is not ours": {"state": "of-nobody"},
    "with half a state": {"state": "x"},
    "without a state": {"state": None, "error": "x"},
    "with a no": {"code": None, "error": "access_denied", "error_description": "<script>alert(1)</script>"},
    "with a no and a code": {"error": "access_denied"},
    "with an error in two lines": {"code": None, "error": "a\r\nb", "error_description": "\u202e\0"},
    "with an error that is too long": {"code": None, "error": "e" * 8_000},
}


@pytest.mark.parametrize("back", BACK.values(), ids=BACK)
def test_an_odd_way_back_opens_nothing(known: HostileWorld, back: dict[str, str | None]) -> None:
    known.plan(back=back)
    assert b"<script>alert" not in known.stays_out().body


def test_a_code_counts_once(known: HostileWorld) -> None:
    browser = known.world.browser()
    back = known.way_back(browser)
    kept = dict(browser.jar)
    known.follow(browser, back)
    assert known.signed_in_as(browser) == known.pupil.id
    browser.jar = {}
    assert 400 <= browser.get(back).status_code < 500, "without what the browser had kept"
    browser.jar = kept  # as somebody has who copied the browser's cookies before: the provider would give the token again
    known.stays_out(browser, back)


def test_the_way_back_of_another_browser_counts_for_nothing(known: HostileWorld) -> None:
    """Whoever sends a child the end of their own sign-in does not sign the child in as themselves (or the other way round)."""
    attacker, child = known.world.browser(), known.world.browser()
    theirs = known.way_back(attacker)
    known.stays_out(child, theirs)
    known.way_back(child)  # the child has begun one, too
    known.stays_out(child, theirs)
    assert known.signed_in_as(attacker) is None


def test_a_state_with_another_sign_ins_code_counts_for_nothing(known: HostileWorld) -> None:
    victim, browser = known.world.browser(), known.world.browser()
    code = parse_qs(urlsplit(known.way_back(victim)).query)["code"][0]
    mine = urlsplit(known.way_back(browser))
    query = {name: values[0] for name, values in parse_qs(mine.query).items()} | {"code": code}
    known.stays_out(browser, mine._replace(query=urlencode(query)).geturl())


WHO: dict[str, dict[str, Any]] = {
    "an address that nobody vouches for": {"email_verified": False},
    "an address that nobody speaks of": {"email_verified": None},
    "an address that is vouched for by a word": {"email_verified": "false"},
    "no address": {"email": None},
    "an address that is a list": {"email": ["a@x.example"]},
    "an address of nobody here": {"email": "nobody@elsewhere.example"},
}


@pytest.mark.parametrize("claims", WHO.values(), ids=WHO)
def test_an_account_that_is_nobodys_here_opens_nothing(known: HostileWorld, claims: dict[str, Any]) -> None:
    other = known.world.add("other")
    known.hostile.plan = Plan(claims={"sub": "another", "email": other.email, "email_verified": True} | claims)
    known.stays_out()


def test_an_address_of_an_admin_or_of_another_school_opens_nothing(known: HostileWorld) -> None:
    known.world.school("southgate")
    head = known.world.add("head", role="staff", is_admin=True)
    strangers = [head, known.world.add("elsewhere", "southgate"), known.world.add("teacher", role="teacher")]
    for number, each in enumerate(strangers):
        known.hostile.plan = Plan(claims={"sub": f"x{number}", "email": each.email, "email_verified": True})
        known.stays_out()


def test_an_account_that_is_known_keeps_its_person_whatever_address_it_shows(known: HostileWorld) -> None:
    other, browser = known.world.add("other"), known.world.browser()
    known.hostile.plan = Plan(claims={"email": other.email, "email_verified": True})
    known.follow(browser)
    assert known.signed_in_as(browser) in {None, known.pupil.id}
    known.hostile.plan = Plan(claims={"sub": "made again", "email": known.pupil.email, "email_verified": True})
    known.stays_out()
