"""Which addresses on the web an admin's settings may lead us to: https, on the open internet, spelt plainly.

An issuer, a metadata address or a token endpoint is typed by an admin or said by a provider, so it is hostile input. What stands
here needs no network; ``is_public`` is asked again of the very address that is connected to (``sso.oidc.fetch``).
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

LONGEST: Final = 1_000
_HOST: Final = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*", re.ASCII)
_PLAIN: Final = re.compile(r"[!-~]+", re.ASCII)  # visible ASCII, no blank
_LOCAL: Final = re.compile(r"https?://(localhost|127\.0\.0\.1)(:[0-9]{1,5})?", re.ASCII)
_EMBEDDED: Final = tuple(
    ipaddress.ip_network(each) for each in ("2002::/16", "2001::/32", "64:ff9b::/96", "64:ff9b:1::/48", "::/96")
)
"""Networks whose addresses hold another address: through a gateway they lead anywhere."""


@dataclass(frozen=True, slots=True)
class WebAddress:
    """An address that may be asked. ``local``: one of this machine's own origins that the stack has named."""

    scheme: str
    host: str
    port: int
    target: str  # path and query
    local: bool


class NotAllowed(ValueError):
    """An address that is never asked; ``why`` is a word: spelling, https."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def local_origins(text: str) -> tuple[str, ...]:
    """The origins of this machine that a local stack lets through, separated by blanks or commas; fails closed on any other."""
    found = tuple(text.replace(",", " ").split())
    for each in found:
        if not _LOCAL.fullmatch(each):
            raise ValueError("SsoLocalOrigins takes origins on localhost or 127.0.0.1 only")
    return found


def web_address(url: str, local: tuple[str, ...] = ()) -> WebAddress:
    """The address that a text names; ``NotAllowed`` for what is not plainly an https address (or a local origin's)."""
    if not 0 < len(url) <= LONGEST or not _PLAIN.fullmatch(url) or "\\" in url:
        raise NotAllowed("spelling")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise NotAllowed("spelling") from None
    host = (parts.hostname or "").rstrip(".")
    if "@" in parts.netloc or parts.fragment or "#" in url or not _HOST.fullmatch(host) or port == 0:
        raise NotAllowed("spelling")
    is_local = f"{parts.scheme}://{parts.netloc}" in local
    if parts.scheme != "https" and not (is_local and parts.scheme == "http"):
        raise NotAllowed("https")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return WebAddress(parts.scheme, host, port or (443 if parts.scheme == "https" else 80), target, is_local)


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet: not private, link-local, shared, reserved, nor one in disguise."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:  # with a zone (fe80::1%eth0), or none at all
        return False
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if any(found in network for network in _EMBEDDED) or found.is_site_local:
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved and not found.is_unspecified


def is_loopback(address: str) -> bool:
    """Whether an IP address is this machine."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
