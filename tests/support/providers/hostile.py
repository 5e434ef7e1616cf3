"""A provider in other hands: it signs what it likes, publishes what it likes, and sends anybody back with anything.

One test says what it does next (``Hostile.plan``). ``forged_tokens`` has the tokens: those that an attacker makes without the
provider's key, those that a careless or hostile provider signs itself, and odd shapes of both.
"""

import base64
import json
import re
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric import rsa

from tests.support.providers.jose import public_jwk, signed
from tests.support.providers.running import origin_of

TENANT = "7c6d2f3e-1b1a-4f6b-9f4e-2f1d0c9b8a70"
STAND_INS = {"https://accounts.google.com": "00000001", f"https://login.microsoftonline.com/{TENANT}/v2.0": "00000002"}
"""Issuers that this provider stands in for: each has a path of its own here."""
_ISSUER = re.compile(r"(/[0-9a-f]{8})?(/.*)", re.DOTALL)


@dataclass(frozen=True)
class Asked:
    """What the product has asked for in one sign-in."""

    client_id: str
    redirect_uri: str
    nonce: str
    state: str
    challenge: str


@dataclass
class Plan:
    """What the provider does. Everything not said is as an honest provider does it.

    ``token`` makes the ID token; ``claims`` are added to (None: taken from) an honest one's. ``discovery`` likewise, of the
    discovery document. ``keys``: what it publishes. ``answer``: the token endpoint's whole answer, (status, headers, body).
    ``back``: parameters of the way back, added or (None) left out.
    """

    token: Callable[["Hostile", Asked], str] | None = None
    claims: dict[str, Any] = field(default_factory=dict)
    discovery: dict[str, Any] = field(default_factory=dict)
    keys: list[dict[str, Any]] | None = None
    answer: tuple[int, dict[str, str], bytes] | None = None
    back: dict[str, str | None] = field(default_factory=dict)
    pages: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)


class Hostile:
    """The provider. ``key`` is published, ``other_key`` is an attacker's; ``asked`` and ``exchanged``: what came."""

    def __init__(self, origin: str, keys: tuple[rsa.RSAPrivateKey, rsa.RSAPrivateKey] | None = None) -> None:
        self.origin = self.issuer = self.place = origin
        self.key, self.other_key = keys or (new_key(), new_key())
        self.kid = "k1"
        self.ahead = 0  # seconds by which its clock is wrong
        self.now: Callable[[], float] = lambda: time.time() + self.ahead
        self.plan = Plan()
        self.asked: dict[str, Asked] = {}
        self.exchanged: list[dict[str, str]] = []

    def new_issuer(self) -> str:
        """Be one issuer more, of whom nobody has read or kept anything: which one answers, the path says."""
        self.issuer = f"{self.origin}/{secrets.token_hex(4)}"
        self.plan, self.ahead = Plan(), 0
        return self.issuer

    def honest_claims(self, asked: Asked) -> dict[str, Any]:
        """What an honest provider says of the plan's person."""
        now = int(self.now())
        claims = {"iss": self.issuer, "aud": asked.client_id, "nonce": asked.nonce, "iat": now, "exp": now + 300, "sub": "s1"}
        return without_none(claims | self.plan.claims)

    def honest_token(self, asked: Asked) -> str:
        """The same, signed with the key that is published."""
        return signed(self.honest_claims(asked), {"alg": "RS256", "kid": self.kid, "typ": "JWT"}, self.key)

    def page(self, method: str, target: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Answer a request."""
        parts = urlsplit(target)
        prefix, path = _ISSUER.fullmatch(parts.path).groups()  # type: ignore[union-attr]
        self.place = self.origin + (prefix or "")
        far = {f"/{path}": issuer for issuer, path in STAND_INS.items()}
        self.issuer = far.get(prefix, self.place)
        if path in self.plan.pages:
            return self.plan.pages[path]
        if path == "/.well-known/openid-configuration":
            return _json(without_none(self._discovery() | self.plan.discovery))
        if path == "/jwks":
            return _json({"keys": [public_jwk(self.key, self.kid)] if self.plan.keys is None else self.plan.keys})
        if path == "/authorize":
            return self._authorize(_first(parts.query))
        if path == "/token" and method == "POST":
            return self._token(_first(body.decode()))
        return 404, {}, b""

    def _discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.place}/authorize",
            "token_endpoint": f"{self.place}/token",
            "jwks_uri": f"{self.place}/jwks",
            "end_session_endpoint": f"{self.place}/end",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }

    def _authorize(self, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        code = secrets.token_urlsafe(16)
        self.asked[code] = Asked(
            query["client_id"], query["redirect_uri"], query.get("nonce", ""), query["state"], query.get("code_challenge", "")
        )
        back = without_none({"code": code, "state": query["state"], "iss": self.issuer} | self.plan.back)
        return 302, {"Location": f"{query['redirect_uri']}?{urlencode(back)}"}, b""

    def _token(self, form: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        self.exchanged.append(form)
        if self.plan.answer is not None:
            return self.plan.answer
        asked = self.asked.get(form.get("code", ""))  # the same code again and again: an honest provider would say no
        if asked is None:
            return _json({"error": "invalid_grant"}, 400)
        token = (self.plan.token or Hostile.honest_token)(self, asked)
        return _json({"access_token": "a", "token_type": "Bearer", "expires_in": 300, "id_token": token})


def new_key() -> rsa.RSAPrivateKey:
    """A key as providers have it."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def without_none(values: dict[str, Any]) -> dict[str, Any]:
    """None stands for what is left out."""
    return {name: value for name, value in values.items() if value is not None}


def _first(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}


def _json(value: Any, status: int = 200) -> tuple[int, dict[str, str], bytes]:
    return status, {"Content-Type": "application/json"}, json.dumps(value).encode()


def basic(header: str) -> tuple[str, str]:
    """Client and secret of an Authorization header."""
    name, _, secret = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")
    return name, secret


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, taken: socket.socket, hostile: Hostile) -> None:
        super().__init__(taken.getsockname(), _Connection, bind_and_activate=False)
        self.socket.close()
        self.socket = taken
        self.hostile = hostile
        self.server_activate()


class _Connection(BaseHTTPRequestHandler):
    server: _Server

    def _do(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, headers, content = self.server.hostile.page(self.command, self.path, body)
        self.send_response_only(status)
        self.send_header("Date", self.date_time_string(self.server.hostile.now()))
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_HEAD = _do  # noqa: N815 - http.server looks for these names

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def hostile_provider(taken: socket.socket) -> Iterator[Hostile]:
    """It answers on the socket while the block lasts."""
    hostile = Hostile(origin_of(taken))
    server = _Server(taken, hostile)
    worker = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    worker.start()
    try:
        yield hostile
    finally:
        server.shutdown()
        worker.join()
        server.server_close()
