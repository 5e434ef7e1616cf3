"""Whether anybody takes mail for a domain, by DNS.

It only ever raises a doubt, so what cannot be found out within a second, or is not understood, is no doubt. Nothing but domains
is asked for, all at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from latchkey.shared.stores.dns import RESOLVERS, SECONDS, Dns

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from latchkey.shared.stores.dns import Answers

MOST: Final = 40
"""Domains that are looked up at once; those after them are not."""
_ROOT: Final = "."


class MailExchanges:
    """The mail servers of domains. ``resolvers`` names whom to ask, as resolv.conf(5) says; ``seconds`` is for all domains."""

    def __init__(self, resolvers: Path = RESOLVERS, port: int = 53, seconds: float = SECONDS) -> None:
        self._dns = Dns(resolvers, port, seconds)

    def lacking(self, domains: Iterable[str]) -> set[str]:
        """Those of these domains that surely take no mail: they do not exist, have no server, or say so (RFC 7505)."""
        wanted = list(dict.fromkeys(domain for domain in domains if domain.isascii() and "." in domain))[:MOST]
        found = self._dns.ask([*((domain, "MX") for domain in wanted), *((domain, "A") for domain in wanted)])
        return {domain for domain in wanted if _takes_no_mail(found[domain, "MX"], found[domain, "A"])}


def _takes_no_mail(servers: Answers, addresses: Answers) -> bool:
    if servers:
        return set(servers) == {_ROOT}
    return servers == () and addresses == ()
