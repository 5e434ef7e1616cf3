"""Who leaves, as tables of an MIS say it: a status, or the date of leaving."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

_LEFT: Final = frozenset({"left", "leaver", "leavers", "off roll", "off-roll", "former", "yes", "y", "true", "t", "1"})
_ISO: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d).*", re.DOTALL)
_BRITISH: Final = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4}).*", re.DOTALL)


class Leavers:
    """The rule for one file; ``places`` are those of its columns, among them perhaps ``left`` and ``leaving_date``."""

    def __init__(self, places: Mapping[str, int], today: date) -> None:
        self._status = places.get("left")
        self._date = places.get("leaving_date")
        self._today = today

    def of(self, columns: Sequence[Sequence[str]], count: int) -> list[bool]:
        """For each of ``count`` rows, whether its person has left."""
        leaves = [False] * count
        if not count:
            return leaves
        if self._status is not None:
            leaves = [cell.strip().casefold() in _LEFT for cell in columns[self._status]]
        if self._date is not None:
            leaves = [left or self._is_past(cell) for left, cell in zip(leaves, columns[self._date], strict=True)]
        return leaves

    def _is_past(self, cell: str) -> bool:
        day = day_of(cell)
        return day is not None and day < self._today


def day_of(cell: str) -> date | None:
    """The day that a cell names, as 2026-07-20 or 20/07/2026; None for anything else."""
    text = cell.strip()
    iso, british = _ISO.fullmatch(text), _BRITISH.fullmatch(text)
    parts = iso.groups() if iso else british.groups()[::-1] if british else None
    if parts is None:
        return None
    try:
        return date(*map(int, parts))
    except ValueError:
        return None
