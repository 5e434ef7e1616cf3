"""How a school's mail fares by receiving domain: one item in the table ``activity``, so a page is one read.

A batch of events is one write, whatever it moves. Two workers at once, and an answer that never came:

    worker A   read: revision 7 ── write 8, if still 7 ✓ (the answer is lost) ── again: ✗, but ``last`` is mine: done
    worker B         read: revision 7 ── write 8, if still 7 ✗ ── merge with what was found ── write 9, if still 8 ✓
"""

from collections.abc import Sequence
from dataclasses import astuple
from secrets import token_hex
from typing import Final

from latchkey.errors import TryLater
from latchkey.sends.model.domains import DomainCounts, Domains, Moves, merged
from latchkey.shared.stores.dynamo import Condition, ConditionFailed, Item, Put, Table

_TRIES: Final = 12


class MailDomains:
    """The counts of one school."""

    def __init__(self, table: Table, school: str) -> None:
        self._table = table
        self.school = school

    def get(self) -> Domains:
        """The counts as they are."""
        return _read(self._table.get(self._pk, "COUNTS"))

    def add(self, moves: Sequence[Moves], now: int) -> None:
        """Move the counts; ``TryLater`` where that could not be done, and nothing is counted."""
        mine, item = token_hex(8), self._table.get(self._pk, "COUNTS")
        for _ in range(_TRIES):
            was = _read(item)
            revision = item["revision"] if item else None
            written: Item = {
                "pk": self._pk,
                "sk": "COUNTS",
                "revision": (revision or 0) + 1,
                "since": was.since or now,
                "last": mine,
                "domains": {domain: list(astuple(counts)) for domain, counts in merged(was.counts, moves).items()},
            }
            nobody_wrote_since: Condition = ("revision", "=", revision)
            try:
                self._table.put(Put(item=written, when=[nobody_wrote_since]))
            except ConditionFailed as failed:
                item = failed.item
                if item is not None and item["last"] == mine:
                    return
            else:
                return
        raise TryLater("Too many count this school's mails.")

    @property
    def _pk(self) -> str:
        return f"{self.school}#MAILDOMAINS"


def _read(item: Item | None) -> Domains:
    if item is None:
        return Domains(0, {})
    return Domains(item["since"], {domain: DomainCounts(*counts) for domain, counts in item["domains"].items()})
