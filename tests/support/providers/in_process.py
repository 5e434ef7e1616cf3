"""The hostile provider without a network: the guarded fetcher is whole, but for the connection, which ends in this process."""

import io
import ipaddress
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import formatdate
from functools import cache, partial
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import pytest
from chalice.test import HTTPResponse
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from latchkey.people.model.person import Person
from latchkey.sso.model.connection import Connection, SecretRef
from latchkey.sso.oidc.fetch import fetch
from latchkey.sso.oidc.providers import Providers
from tests.support.federate import Browser, World, open_world
from tests.support.providers.hostile import Hostile, Plan, new_key
from tests.support.system import TestSystem

ORIGIN: Final = "https://hostile.example"
PUBLIC: Final = "93.184.215.14"
START: Final = "/schools/northbridge/sso/id"
_MOST: Final = 10


class _Wire:
    """What http.client takes for a socket; the provider answers what was sent when the answer is read."""

    def __init__(self, hostile: Hostile) -> None:
        self._hostile, self._sent = hostile, b""

    def sendall(self, content: bytes) -> None:
        self._sent += content

    def makefile(self, _mode: str) -> io.BytesIO:
        head, _, body = self._sent.partition(b"\r\n\r\n")
        method, target, _ = head.decode().split(" ", 2)
        status, headers, content = self._hostile.page(method, target, body)
        said = {"Date": formatdate(self._hostile.now(), usegmt=True), "Content-Length": str(len(content)), **headers}
        lines = [f"HTTP/1.1 {status} So", *(f"{name}: {value}" for name, value in said.items()), "", ""]
        return io.BytesIO("\r\n".join(lines).encode() + content)

    def shutdown(self, _how: int) -> None: ...

    def close(self) -> None: ...


@cache
def _keys() -> tuple[RSAPrivateKey, RSAPrivateKey]:
    """Those of all tests of a process: making two takes longer than all else that a test does."""
    return new_key(), new_key()


def _resolved(host: str, _port: int) -> list[str]:
    """A name leads to the open internet; an address to itself."""
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        return [PUBLIC]


@dataclass
class HostileWorld:
    """Northbridge, whose students sign in at a provider in other hands. ``pupil`` has an account there that is known here."""

    world: World
    hostile: Hostile
    pupil: Person

    def plan(self, **more: Any) -> None:
        """What an honest provider says of the pupil, but for this."""
        self.hostile.plan = Plan(**{"claims": {"email": self.pupil.email, "email_verified": True}, **more})

    def follow(self, browser: Browser, target: str = START) -> HTTPResponse:
        """Where redirects end."""
        for _ in range(_MOST):
            answer = browser.get(target)
            if not 300 <= answer.status_code < 400:
                return answer
            target = self._next(target, answer)
        raise AssertionError(f"It goes round in circles: {target}")

    def way_back(self, browser: Browser, target: str = START) -> str:
        """Begin, sign in at the provider, and stop where it leads back."""
        sent = browser.get(target)
        assert sent.status_code == 303, sent.body
        return self._next(target, sent)

    def _next(self, at: str, answer: HTTPResponse) -> str:
        """A page of ours to which a redirect leads, by way of the provider if it leads there."""
        url = urljoin(f"https://latchkey.test{at}", answer.headers["Location"])
        if url.startswith(f"{ORIGIN}/"):
            status, headers, _ = self.hostile.page("GET", url.removeprefix(ORIGIN), b"")
            assert status == 302
            url = headers["Location"]
        parts = urlsplit(url)
        assert (parts.scheme, parts.netloc) == ("https", "latchkey.test"), url
        return parts._replace(scheme="", netloc="").geturl()

    def stays_out(self, browser: Browser | None = None, target: str = START) -> HTTPResponse:
        """A page that says something, in nobody's session. 503: it is the other side, and may be over in a minute."""
        browser = browser or self.world.browser()
        answer = self.follow(browser, target)
        assert 400 <= answer.status_code < 500 or answer.status_code == 503, f"{answer.status_code} {answer.body[:300]!r}"
        assert answer.headers["Content-Type"].startswith("text/html")
        assert len(re.findall(rb"<h1[ >]", answer.body)) == 1
        assert self.signed_in_as(browser) is None
        return answer

    @staticmethod
    def signed_in_as(browser: Browser) -> str | None:
        """The id of whose session the product sees; None: nobody's."""
        answer = browser.get("/account", Accept="application/json")
        return str(answer.json_body["person"]["id"]) if answer.status_code == 200 else None


def connection(name: str, **facts: Any) -> Connection:
    """One at the hostile provider, by which students come, matched by their address."""
    secret = SecretRef(name=f"latchkey/sso/northbridge/{name}")
    usual: dict[str, Any] = {"kind": "oidc", "label": "Sign in with ID", "roles": ("student",), "issuer": ORIGIN}
    return Connection(**{**usual, "name": name, "client_id": "ours", "secret": secret, **facts})


@contextmanager
def hostile_world(
    system: TestSystem, monkeypatch: pytest.MonkeyPatch, *connections: Connection, known: bool = True
) -> Iterator[HostileWorld]:
    """Nothing is kept of the provider yet; or, if ``known``, the pupil has come in once, so that the account there is theirs."""
    hostile = Hostile(ORIGIN, _keys())
    hostile.now = lambda: system.clock() + hostile.ahead
    monkeypatch.setattr("latchkey.sso.oidc.fetch._Asked._connected", lambda _asked, _addresses: _Wire(hostile))
    with open_world(system, monkeypatch, *(connections or [connection("id")])) as world:
        world.wiring.__dict__["providers"] = Providers(partial(fetch, resolve=_resolved), world.wiring.now)
        made = HostileWorld(world, hostile, world.add("maya"))
        made.plan()
        if known:
            browser = world.browser()
            assert made.follow(browser).status_code == 200
            assert made.signed_in_as(browser) == made.pupil.id
            hostile.exchanged.clear()
        yield made
