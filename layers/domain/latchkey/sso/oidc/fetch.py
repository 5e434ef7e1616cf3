"""Ask a provider: an address that an admin typed, or that a provider named, and that may lead anywhere.

    name ──resolved once──▶ every address public? ──▶ connect to that address, the name in SNI and certificate ──▶ ≤ 1 MB, ≤ 5 s

The name is not looked up a second time, so a name server that answers another address then gains nothing. No redirects, no
proxies, no compression. One exception for this machine: ``local`` origins (``SsoLocalOrigins``), to loopback addresses only.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Final

from latchkey.sso.model.web_addresses import NotAllowed, WebAddress, is_loopback, is_public, web_address

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MOST_BYTES: Final = 1_000_000
SECONDS: Final = 5.0
_ADDRESSES_TRIED: Final = 2
_SENT: Final = {
    "Accept": "application/json, */*;q=0.1",
    "Accept-Encoding": "identity",
    "Connection": "close",
    "User-Agent": "Latchkey",
}


class Unreachable(Exception):
    """Nothing usable came. ``why``: spelling, https, unresolved, private, refused, certificate, slow, redirect, large, broken."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer; ``date`` is the header of that name, by which a clock that is wrong shows."""

    status: int
    body: bytes
    date: str = ""
    media: str = ""


def _resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, IPv4 first: Lambda has no other way out."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in sorted(found, key=lambda each: each[0] != socket.AF_INET)]


def fetch(
    url: str,
    *,
    form: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    local: tuple[str, ...] = (),
    seconds: float = SECONDS,
    resolve: Callable[[str, int], list[str]] = _resolve,
) -> Fetched:
    """GET an address, or POST a form to it; any status but a redirect is an answer. ``Unreachable`` says why there is none.

    The work has a thread of its own: neither a resolver nor a server that sends a byte a second holds up more than ``seconds``.
    """
    try:
        address = web_address(url, local)
    except NotAllowed as error:
        raise Unreachable(error.why) from None
    asked = _Asked(address=address, form=form, headers=dict(headers or {}), seconds=seconds, resolve=resolve)
    worker = threading.Thread(target=asked.run, daemon=True)
    worker.start()
    worker.join(seconds)
    if worker.is_alive():
        asked.give_up()
        raise Unreachable("slow")
    if asked.answer is not None:
        return asked.answer
    if isinstance(asked.failed, (OSError, http.client.HTTPException, ValueError)):
        raise Unreachable(_why(asked.failed)) from None
    raise asked.failed or Unreachable("broken")


@dataclass(slots=True, kw_only=True)
class _Asked:
    """One request and what its thread has come to."""

    address: WebAddress
    form: bytes | None
    headers: dict[str, str]
    seconds: float
    resolve: Callable[[str, int], list[str]]
    answer: Fetched | None = None
    failed: Exception | None = None
    _sockets: list[socket.socket] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        try:
            self.answer = self._ask()
        except Exception as error:  # whoever waits for this thread raises it
            self.failed = error

    def give_up(self) -> None:
        """Nobody waits any more: end the connection under the thread."""
        self._over.set()
        for each in self._sockets:
            _close(each)

    def _ask(self) -> Fetched:
        address = self.address
        connection = http.client.HTTPConnection(address.host, address.port, timeout=self.seconds)
        connection.sock = self._connected(self._addresses())
        host = address.host if address.port in {80, 443} else f"{address.host}:{address.port}"
        sent = {**_SENT, "Host": host}
        if self.form is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            method = "GET" if self.form is None else "POST"
            connection.request(method, address.target, body=self.form, headers={**sent, **self.headers})
            return _read(connection.getresponse())
        finally:
            connection.close()

    def _addresses(self) -> list[str]:
        """Where the name leads; one private address among public ones is a trick, not a provider."""
        try:
            found = list(dict.fromkeys(self.resolve(self.address.host, self.address.port)))
        except (OSError, UnicodeError):
            raise Unreachable("unresolved") from None
        if not found:
            raise Unreachable("unresolved")
        allowed = is_loopback if self.address.local else is_public
        if not all(allowed(each) for each in found):
            raise Unreachable("private")
        return found

    def _connected(self, addresses: list[str]) -> socket.socket:
        """A connection to one of the addresses that were checked; over TLS, the certificate is that of the name."""
        failed = OSError()
        for each in addresses[:_ADDRESSES_TRIED]:
            if self._over.is_set():
                break
            try:
                plain = socket.create_connection((each, self.address.port), timeout=self.seconds)
            except OSError as error:
                failed = error
            else:
                return self._sealed(plain)
        raise failed

    def _sealed(self, plain: socket.socket) -> socket.socket:
        self._sockets.append(plain)
        if self._over.is_set():
            _close(plain)
            raise Unreachable("slow")
        if self.address.scheme == "http":
            return plain
        try:
            sealed = _trusting().wrap_socket(plain, server_hostname=self.address.host)
        except (OSError, ValueError):
            plain.close()
            raise
        self._sockets.append(sealed)
        return sealed


def _read(answer: http.client.HTTPResponse) -> Fetched:
    if 300 <= answer.status < 400:
        raise Unreachable("redirect")
    if (answer.getheader("Content-Encoding") or "identity").lower() != "identity":
        raise Unreachable("broken")
    body = answer.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise Unreachable("large")
    if answer.length:  # it promised more
        raise Unreachable("broken")
    return Fetched(answer.status, body, answer.getheader("Date") or "", answer.getheader("Content-Type") or "")


@cache
def _trusting() -> ssl.SSLContext:
    """Certificates and names verified, TLS 1.2 or later; the roots are those of the system, read once."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _why(error: Exception) -> str:
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError):
        return "certificate"
    if isinstance(error, TimeoutError):
        return "slow"
    return "refused" if isinstance(error, OSError) else "broken"


def _close(connection: socket.socket) -> None:
    """End it, also under a thread that waits for it."""
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
