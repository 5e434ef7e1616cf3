"""Figures of readiness by day, in the table ``activity``: one small item a day, so that two years are one or two calls.

The counts stand deflated in one attribute (about 400 bytes for a secondary school), because a page reads hundreds of them.
"""

import json
import zlib
from typing import Final

from latchkey.audit.stores.audit import EventWrite
from latchkey.errors import Changed
from latchkey.readiness.model.figures import KEPT, Figures, from_rows, to_rows
from latchkey.shared.stores.aws import Client
from latchkey.shared.stores.dynamo import Condition, Item, Put, Table, transact

_MOST: Final = 200_000
"""Bytes that a day's counts may have when they are opened."""
_WEEK_KEPT: Final = 60 * 86_400


class KeptFigures:
    """The figures of one school."""

    def __init__(self, client: Client, table: Table, school: str) -> None:
        self._client = client
        self._table = table
        self._pk = f"{school}#FIGURES"
        self._weeks = f"{school}#WEEKS"

    def put(self, figures: Figures, at: int) -> None:
        """Keep a day's figures; those of the same day are replaced. ``at`` in epoch seconds."""
        counts = zlib.compress(json.dumps(to_rows(figures), separators=(",", ":"), ensure_ascii=False).encode(), 9)
        self._table.put(Put(item={"pk": self._pk, "sk": figures.day, "counts": counts, "at": at, "expires_at": at + KEPT}))

    def since(self, day: str, now: int) -> list[Figures]:
        """The figures of all days after this one, the oldest first; none whose time is over. A moment old at most."""
        pages = self._table.pages(self._pk, above=day, eventual=True)
        return [_figures(item["sk"], item["counts"]) for page in pages for item in page if item["expires_at"] > now]

    # Two workers with one message:    A: no item of W48 ── notice and item of W48, if there is none ──▶ done
    #                                  B: no item of W48 ── the same ──▶ ✗ Changed: the notice is written

    def claim_week(self, week: str, at: int, also: EventWrite | None = None) -> bool:
        """Note that the mail of a week (``2026-W48``) is written, together with its notice, if any; False if it is already."""
        item: Item = {"pk": self._weeks, "sk": week, "at": at, "expires_at": at + _WEEK_KEPT}
        nobody_was_quicker: Condition = ("pk", "missing", None)
        try:
            transact(self._client, [(self._table, Put(item=item, when=[nobody_was_quicker])), *([also] if also else [])])
        except Changed:
            return False
        return True


def _figures(day: str, counts: bytes) -> Figures:
    return from_rows(day, json.loads(zlib.decompressobj().decompress(counts, _MOST)))
