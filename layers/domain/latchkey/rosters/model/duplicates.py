"""Which MIS ids, usernames and UPNs come twice in a roster: exactly, in memory that grows with these, not with the file.

Rows of one id are one person where they do not contradict each other: an MIS writes a parent once for each child. Rows that do
are rejected. A username or UPN of several people is nobody's: it is left out, and the people are taken.

The first pass marks each value in two places of one table of bytes (a Bloom filter; one bit of each byte for each kind) and
keeps those that seem to have been there before: all that come twice, and a few that do not. The second pass counts these.
Python's salted hash means that nobody can make a file whose values collide.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from latchkey.office_files.model.unusable import Unusable, excerpt
from latchkey.rosters.model.runs import Rejection, Row

_SLOTS: Final = 1 << 23  # 8 MB of zeros, of which a small file touches little
_MASK: Final = _SLOTS - 1
_MOST: Final = 100_000
_KINDS: Final = (("mis_id", 1), ("username", 2), ("upn", 4))


class SortedOut(NamedTuple):
    """Rows of a batch, each person once. ``merged``: how many rows say again what another one says."""

    rows: list[Row]
    rejected: list[Rejection]
    warned: list[Rejection]
    merged: int


class Duplicates:
    """First ``look`` at all rows, then ``count`` all rows if ``suspects``, then ask ``sort_out`` for each batch."""

    def __init__(self) -> None:
        self._seen = bytearray(_SLOTS)
        self._counts: dict[str, dict[str, int]] = {name: {} for name, _ in _KINDS}
        self._merged: dict[str, Row | None] = {}  # None where rows contradict each other

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

    def holds(self, mis_id: str) -> bool:
        """Whether a row of the file has this MIS id; of ten thousand others it says so of hardly one (a Bloom filter)."""
        mark = hash(mis_id)
        return bool(self._seen[mark & _MASK] & self._seen[(mark >> 32) & _MASK] & 1)

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
                if row.mis_id in self._merged:
                    before = self._merged[row.mis_id]
                    self._merged[row.mis_id] = before and _together(before, row)
                    continue  # its username and UPN are the same person's
                self._merged[row.mis_id] = row
            if row.username in names:
                names[row.username] += 1
            if row.upn in upns:
                upns[row.upn] += 1

    def sort_out(self, rows: Sequence[Row], names: Mapping[str, str]) -> SortedOut:
        """Each person of these rows once, without usernames and UPNs that stand at several people."""
        if not self.suspects:
            return SortedOut(list(rows), [], [], 0)
        good: list[Row] = []
        rejected: list[Rejection] = []
        warned: list[Rejection] = []
        merged, called = 0, names.get("mis_id", "mis_id")
        for each in rows:
            row: Row | None = each
            if self._counts["mis_id"].get(each.mis_id, 0) > 1:
                row = self._merged[each.mis_id]
                if row is None:
                    reason = "stands in several rows that contradict each other; none of them is taken"
                    rejected.append(Rejection(each.line, called, reason, excerpt(each.mis_id)))
                    continue
                if row.line != each.line:
                    merged += 1
                    warned.append(
                        Rejection(each.line, called, f"is the person of row {row.line:,}; taken once", excerpt(each.mis_id))
                    )
                    continue
            good.append(self._without_shared(row or each, names, warned))
        return SortedOut(good, rejected, warned, merged)

    def _without_shared(self, row: Row, names: Mapping[str, str], warned: list[Rejection]) -> Row:
        for name, _ in _KINDS[1:]:
            value = getattr(row, name)
            if value is not None and self._counts[name].get(value, 0) > 1:
                reason = "stands at several people of the file; it was left out"
                warned.append(Rejection(row.line, names.get(name, name), reason, excerpt(value)))
                row = row._replace(username=None) if name == "username" else row._replace(upn=None)
        return row


def _together(one: Row, other: Row) -> Row | None:
    """Two rows of one id as one, with the children of both; None where they contradict each other."""
    values: dict[str, Any] = {}
    for name, mine, theirs in zip(Row._fields, one, other, strict=True):
        if name == "links":
            values[name] = tuple(dict.fromkeys((*one.links, *other.links)))
        elif name == "line" or mine == theirs or theirs is None:
            values[name] = mine
        elif mine is None:
            values[name] = theirs
        else:
            return None
    return Row(**values)
