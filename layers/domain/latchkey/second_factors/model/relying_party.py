"""For whom passkeys are made: the site's domain. A passkey works for the domain that it was made for, and no other, for ever."""

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """``id`` is a domain; ``origin`` is where pages are, exactly as browsers say it."""

    id: str
    origin: str


def relying_party(origin: str, chosen: str = "") -> RelyingParty:
    """That of a site: the host of its origin, or a domain above it that was ``chosen``. ``ValueError`` where that is none."""
    host = urlsplit(origin).hostname or ""
    if chosen and host != chosen and not host.endswith(f".{chosen}"):
        raise ValueError(f"RP_ID {chosen} is neither the host of {origin} nor a domain above it")
    return RelyingParty(chosen or host, origin)
