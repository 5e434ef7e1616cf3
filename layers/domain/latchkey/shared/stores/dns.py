"""Records of DNS, asked of the resolvers that the machine has: the one module that asks.

All questions are asked at once and have the time of one. What is not answered in it, or not understood, is None: never "there
is none". dnspython is loaded here and only when something is asked: few requests do.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dns.asyncresolver import Resolver

Kind = Literal["A", "CNAME", "MX", "TXT"]
Question = tuple[str, Kind]
Answers = tuple[str, ...] | None
"""The records: of MX the servers' names (``.``: takes no mail), of TXT the whole texts. Empty: none; None: not found out."""
RESOLVERS: Final = Path("/etc/resolv.conf")
SECONDS: Final = 1.0


class Dns:
    """``resolvers`` names whom to ask, as resolv.conf(5) says; ``seconds`` is for all questions together."""

    def __init__(self, resolvers: Path = RESOLVERS, port: int = 53, seconds: float = SECONDS) -> None:
        self._resolvers = resolvers
        self._port = port
        self._seconds = seconds

    def ask(self, questions: Iterable[Question]) -> dict[Question, Answers]:
        """An answer for each question."""
        wanted = list(dict.fromkeys(questions))
        askable = [(name, kind) for name, kind in wanted if name.isascii() and "." in name]
        if not askable:
            return dict.fromkeys(wanted)
        import asyncio

        from dns.asyncresolver import Resolver
        from dns.exception import DNSException

        try:
            resolver = Resolver(str(self._resolvers))
        except DNSException:  # the machine names none
            return dict.fromkeys(wanted)
        resolver.port, resolver.lifetime, resolver.timeout = self._port, self._seconds, self._seconds
        found = asyncio.run(_ask(resolver, askable))
        return {question: found.get(question) for question in wanted}


async def _ask(resolver: Resolver, questions: list[Question]) -> dict[Question, Answers]:
    import asyncio

    found = await asyncio.gather(*(_records(resolver, name, kind) for name, kind in questions))
    return dict(zip(questions, found, strict=True))


async def _records(resolver: Resolver, name: str, kind: Kind) -> Answers:
    from dns.exception import DNSException
    from dns.resolver import NXDOMAIN

    try:
        answer = await resolver.resolve(name, kind, search=False, raise_on_no_answer=False)
    except NXDOMAIN:
        return ()
    except (DNSException, OSError):
        return None
    records = tuple(answer.rrset or ())
    if kind == "TXT":  # a long text comes in pieces
        return tuple(b"".join(record.strings).decode("utf-8", "replace") for record in records)
    if kind == "MX":
        return tuple(record.exchange.to_text().lower() for record in sorted(records, key=lambda each: each.preference))
    return tuple(record.to_text().lower() for record in records)
