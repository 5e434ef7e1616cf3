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
from latchkey.sends.model.domains import DomainCounts, Domains, Moves, merged, silent_since
from latchkey.shared.stores.dynamo import Condition, ConditionFailed, Item, Put, Table

_TRIES: Final = 12
NOTHING_KNOWN: Final = Domains(0, {})


class MailDomains:
    """The counts of one school."""

    def __init__(self, table: Table, school: str) -> None:
        self._table = table
        self.school = school

    def get(self) -> Domains:
        """The counts as they are."""
        item = self._table.get(*counts_key(self.school))
        return domains_of(item) if item else NOTHING_KNOWN

    def add(self, moves: Sequence[Moves], now: int) -> None:
        """Move the counts; ``TryLater`` where that could not be done, and nothing is counted."""
        mine, item = token_hex(8), self._table.get(self._pk, "COUNTS")
        for _ in range(_TRIES):
            was = domains_of(item) if item else NOTHING_KNOWN
            counts = merged(was.counts, moves)
            revision = item["revision"] if item else None
            written: Item = {
                "pk": self._pk,
                "sk": "COUNTS",
                "revision": (revision or 0) + 1,
                "since": was.since or now,
                "last": mine,
                "domains": {domain: list(astuple(each)) for domain, each in counts.items()},
                "silent": silent_since(was, counts, now) or None,
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
        return counts_key(self.school)[0]


def counts_key(school: str) -> tuple[str, str]:
    """Where a school's counts stand."""
    return f"{school}#MAILDOMAINS", "COUNTS"


def domains_of(item: Item) -> Domains:
    """The counts of an item; one from before silence was kept tells it since its own beginning."""
    counts = {domain: DomainCounts(*each) for domain, each in item["domains"].items()}
    return Domains(item["since"], counts, item.get("silent") or {})
