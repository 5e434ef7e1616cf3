"""Whether anybody takes mail for a domain, asked of the DNS resolvers that the machine has.

It only ever raises a doubt, so what cannot be found out within a second, or is not understood, is no doubt. Nothing but domains
is asked for, all at once. dnspython is loaded here and only when something is asked: few requests do.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dns.asyncresolver import Resolver

MOST: Final = 40
"""Domains that are looked up at once; those after them are not."""
_SECONDS: Final = 1.0
_RESOLVERS: Final = Path("/etc/resolv.conf")
_Records = tuple[Any, ...] | None
"""What there is of one kind; None where that was not found out."""


class MailExchanges:
    """The mail servers of domains. ``resolvers`` names whom to ask, as resolv.conf(5) says; ``seconds`` is for all domains."""

    def __init__(self, resolvers: Path = _RESOLVERS, port: int = 53, seconds: float = _SECONDS) -> None:
        self._resolvers = resolvers
        self._port = port
        self._seconds = seconds

    def lacking(self, domains: Iterable[str]) -> set[str]:
        """Those of these domains that surely take no mail: they do not exist, have no server, or say so (RFC 7505)."""
        wanted = list(dict.fromkeys(domain for domain in domains if domain.isascii() and "." in domain))[:MOST]
        if not wanted:
            return set()
        import asyncio

        from dns.asyncresolver import Resolver
        from dns.exception import DNSException

        try:
            resolver = Resolver(str(self._resolvers))
        except DNSException:  # the machine names none
            return set()
        resolver.port, resolver.lifetime, resolver.timeout = self._port, self._seconds, self._seconds
        found = asyncio.run(_ask(resolver, wanted))
        return {domain for domain, servers, addresses in found if _takes_no_mail(servers, addresses)}


async def _ask(resolver: Resolver, domains: Sequence[str]) -> list[tuple[str, _Records, _Records]]:
    """Each domain with its mail servers and its addresses."""
    import asyncio

    servers = (_records(resolver, domain, "MX") for domain in domains)
    addresses = (_records(resolver, domain, "A") for domain in domains)
    found = await asyncio.gather(*servers, *addresses)
    return list(zip(domains, found[: len(domains)], found[len(domains) :], strict=True))


async def _records(resolver: Resolver, domain: str, kind: str) -> _Records:
    from dns.exception import DNSException
    from dns.resolver import NXDOMAIN

    try:
        answer = await resolver.resolve(domain, kind, search=False, raise_on_no_answer=False)
    except NXDOMAIN:
        return ()
    except (DNSException, OSError):
        return None
    return tuple(answer.rrset or ())


def _takes_no_mail(servers: _Records, addresses: _Records) -> bool:
    from dns.name import root

    if servers:
        return [server.exchange for server in servers] == [root]
    return servers == () and addresses == ()
