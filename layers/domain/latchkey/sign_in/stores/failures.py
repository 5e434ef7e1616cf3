"""Wrong passwords in a row, without any window of time: counters in the table ``credentials``."""

from dataclasses import dataclass, replace
from typing import Final

from latchkey.shared.stores.counters import Change, Tally
from latchkey.shared.stores.dynamo import ConditionFailed, Table, Update

_KEPT: Final = 400 * 86_400
"""Seconds that a row is remembered after its last try: names that nobody has are counted too, and must not stay for ever."""


@dataclass(frozen=True, slots=True)
class Row:
    """Whose tries in a row: ``key`` is an HMAC of an account or, where there is none, of what was typed.

    ``set_at`` is when the account's password was set (0: there is none). So a new password begins a new row, in the same write
    that sets it.
    """

    key: str
    set_at: int = 0


class Failures:
    """The rows of one school."""

    def __init__(self, table: Table, school: str) -> None:
        self._table = table
        self.school = school

    def count(self, row: Row, now: int, change: int = 1) -> Tally:
        """Count a try as wrong, before anything is compared; how many there are in a row."""
        found = self._table.update(replace(self._of(row, now), add={"count": change}))
        return Tally(int(found["count"]), found.get("told", 0))

    def clear_of(self, row: Row, now: int) -> Change:
        """The write by which the right password ends a row, to stand in a transaction."""
        update = self._of(row, now)
        return self._table, replace(update, set={**update.set, "count": 0, "told": None})

    def take_back_of(self, row: Row, now: int) -> Change:
        """The write that takes a try back, to stand in a transaction."""
        return self._table, replace(self._of(row, now), add={"count": -1})

    def tell(self, row: Row, now: int) -> bool:
        """Whether nobody has told yet how long this row has become; noted with this call."""
        update, untold = self._of(row, now), ("told", "missing", None)
        try:
            self._table.update(replace(update, set={**update.set, "told": 1}, when=[untold]))
        except ConditionFailed:
            return False
        return True

    def _of(self, row: Row, now: int) -> Update:
        return Update(pk=f"{self.school}#T#sign-in-row#{row.key}", sk=str(row.set_at), set={"expires_at": now + _KEPT})
