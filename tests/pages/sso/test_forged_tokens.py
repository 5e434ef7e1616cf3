"""Forged and odd answers of a provider in other hands, through the product's doorway: nobody gets in, and each ends on a page."""

from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import pytest

from infra.local.waiting import wait_for
from tests.pages.sso.conftest import Academy, honest, stays_out
from tests.support.providers.forged_tokens import FORGED, Make
from tests.support.providers.hostile import Hostile, Plan
from tests.support.visitor import Visitor


@pytest.fixture(scope="module")
def connected(academy: Academy, hostile: Hostile, pupil: dict[str, Any], stack: Any) -> str:
    """The address at which one signs in; it was used once, so that the pupil's account there is known here."""
    academy.connect_new("id", hostile.new_issuer())
    hostile.plan = honest(pupil)
    start = f"/schools/{academy.slug}/sso/id"
    with Visitor(stack["url"]) as made:

        def came() -> str | None:  # a session of the second in which the sign-in was switched on ends with those before
            made.follow(start)
            return made.signed_in_as()

        assert wait_for(came, "A session") == pupil["id"]
    return start


@pytest.mark.parametrize("make", FORGED.values(), ids=FORGED)
def test_a_forged_token_opens_nothing(
    connected: str, hostile: Hostile, pupil: dict[str, Any], visitor: Visitor, make: Make
) -> None:
    hostile.plan = honest(pupil, token=make)
    stays_out(visitor, visitor.follow(connected))
    assert hostile.exchanged, "the token was never asked for"


def test_an_honest_one_still_does(connected: str, hostile: Hostile, pupil: dict[str, Any], visitor: Visitor) -> None:
    hostile.plan = honest(pupil)
    assert visitor.follow(connected).status_code == 200
    assert visitor.signed_in_as() == pupil["id"]
    asked = hostile.exchanged[-1]
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
def test_an_odd_answer_for_a_code_opens_nothing(
    connected: str, hostile: Hostile, pupil: dict[str, Any], visitor: Visitor, answer: tuple[int, dict[str, str], bytes]
) -> None:
    hostile.plan = honest(pupil, answer=answer)
    stays_out(visitor, visitor.follow(connected))


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
def test_an_odd_way_back_opens_nothing(
    connected: str, hostile: Hostile, pupil: dict[str, Any], visitor: Visitor, back: dict[str, str | None]
) -> None:
    hostile.plan = honest(pupil, back=back)
    answer = visitor.follow(connected)
    stays_out(visitor, answer)
    assert "<script>alert" not in answer.text


def way_back(visitor: Visitor, start: str) -> str:
    """Begin, sign in at the provider, and stop where it leads back."""
    answer = visitor.follow(start, until="/sso/callback")
    return urljoin(visitor.went[-1], answer.headers["Location"])


def test_a_code_counts_once(connected: str, hostile: Hostile, pupil: dict[str, Any], visitor: Visitor) -> None:
    hostile.plan = honest(pupil)
    back = way_back(visitor, connected)
    kept = {place: dict(jar) for place, jar in visitor.cookies.items()}
    visitor.follow(back)
    assert visitor.signed_in_as() == pupil["id"]
    visitor.cookies = {}
    assert 400 <= visitor.ask("GET", back).status_code < 500, "without what the browser had kept"
    visitor.cookies = kept  # as somebody has who copied the browser's cookies before: the provider would give the token again
    stays_out(visitor, visitor.ask("GET", back))


def test_the_way_back_of_another_browser_counts_for_nothing(
    connected: str, hostile: Hostile, pupil: dict[str, Any], visitor: Visitor, stack: Any
) -> None:
    """Whoever sends a child the end of their own sign-in does not sign the child in as themselves (or the other way round)."""
    hostile.plan = honest(pupil)
    with Visitor(stack["url"]) as attacker:
        theirs = way_back(attacker, connected)
        stays_out(visitor, visitor.ask("GET", theirs))
        way_back(visitor, connected)  # the child has begun one, too
        stays_out(visitor, visitor.ask("GET", theirs))
        assert attacker.signed_in_as() is None


def test_a_state_with_another_sign_ins_code_counts_for_nothing(
    connected: str, hostile: Hostile, pupil: dict[str, Any], visitor: Visitor, stack: Any
) -> None:
    hostile.plan = honest(pupil)
    with Visitor(stack["url"]) as victim:
        code = parse_qs(urlsplit(way_back(victim, connected)).query)["code"][0]
    mine = urlsplit(way_back(visitor, connected))
    query = {name: values[0] for name, values in parse_qs(mine.query).items()} | {"code": code}
    stays_out(visitor, visitor.ask("GET", mine._replace(query=urlencode(query)).geturl()))


WHO: dict[str, dict[str, Any]] = {
    "an address that nobody vouches for": {"email_verified": False},
    "an address that nobody speaks of": {"email_verified": None},
    "an address that is vouched for by a word": {"email_verified": "false"},
    "no address": {"email": None},
    "an address that is a list": {"email": ["a@x.example"]},
    "an address of nobody here": {"email": "nobody@elsewhere.example"},
}


@pytest.mark.parametrize("claims", WHO.values(), ids=WHO)
def test_an_account_that_is_nobodys_here_opens_nothing(
    connected: str, hostile: Hostile, academy: Academy, visitor: Visitor, claims: dict[str, Any]
) -> None:
    other = academy.person()
    hostile.plan = Plan(claims={"sub": other["username"], "email": other["email"], "email_verified": True} | claims)
    stays_out(visitor, visitor.follow(connected))


def test_an_address_of_an_admin_or_of_another_school_opens_nothing(
    connected: str, hostile: Hostile, academy: Academy, visitor: Visitor, stack: Any
) -> None:
    teacher = academy.person("teacher")
    for number, address in enumerate((academy.login["identifier"], stack["admin"]["identifier"], teacher["email"])):
        hostile.plan = Plan(claims={"sub": f"x{number}", "email": address, "email_verified": True})
        stays_out(visitor, visitor.follow(connected))


def test_an_account_that_is_known_keeps_its_person_whatever_address_it_shows(
    connected: str, hostile: Hostile, academy: Academy, pupil: dict[str, Any], visitor: Visitor
) -> None:
    other = academy.person()
    hostile.plan = Plan(claims={"email": other["email"], "email_verified": True})
    visitor.follow(connected)
    assert visitor.signed_in_as() in {None, pupil["id"]}
    hostile.plan = Plan(claims={"sub": "made again", "email": pupil["email"], "email_verified": True})
    visitor.cookies = {}
    stays_out(visitor, visitor.follow(connected))
