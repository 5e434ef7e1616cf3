"""Year and registration groups: how they are written, when two writings mean the same, and which a school has."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from latchkey.shared.model.folding import folded

_YEAR: Final = re.compile(
    r"(?:(?:(?:(?:curriculum|curric|nc)\.?\s*)?(?:year|yr|y)|blwyddyn|bl)\.?\s*(?:group\s*)?)?0?([1-9]|1[0-4])",
    re.IGNORECASE | re.ASCII,
)
_EARLY_YEARS: Final = {"r": "R", "reception": "R", "kg": "R", "n": "N", "nursery": "N", "pk": "N", "n1": "N1", "n2": "N2"}
_NUMBER: Final = re.compile(r"[0-9]+")


def year_group(text: str) -> str | None:
    """The year group in its one form: ``7`` for 07, Y7 and Year 7; R for reception, N for nursery. None if it is none."""
    found = _YEAR.fullmatch(text)
    return found.group(1) if found is not None else _EARLY_YEARS.get(text.casefold())


def same(one: str | None, other: str | None) -> bool:
    """Whether two writings mean one group: people type 7a, two blanks or ``Ty Coch`` where a roster says 7A and ``Tŷ Coch``."""
    return one == other or (one is not None and other is not None and folded(one) == folded(other))


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """The groups of a school's active students, in list order.

    ``complete``: all registration groups are there; if not there are too many to choose from, and ``registration`` is empty.
    """

    years: tuple[str, ...] = ()
    registration: tuple[str, ...] = ()
    complete: bool = True


def in_order(values: Iterable[str]) -> tuple[str, ...]:
    """Each value once, where it first stands, and no empty one."""
    return tuple(dict.fromkeys(filter(None, values)))


def year_key(year: str) -> str:
    """How a year sorts: nobody's first, then nursery and reception, then the others as numbers."""
    if year.isascii() and year.isdecimal():
        return year.zfill(2)
    return f"00{year}" if year else ""


def group_key(group: str) -> str:
    """How a registration group sorts: without case or accents, and numbers in it as numbers (``7-2`` before ``7-10``).

    Each further digit of a number is announced by a later sign, so that ``10`` is behind ``9`` (``:10``). Common groups stay
    as they are written, as they stood in the keys of older releases.
    """
    return sortable(_NUMBER.sub(_announced, folded(group).upper()))


def sortable(text: str) -> str:
    """A text as a part of a sort key: nothing in it sorts before the sign that ends a part, so ``Lee`` is before ``Lee Fox``."""
    return "".join("$" if char <= "#" else char for char in text)


def _announced(number: re.Match[str]) -> str:
    digits = number.group().lstrip("0") or "0"
    return (":" * (len(digits) - 1)) + digits
