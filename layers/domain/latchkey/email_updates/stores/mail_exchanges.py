"""Whether anybody takes mail for a domain, asked of the DNS resolver that the machine has.

It only ever raises a doubt, so what cannot be found out within a second, or is not understood, is no doubt. Nothing but domains
is asked for, each once. A resolver's library would be fifty times as much code as these two questions need (decision 37).
"""

import secrets
import socket
import struct
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, Literal

MOST: Final = 40
"""Domains that are looked up at once; those after them are not."""
_SECONDS: Final = 1.0
_MX: Final = 15
_A: Final = 1
_RECURSIVE: Final = 0x0100
_ANSWER: Final = 0x8000
_CUT_OFF: Final = 0x0200
_NO_SUCH_DOMAIN: Final = 3
_HEADER: Final = struct.Struct("!6H")
_RECORD: Final = struct.Struct("!HHIH")  # type, class, life, length
_RESOLVERS: Final = Path("/etc/resolv.conf")
_Found = Literal["some", "none", "refused"]


class MailExchanges:
    """The mail servers of domains. ``resolver`` is an address and a port; None: nothing can be looked up."""

    def __init__(self, resolver: tuple[str, int] | None, seconds: float = _SECONDS) -> None:
        self._resolver = resolver
        self._seconds = seconds

    def lacking(self, domains: Iterable[str]) -> set[str]:
        """Those of these domains that surely take no mail: they do not exist, have no server, or say so (RFC 7505)."""
        wanted = list(dict.fromkeys(domain for domain in domains if _is_askable(domain)))[:MOST]
        if not wanted or self._resolver is None:
            return set()
        try:
            found = self._ask(self._resolver, [(domain, kind) for domain in wanted for kind in (_MX, _A)])
        except OSError:
            return set()
        return {domain for domain in wanted if _takes_no_mail(found, domain)}

    def _ask(self, resolver: tuple[str, int], asked: list[tuple[str, int]]) -> dict[tuple[str, int], _Found]:
        """What there is under each of these questions; those that were not answered are left out."""
        found: dict[tuple[str, int], _Found] = {}
        family = socket.AF_INET6 if ":" in resolver[0] else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as line:
            line.connect(resolver)  # what comes from anybody else is dropped
            waiting = dict(zip(secrets.SystemRandom().sample(range(1 << 16), len(asked)), asked, strict=True))
            for number, (domain, kind) in waiting.items():
                line.send(_HEADER.pack(number, _RECURSIVE, 1, 0, 0, 0) + _question(domain, kind))
            end = time.monotonic() + self._seconds
            while waiting and (left := end - time.monotonic()) > 0:
                line.settimeout(left)
                try:
                    packet = line.recv(4096)
                except TimeoutError:
                    break
                _take(packet, waiting, found)
        return found


def resolver_of_this_machine() -> tuple[str, int] | None:
    """The first resolver that the machine is told to ask."""
    try:
        lines = _RESOLVERS.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    parts = (line.split() for line in lines)
    return next(((part[1], 53) for part in parts if len(part) > 1 and part[0] == "nameserver"), None)


def _is_askable(domain: str) -> bool:
    labels = domain.split(".")
    return domain.isascii() and len(domain) <= 253 and len(labels) > 1 and all(0 < len(label) <= 63 for label in labels)


def _question(domain: str, kind: int) -> bytes:
    labels = b"".join(bytes([len(label)]) + label.encode() for label in domain.split("."))
    return labels + b"\0" + struct.pack("!HH", kind, 1)


def _take(packet: bytes, waiting: dict[int, tuple[str, int]], found: dict[tuple[str, int], _Found]) -> None:
    """Note what a packet answers, if it answers one of these questions."""
    if len(packet) < _HEADER.size:
        return
    number, flags, _, answers, _, _ = _HEADER.unpack_from(packet)
    asked = waiting.get(number)
    if asked is None or not flags & _ANSWER:
        return
    question = _question(*asked)
    start = _HEADER.size + len(question)
    if packet[_HEADER.size : start].lower() != question.lower():
        return
    del waiting[number]
    code = flags & 0xF
    if flags & _CUT_OFF:
        found[asked] = "some"
    elif code == _NO_SUCH_DOMAIN:
        found[asked] = "none"
    elif code == 0:
        refused = asked[1] == _MX and answers == 1 and _is_null(packet, start)
        found[asked] = "refused" if refused else "some" if answers else "none"


def _is_null(packet: bytes, at: int) -> bool:
    """Whether the answer there is a mail server without a name: the domain takes no mail."""
    while at < len(packet) and packet[at] and packet[at] < 0xC0:
        at += 1 + packet[at]
    at += 2 if at < len(packet) and packet[at] >= 0xC0 else 1
    if len(packet) < at + _RECORD.size:
        return False
    kind, _, _, length = _RECORD.unpack_from(packet, at)
    return bool(kind == _MX and length == 3)


def _takes_no_mail(found: Mapping[tuple[str, int], _Found], domain: str) -> bool:
    servers, address = found.get((domain, _MX)), found.get((domain, _A))
    return servers == "refused" or (servers == "none" and address == "none")
