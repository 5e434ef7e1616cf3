"""Which MIS ids, usernames and UPNs come twice in a roster: exactly, in memory that grows with these, not with the file.

Rows of one id are one person where they do not contradict each other: an MIS writes a parent once for each child. Rows that do
are rejected. A username or UPN of several people is nobody's: it is left out, and the people are taken.

The first pass marks each value by four bits in one word of a table (a Bloom filter in blocks) and keeps those that seem to have
been there before: all that come twice, and of a million rows some thousand values that do not. The second pass counts these.
Python's salted hash means that nobody can make a file whose values collide.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, Final, NamedTuple

from latchkey.office_files.model.unusable import Unusable, excerpt
from latchkey.rosters.model.known import name_key
from latchkey.rosters.model.runs import Rejection, Row

_WORDS: Final = 1 << 20  # of 64 bits: 8 MB of zeros, of which a small file touches little
_MOST: Final = 100_000
_KINDS: Final = (("mis_id", 0), ("username", 0x5BD1_E995_27D4_EB2F), ("upn", 0x2545_F491_4F6C_DD1D))
"""What stands in the columns, and what its hash is mixed with, so that one text marks other bits in each of them."""
_FAMILY: Final = 0x1B87_3593_CC9E_2D51
_LEAVES: Final = attrgetter("leaves")


class SortedOut(NamedTuple):
    """Rows of a batch, each person once. ``merged``: how many rows say again what another one says."""

    rows: list[Row]
    rejected: list[Rejection]
    warned: list[Rejection]
    merged: int


class _Seen:
    """Which values were there before. Of a million rows, about one value in a thousand only seems to have been."""

    def __init__(self) -> None:
        self._words = memoryview(bytearray(8 * _WORDS)).cast("Q")
        self._pairs = [1 << (at & 63) | 1 << (at >> 6) for at in range(4096)]

    def again(self, values: Iterable[str | None], kind: int) -> Iterator[str]:
        """Mark some values, but no None; those that seem to have been marked before."""
        words, pairs, last = self._words, self._pairs, _WORDS - 1
        for value in values:
            if value is None:
                continue
            mark = hash(value) ^ kind
            bits, place = pairs[mark & 4095] | pairs[mark >> 12 & 4095], mark >> 24 & last
            word = words[place]
            if word & bits == bits:
                yield value
            else:
                words[place] = word | bits


class _Adults:
    """The rows of adults of one name and address: of each kind the one with the lowest id, in whatever order they come."""

    __slots__ = ("parent", "staff")

    def __init__(self) -> None:
        self.parent: Row | None = None
        self.staff: Row | None = None

    def add(self, row: Row) -> None:
        if row.role == "parent":
            self.parent = row if self.parent is None or row.mis_id < self.parent.mis_id else self.parent
        else:
            self.staff = row if self.staff is None or row.mis_id < self.staff.mis_id else self.staff


class Duplicates:
    """First ``look`` at all rows, then ``count`` all rows if ``suspects``, then ask ``sort_out`` for each batch."""

    def __init__(self) -> None:
        self._seen = _Seen()
        self._counts: dict[str, dict[str, int]] = {name: {} for name, _ in _KINDS}
        self._merged: dict[str, Row | None] = {}  # None where rows contradict each other
        self._adults: dict[str, _Adults] = {}

    def look(self, rows: Sequence[Row]) -> None:
        """The first pass. Somebody who leaves keeps no username or UPN from anybody."""
        self._look_at_ids(rows, _KINDS[:1])
        self._look_at_ids([row for row in rows if not row.leaves] if any(map(_LEAVES, rows)) else rows, _KINDS[1:])
        self._look_at_adults(rows)
        if self.suspects - len(self._adults) > _MOST:
            raise Unusable("More than 100,000 rows share their MIS id, username or UPN with another row. Export the file again.")

    def _look_at_ids(self, rows: Sequence[Row], kinds: Sequence[tuple[str, int]]) -> None:
        for name, kind in kinds:
            again = self._seen.again(map(attrgetter(name), rows), kind)
            self._counts[name].update(dict.fromkeys(again, 0))

    @property
    def suspects(self) -> int:
        """How many values may come twice: with none, there is nothing to count."""
        return sum(map(len, self._counts.values())) + len(self._adults)

    @property
    def has_adults_twice(self) -> bool:
        """Whether two rows may be of one adult, by name and address."""
        return bool(self._adults)

    def same_adult(self, row: Row) -> Row | None:
        """The row by which a parent of several rows is known: of their work here, else the parent's with the lowest id."""
        found = self._adults.get(_adult_key(row)) if row.role == "parent" and row.email is not None else None
        if found is None:
            return None
        first = found.staff or found.parent
        return first if first is not None and first.mis_id != row.mis_id else None

    def is_first(self, row: Row) -> bool:
        """Whether a row is the first, or only one, of a parent of its name and address; True for everybody else."""
        found = self._adults.get(_adult_key(row)) if row.role == "parent" and row.email is not None else None
        return found is None or found.parent is None or found.parent.mis_id == row.mis_id

    def _look_at_adults(self, rows: Sequence[Row]) -> None:
        keys = (_adult_key(row) for row in rows if row.role != "student" and row.email is not None and not row.leaves)
        for key in self._seen.again(keys, _FAMILY):
            if key not in self._adults and len(self._adults) < _MOST:
                self._adults[key] = _Adults()

    def count(self, rows: Iterable[Row]) -> None:
        """The second pass."""
        ids, names, upns = (self._counts[name] for name, _ in _KINDS)
        for row in rows:
            if self._adults and row.role != "student" and row.email is not None and not row.leaves:
                adults = self._adults.get(_adult_key(row))
                if adults is not None:
                    adults.add(row)
            if row.mis_id in ids:
                ids[row.mis_id] += 1
                if row.mis_id in self._merged:
                    before = self._merged[row.mis_id]
                    self._merged[row.mis_id] = before and _together(before, row)
                    continue  # its username and UPN are the same person's
                self._merged[row.mis_id] = row
            if row.leaves:
                continue
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
            if value is not None and not row.leaves and self._counts[name].get(value, 0) > 1:
                reason = "stands at several people of the file; it was left out"
                warned.append(Rejection(row.line, names.get(name, name), reason, excerpt(value)))
                row = row._replace(username=None) if name == "username" else row._replace(upn=None)
        return row


def _adult_key(row: Row) -> str:
    return f"{row.email}\n{name_key(row.given_name, row.family_name)}"


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
