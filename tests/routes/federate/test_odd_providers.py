"""What a provider says of itself, oddly: nobody is led astray or let in, and each ends on a page."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.providers.hostile import Asked, Hostile
from tests.support.providers.in_process import HostileWorld, connection, hostile_world
from tests.support.providers.jose import public_jwk, signed
from tests.support.system import TestSystem


@pytest.fixture
def new(system: TestSystem, monkeypatch: pytest.MonkeyPatch) -> Iterator[HostileWorld]:
    """Nobody knows anything of the issuer yet. A second connection at the same issuer is another client."""
    with hostile_world(system, monkeypatch, connection("id"), connection("second", client_id="theirs"), known=False) as made:
        yield made


def test_an_honest_one_lets_in(new: HostileWorld) -> None:
    browser = new.world.browser()
    assert new.follow(browser).status_code == 200
    assert new.signed_in_as(browser) == new.pupil.id


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
def test_odd_keys_open_nothing(new: HostileWorld, keys: Any) -> None:
    new.plan(keys=keys(new.hostile))
    new.stays_out()


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
def test_an_odd_discovery_leads_nowhere(new: HostileWorld, discovery: dict[str, Any]) -> None:
    new.plan(discovery=discovery)
    assert b"javascript:" not in new.stays_out().body


def test_a_token_of_one_connection_opens_no_other(new: HostileWorld) -> None:
    """Another client's token, signed by the very key: two connections of a school at one provider are two clients."""

    def other_client(h: Hostile, asked: Asked) -> str:
        return signed(h.honest_claims(asked) | {"aud": "theirs"}, {"alg": "RS256", "kid": h.kid}, h.key)

    new.plan(token=other_client)
    new.stays_out()
