"""Year and registration groups: how they are written, when two writings mean the same, and which a school has."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_YEAR: Final = re.compile(
    r"(?:(?:(?:(?:curriculum|curric|nc)\.?\s*)?(?:year|yr|y)|blwyddyn|bl)\.?\s*(?:group\s*)?)?0?([1-9]|1[0-4])",
    re.IGNORECASE | re.ASCII,
)
_EARLY_YEARS: Final = {"r": "R", "reception": "R", "kg": "R", "n": "N", "nursery": "N", "pk": "N", "n1": "N1", "n2": "N2"}
_DAY: Final = 86_400
_SETTLES: Final = 60  # seconds after a change until the index of lists surely shows it


def year_group(text: str) -> str | None:
    """The year group in its one form: ``7`` for 07, Y7 and Year 7; R for reception, N for nursery. None if it is none."""
    found = _YEAR.fullmatch(text)
    return found.group(1) if found is not None else _EARLY_YEARS.get(text.casefold())


def folded(text: str) -> str:
    """A group as it is compared: people write 7a, and two blanks, where a roster says 7A."""
    return " ".join(text.casefold().split())


def same(one: str | None, other: str | None) -> bool:
    """Whether two writings mean one group."""
    return one == other or (one is not None and other is not None and folded(one) == folded(other))


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """The groups of a school's students who have not left, in list order.

    ``complete``: all registration groups are known; if not there are too many to choose from, and ``registration`` is empty.
    ``counted_at`` and ``changed_at`` (epoch seconds): when they were looked up, and when a roster last changed people.
    """

    years: tuple[str, ...] = ()
    registration: tuple[str, ...] = ()
    complete: bool = True
    counted_at: int = 0
    changed_at: int = 0

    def is_fresh(self, now: int) -> bool:
        """Whether they need no other look: nobody has changed since, and it was not long ago."""
        return self.counted_at > self.changed_at + _SETTLES and now - self.counted_at < _DAY


def in_order(values: Iterable[str]) -> tuple[str, ...]:
    """Each value once, where it first stands, and no empty one."""
    return tuple(dict.fromkeys(filter(None, values)))
