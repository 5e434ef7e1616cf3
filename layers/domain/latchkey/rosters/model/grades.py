"""Grades of OneRoster and School Data Sync: a year group as England counts, or a code of CEDS, which is one lower.

CEDS, "Entry Grade Level": KG is the first year after reception, 01 the second; a school in Scotland has P2 and P3 there. A
number alone does not say which it is, so the school is asked, once for all its files.
"""

import re
from collections.abc import Mapping
from typing import Final

from latchkey.rosters.model.questions import Asks, option_of

QUESTION: Final = "grades"
_MOST_READ: Final = 4096  # cells that are remembered
_NUMBER: Final = re.compile(r"0?[1-9]|1[0-3]", re.ASCII)
_WORDS: Final[Mapping[str, str]] = {"it": "N", "pr": "N", "pk": "N", "tk": "R", "kg": "1"}


def first_grade(cell: str) -> str:
    """The first of the grades in a cell."""
    return cell.replace(";", ",").partition(",")[0].strip()


def is_number(grade: str) -> bool:
    """Whether a grade is a number alone: a year group, or a code of CEDS."""
    return _NUMBER.fullmatch(grade) is not None


def of_ceds(grade: str) -> str:
    """The year group of a code of CEDS; anything else stays as it is."""
    if is_number(grade):
        return str(int(grade) + 1)
    return _WORDS.get(grade.casefold(), grade)


class Grades:
    """How a file's grades are read, as the school has answered; and whether it has any that another answer would change."""

    def __init__(self, chosen: Mapping[str, str]) -> None:
        self._ceds = option_of(chosen, QUESTION) == "ceds"
        self._count = 0
        self._last = 0
        self._read: dict[str, tuple[str, bool]] = {}

    def year(self, cell: str, line: int) -> str:
        """The year group of the first grade of a cell in this row."""
        found = self._read.get(cell)
        if found is None:
            found = self._look(cell)
        year, counts = found
        if counts and line > self._last:  # a file is read several times
            self._count += 1
            self._last = line
        return year

    def _look(self, cell: str) -> tuple[str, bool]:
        grade = first_grade(cell)
        found = of_ceds(grade) if self._ceds else grade, is_number(grade) or grade.casefold() in _WORDS
        if len(self._read) < _MOST_READ:
            self._read[cell] = found
        return found

    @property
    def asks(self) -> tuple[Asks, ...]:
        """The question, if there are such grades: of how many people."""
        return (Asks(QUESTION, self._count),) if self._count else ()
