"""The demo's own school sign-in: who it knows, what its page offers, and what a token of it says."""

import base64
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from infra.demo import SCHOOLS, people
from infra.school_sign_in.accounts import accounts, offered
from infra.school_sign_in.app import UNKNOWN, running

KNOWN = accounts("southgate", 60)
BACK = "http://localhost:1/sso/callback"
ASKED = {"client_id": "latchkey", "response_type": "code", "scope": "openid email profile", "redirect_uri": BACK, "state": "s"}


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with running("Southgate ID", KNOWN) as issuer:
        yield issuer


def test_it_knows_everybody_but_parents() -> None:
    roster = [each for each in people(SCHOOLS["southgate"], 60, 7) if each.role != "parent"]
    assert [each.user_name for each in KNOWN] == [each.username for each in roster]
    assert {each.role for each in offered(KNOWN)} == {"student", "teacher", "staff"}
    assert all(("email" in each.claims) == bool(person.email) for each, person in zip(KNOWN, roster, strict=True))


def code(issuer: str, **form: str) -> dict[str, list[str]]:
    answer = httpx.post(f"{issuer}/oauth2/authorize", params=ASKED | {"nonce": "n"}, data=form)
    assert answer.status_code == 302, answer.text
    return parse_qs(urlsplit(answer.headers["Location"]).query)


def claims(issuer: str, user_name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    form = {"grant_type": "authorization_code", "code": code(issuer, sub=user_name)["code"][0], "redirect_uri": BACK}
    answer = httpx.post(f"{issuer}/oauth2/token", data=form, auth=("latchkey", "any"))
    header, payload, _ = answer.raise_for_status().json()["id_token"].split(".")
    decoded = [json.loads(base64.urlsafe_b64decode(part + "==")) for part in (header, payload)]
    return decoded[0], decoded[1]


def test_its_page_offers_people_and_needs_nothing_from_elsewhere(issuer: str) -> None:
    page = httpx.get(f"{issuer}/oauth2/authorize", params=ASKED).text
    assert all(f'value="{each.user_name}"' in page for each in KNOWN)
    assert "Cancel and go back" in page
    for path in ("/", "/oauth2/authorize?client_id=x", "/oauth2/end_session"):
        assert not re.search(r'(src|href)="http', httpx.get(issuer + path).text), path


def test_a_token_says_who_it_is_with_a_key_that_is_published(issuer: str) -> None:
    pupil = next(each for each in KNOWN if "email" in each.claims)
    header, said = claims(issuer, pupil.user_name)
    keys = httpx.get(httpx.get(f"{issuer}/.well-known/openid-configuration").json()["jwks_uri"]).json()["keys"]
    assert header["kid"] in {key["kid"] for key in keys}
    assert (said["iss"], said["aud"], said["nonce"], said["sub"]) == (issuer, ["latchkey"], "n", pupil.user_name)
    assert (said["email"], said["email_verified"]) == (pupil.claims["email"], True)


def test_who_has_no_address_has_no_claim_and_who_is_unknown_is_nobody_of_the_school(issuer: str) -> None:
    pupil = next(each for each in KNOWN if "email" not in each.claims)
    assert "email" not in claims(issuer, pupil.user_name)[1]
    assert UNKNOWN not in {each.user_name for each in KNOWN}


def test_who_goes_back_says_no_to_what_was_asked(issuer: str) -> None:
    page = httpx.get(f"{issuer}/oauth2/authorize", params=ASKED).text
    assert f'href="{BACK}?error=access_denied&amp;state=s"' in page
