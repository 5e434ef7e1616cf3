"""The sign-in providers of the tests come from their registries, run, and end with what started them."""

import socket
from typing import Any

import httpx
import pytest

from infra.local.waiting import answers
from tests.support.providers.certificates import key_and_certificate
from tests.support.providers.running import held, origin_of, provider

BACK = "http://localhost:1/sso/callback"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@pytest.fixture
def taken() -> Any:
    with held() as taken:
        yield taken


def discovered(origin: str) -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(f"{origin}/.well-known/openid-configuration").raise_for_status().json()
    assert found["issuer"] == origin
    return found


def test_the_certified_provider_asks_who_one_is_and_takes_changes(taken: socket.socket) -> None:
    client = {"client_id": "ours", "client_secret": "secret", "redirect_uris": [BACK]}
    port = int(origin_of(taken).rpartition(":")[2])
    with provider("oidc-provider", taken, clients=[client], accounts={}) as made, httpx.Client(follow_redirects=True) as http:
        found = discovered(made.origin)
        (key,) = http.get(found["jwks_uri"]).json()["keys"]
        asked = {"client_id": "ours", "response_type": "code", "scope": "openid email", "redirect_uri": BACK, "state": "s"}
        asked |= {"nonce": "n", "code_challenge": CHALLENGE, "code_challenge_method": "S256"}
        assert "Enter any login" in http.get(found["authorization_endpoint"], params=asked).text
        assert http.get(found["authorization_endpoint"], params=asked | {"redirect_uri": f"{BACK}/x"}).status_code == 400

        made.change(keyNumber=1)
        assert http.get(found["jwks_uri"]).json()["keys"][0]["kid"] != key["kid"]
        made.change(keysUnreachable=True)
        assert http.get(found["jwks_uri"]).status_code == 503
    assert not answers(port), "it ends with its test"


def test_the_second_provider_sends_whoever_comes_back(taken: socket.socket) -> None:
    with provider("oauth2-mock-server", taken, claims={"email": "maya@x.example"}) as made:
        found = discovered(made.origin)
        asked = {"client_id": "ours", "response_type": "code", "scope": "openid", "redirect_uri": BACK, "state": "s"}
        assert httpx.get(found["authorization_endpoint"], params=asked).headers["Location"].startswith(f"{BACK}?")


def test_the_saml_provider_has_metadata(taken: socket.socket) -> None:
    key, certificate = key_and_certificate()
    with provider("samlp", taken, key=key, certificate=certificate, people={}, acs="http://localhost:1/sso/saml") as made:
        text = httpx.get(f"{made.origin}/metadata").raise_for_status().text
        assert f'entityID="{made.origin}/metadata"' in text
        assert "".join(certificate.splitlines()[1:-1])[:60] in text
