"""The corpus of forged and odd ID tokens, against what verifies them; tests/routes/federate sends it through whole sign-ins."""

import pytest

from latchkey.sso.model.claims import Expected, Rejected, check
from latchkey.sso.oidc.id_token import claims_of
from tests.support.providers.forged_tokens import FORGED, Make
from tests.support.providers.hostile import Asked, Hostile
from tests.support.providers.jose import public_jwk

NOW = 1_800_000_000
ASKED = Asked("client", "http://localhost/sso/callback", "the nonce", "the state", "")


@pytest.fixture(scope="module")
def hostile() -> Hostile:
    made = Hostile("http://127.0.0.1:1")
    made.now = lambda: NOW
    made.plan.claims = {"email": "maya@pupils.example", "email_verified": True}
    return made


def verify(hostile: Hostile, token: str) -> None:
    claims = claims_of(token, lambda _kid: [public_jwk(hostile.key, hostile.kid)])
    check(claims, Expected(issuer=hostile.issuer, client_id="client", nonce="the nonce", since=NOW, access_token="a"), NOW)


def test_an_honest_one_is_taken(hostile: Hostile) -> None:
    verify(hostile, hostile.honest_token(ASKED))


@pytest.mark.parametrize("make", FORGED.values(), ids=FORGED)
def test_none_of_them_is(hostile: Hostile, make: Make) -> None:
    with pytest.raises(Rejected):
        verify(hostile, make(hostile, ASKED))
