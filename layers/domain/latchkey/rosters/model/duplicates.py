"""Which MIS ids, usernames and UPNs come twice in a roster: exactly, in memory of a fixed size.

The first pass marks each value in two places of one table of bytes (a Bloom filter; one bit of each byte for each kind) and
keeps those that seem to have been there before: all that come twice, and a few that do not. The second pass counts these.
Python's salted hash means that nobody can make a file whose values collide.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from latchkey.rosters.model.runs import Rejection, Row, Unusable, excerpt

_SLOTS: Final = 1 << 23  # 8 MB of zeros, of which a small file touches little
_MASK: Final = _SLOTS - 1
_MOST: Final = 100_000
_KINDS: Final = (("mis_id", 1), ("username", 2), ("upn", 4))


class Duplicates:
    """First ``look`` at all rows, then ``count`` all rows if ``suspects``, then ask ``sort_out`` for each batch."""

    def __init__(self) -> None:
        self._seen = bytearray(_SLOTS)
        self._counts: dict[str, dict[str, int]] = {name: {} for name, _ in _KINDS}

    def look(self, rows: Sequence[Row]) -> None:
        """The first pass."""
        columns: list[list[str | None]] = [[getattr(row, name) for row in rows] for name, _ in _KINDS]
        seen = self._seen
        for (name, bit), values in zip(_KINDS, columns, strict=True):
            counts = self._counts[name]
            for value in values:
                if value is None:
                    continue
                mark = hash(value)
                one, two = mark & _MASK, (mark >> 32) & _MASK
                if seen[one] & seen[two] & bit:
                    counts[value] = 0
                else:
                    seen[one] |= bit
                    seen[two] |= bit
        if self.suspects > _MOST:
            raise Unusable("More than 100,000 rows share their MIS id, username or UPN with another row. Export the file again.")

    @property
    def suspects(self) -> int:
        """How many values may come twice: with none, there is nothing to count."""
        return sum(map(len, self._counts.values()))

    def count(self, rows: Iterable[Row]) -> None:
        """The second pass."""
        ids, names, upns = (self._counts[name] for name, _ in _KINDS)
        for row in rows:
            if row.mis_id in ids:
                ids[row.mis_id] += 1
            if row.username in names:
                names[row.username] += 1
            if row.upn in upns:
                upns[row.upn] += 1

    def sort_out(self, rows: Sequence[Row], names: Mapping[str, str]) -> tuple[list[Row], list[Rejection]]:
        """The rows that are alone with their values, and the others: all of them, since none is more right than another."""
        if not self.suspects:
            return list(rows), []
        good, rejected = [], []
        for row in rows:
            column = self._twice(row)
            if column is None:
                good.append(row)
            else:
                reason = "stands in more than one row of the file; none of them is taken"
                rejected.append(Rejection(row.line, names.get(column, column), reason, excerpt(getattr(row, column))))
        return good, rejected

    def _twice(self, row: Row) -> str | None:
        for name, _ in _KINDS:
            value = getattr(row, name)
            if value is not None and self._counts[name].get(value, 0) > 1:
                return name
        return None
