"""What a provider says of itself, oddly: nobody is led astray or let in, and each ends on a page."""

from typing import Any

import pytest

from tests.pages.sso.conftest import Academy, honest, stays_out
from tests.support.providers.hostile import Asked, Hostile
from tests.support.providers.jose import public_jwk, signed
from tests.support.visitor import Visitor


@pytest.fixture
def connected(academy: Academy, hostile: Hostile) -> str:
    """The address at which one signs in at an issuer of whom nobody knows anything yet."""
    academy.connect_new("id", hostile.new_issuer())
    return f"/schools/{academy.slug}/sso/id"


KEYS: dict[str, Any] = {
    "none": lambda _: [],
    "a password among them": lambda h: [{"kty": "oct", "kid": h.kid, "k": "c2VjcmV0"}],
    "one for another use": lambda h: [public_jwk(h.key, h.kid, use="enc")],
    "one for another algorithm": lambda h: [public_jwk(h.key, h.kid, alg="RS512")],
    "two of one name": lambda h: [public_jwk(h.other_key, h.kid), public_jwk(h.key, h.kid)],
    "one with a number of its own": lambda h: [public_jwk(h.key, h.kid, e="AQ")],
    "no objects": lambda _: ["x", 7, None],
    "a thousand others": lambda h: [public_jwk(h.other_key, f"o{number}") for number in range(1_000)],
}


@pytest.mark.parametrize("keys", KEYS.values(), ids=KEYS)
def test_odd_keys_open_nothing(connected: str, hostile: Hostile, pupil: dict[str, Any], visitor: Visitor, keys: Any) -> None:
    hostile.plan = honest(pupil, keys=keys(hostile))
    stays_out(visitor, visitor.follow(connected))


DISCOVERIES: dict[str, dict[str, Any]] = {
    "of another issuer": {"issuer": "https://accounts.google.com"},
    "of no issuer": {"issuer": None},
    "keys at an address of the cloud": {"jwks_uri": "http://169.254.169.254/latest/meta-data"},
    "keys at a private address": {"jwks_uri": "https://10.0.0.1/jwks"},
    "keys in a file": {"jwks_uri": "file:///etc/passwd"},
    "codes at a private address": {"token_endpoint": "http://127.0.0.1:22/"},
    "people led into a script": {"authorization_endpoint": "javascript:alert(1)"},
    "people led to a file": {"authorization_endpoint": "data:text/html,x"},
    "no place to sign in": {"authorization_endpoint": None},
    "an endpoint that is a list": {"token_endpoint": ["https://x.example/token"]},
}


@pytest.mark.parametrize("discovery", DISCOVERIES.values(), ids=DISCOVERIES)
def test_an_odd_discovery_leads_nowhere(
    connected: str, hostile: Hostile, pupil: dict[str, Any], visitor: Visitor, discovery: dict[str, Any]
) -> None:
    hostile.plan = honest(pupil, discovery=discovery)
    answer = visitor.follow(connected)
    stays_out(visitor, answer)
    assert "javascript:" not in answer.text


def test_a_token_of_one_connection_opens_no_other(
    academy: Academy, hostile: Hostile, pupil: dict[str, Any], visitor: Visitor
) -> None:
    """Another client's token, signed by the very key: two connections of a school at one provider are two clients."""
    academy.connect_new("id", hostile.new_issuer())
    academy.connect_new("second", hostile.issuer, client_id="theirs")

    def other_client(h: Hostile, asked: Asked) -> str:
        return signed(h.honest_claims(asked) | {"aud": "theirs"}, {"alg": "RS256", "kid": h.kid}, h.key)

    hostile.plan = honest(pupil, token=other_client)
    stays_out(visitor, visitor.follow(f"/schools/{academy.slug}/sso/id"))
