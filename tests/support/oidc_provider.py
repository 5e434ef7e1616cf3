"""An OpenID provider in the process: answers the guarded fetcher's questions, and signs what a test wants it to say.

It is written for this product's tests and knows no mercy, but no surprise either: tests/infra and tests/e2e meet providers that
somebody else wrote.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote_plus, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from latchkey.sso.oidc.fetch import Fetched, Unreachable

ISSUER = "https://login.northbridge.example"
CLIENT = "latchkey-northbridge"
SECRET = "s3cret +/=&"


@cache
def rsa_key() -> rsa.RSAPrivateKey:
    """An RSA key, the same for all tests of a process."""
    return rsa.generate_private_key(65_537, 2_048)


@cache
def other_rsa_key() -> rsa.RSAPrivateKey:
    """Another one."""
    return rsa.generate_private_key(65_537, 2_048)


@cache
def ec_key() -> ec.EllipticCurvePrivateKey:
    """A key of the curve P-256."""
    return ec.generate_private_key(ec.SECP256R1())


@cache
def rsa_jwk(kid: str = "one") -> dict[str, Any]:
    """The public half of the RSA key, as a JWKS has it."""
    made: dict[str, Any] = RSAAlgorithm.to_jwk(rsa_key().public_key(), as_dict=True)
    return {**made, "kid": kid, "use": "sig", "alg": "RS256"}


@cache
def ec_jwk(kid: str = "curve") -> dict[str, Any]:
    """The public half of the key of the curve."""
    made: dict[str, Any] = ECAlgorithm.to_jwk(ec_key().public_key(), as_dict=True)
    return {**made, "kid": kid, "use": "sig", "alg": "ES256"}


def signed(
    claims: Mapping[str, Any], *, kid: str | None = "one", key: Any = None, algorithm: str = "RS256", **header: Any
) -> str:
    """A token."""
    headers = {**({"kid": kid} if kid is not None else {}), **header}
    return jwt.encode(dict(claims), key or rsa_key(), algorithm, headers=headers)


def query_of(url: str) -> dict[str, str]:
    """What an address asks, each once."""
    return dict(parse_qsl(urlsplit(url).query, strict_parsing=True))


@dataclass
class Provider:
    """One provider. ``claims`` are said besides those that every token needs; ``changed`` is put over all of them.

    ``broken``: addresses (their end) that cannot be reached, and why; ``asked`` counts what was asked.
    """

    clock: Callable[[], float]
    issuer: str = ISSUER
    claims: dict[str, Any] = field(default_factory=dict)
    changed: dict[str, Any] = field(default_factory=dict)
    discovery: dict[str, Any] = field(default_factory=dict)
    keys: list[dict[str, Any]] = field(default_factory=lambda: [rsa_jwk(), ec_jwk()])
    info: dict[str, Any] | None = None
    broken: dict[str, str] = field(default_factory=dict)
    refuse: tuple[int, dict[str, Any]] | None = None
    sign: Callable[..., Any] = signed
    secret: str = SECRET
    client: str = CLIENT
    asked: list[str] = field(default_factory=list)
    date: str = ""
    authorize_page: bytes = b"<form>sign in</form>"
    _begun: dict[str, dict[str, str]] = field(default_factory=dict)

    def ask(self, url: str, *, form: bytes | None = None, headers: Mapping[str, str] | None = None, **_: Any) -> Fetched:
        """Stands in for ``fetch``."""
        path = url.removeprefix(self.issuer).partition("?")[0]
        self.asked.append(path)
        for end, why in self.broken.items():
            if path.endswith(end):
                raise Unreachable(why)
        if path == "/token":
            return self._token(dict(parse_qsl((form or b"").decode())), headers or {})
        if path == "/userinfo":
            return self._json(self.info or {}, 200 if self.info is not None else 401)
        if path == "/authorize":
            return Fetched(200, self.authorize_page, "", "text/html")
        found = {"/.well-known/openid-configuration": self._discovery(), "/keys": {"keys": self.keys}}.get(path)
        return self._json(found, 200) if found is not None else self._json({}, 404)

    def sign_in(self, url: str) -> dict[str, str]:
        """What the provider's page gives back to a browser that was sent to this address: the query of the callback."""
        asked = query_of(url)
        code = f"code-{len(self._begun)}"
        self._begun[code] = asked
        return {"code": code, "state": asked["state"]}

    def _discovery(self) -> dict[str, Any]:
        made = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "end_session_endpoint": f"{self.issuer}/end",
        }
        return {name: value for name, value in {**made, **self.discovery}.items() if value is not None}

    def _token(self, asked: dict[str, str], headers: Mapping[str, str]) -> Fetched:
        if self.refuse is not None:
            return self._json(self.refuse[1], self.refuse[0])
        client, secret = asked.get("client_id"), asked.get("client_secret")
        if "Authorization" in headers:
            both = base64.b64decode(headers["Authorization"].removeprefix("Basic ")).decode()
            client, _, secret = (unquote_plus(each) for each in both.partition(":"))
        if (client, secret) != (self.client, self.secret):
            return self._json({"error": "invalid_client"}, 401)
        begun = self._begun.pop(asked.get("code", ""), None)
        if begun is None:
            return self._json({"error": "invalid_grant"}, 400)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(asked["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        assert begun["code_challenge"] == challenge
        assert begun["redirect_uri"] == asked["redirect_uri"]
        now = int(self.clock())
        said = {"iss": self.issuer, "aud": self.client, "iat": now, "exp": now + 300, "nonce": begun["nonce"], **self.claims}
        said = {name: value for name, value in {**said, **self.changed}.items() if value is not None}
        return self._json({"id_token": self.sign(said), "access_token": "opaque", "token_type": "Bearer"}, 200)

    def _json(self, found: Any, status: int) -> Fetched:
        return Fetched(status, json.dumps(found).encode(), self.date, "application/json")


def parts_of(url: str) -> tuple[str, dict[str, list[str]]]:
    """An address without its query, and the query."""
    return url.partition("?")[0], parse_qs(urlsplit(url).query)
