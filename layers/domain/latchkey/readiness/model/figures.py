"""The figures of one day: how many people of a school had which readiness code, by role and year group. No names, no ids."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from latchkey.people.model.groups import year_key
from latchkey.people.model.person import ROLES, Role
from latchkey.people.model.standings import CODES, GRADES, REASONS, Code, Reason
from latchkey.shared.model.clock import ZONE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from latchkey.roll.model.roll import Roll

KEPT: Final = 731 * 86_400
"""Seconds for which a day's figures are kept: two years."""
MOST_YEARS: Final = 40
"""Year groups that are told apart: the largest; people of the others count without one."""

Cell = tuple[Role, str]
"""A role and a year group; no year group is "", and only students have one."""


@dataclass(frozen=True)
class Figures:
    """How many people of each cell had which code on a day (``2026-11-26``, in London). Who has left is in none of them."""

    day: str
    cells: Mapping[Cell, Mapping[Code, int]]

    def of(self, role: Role | None = None, year: str | None = None) -> Counts:
        """The figures of a role, of a year group of it, or of everybody."""
        found: Counter[Code] = Counter()
        for (of_role, of_year), counts in self.cells.items():
            if role in {None, of_role} and year in {None, of_year}:
                found.update(counts)
        return Counts(found)

    @cached_property
    def years(self) -> tuple[str, ...]:
        """The year groups of students, the youngest first."""
        return tuple(sorted({year for role, year in self.cells if role == "student" and year}, key=year_key))

    @cached_property
    def roles(self) -> tuple[Role, ...]:
        """The roles that somebody has."""
        return tuple(role for role in ROLES if self.of(role).total)


@dataclass(frozen=True)
class Counts:
    """How many people have which code."""

    by_code: Mapping[Code, int]

    @property
    def total(self) -> int:
        """Everybody but those who have left."""
        return sum(self.by_code.values())

    @property
    def ready(self) -> int:
        """Who can log in."""
        return sum(self.by_code.get(code, 0) for code in GRADES)

    @property
    def not_ready(self) -> int:
        """Who cannot."""
        return self.total - self.ready

    @property
    def reasons(self) -> list[tuple[Reason, int]]:
        """Why they cannot: what most have in common first, the rule's order where as many have."""
        found = [(reason, self.by_code.get(reason, 0)) for reason in REASONS]
        return sorted(((reason, count) for reason, count in found if count), key=lambda each: -each[1])

    @property
    def percent(self) -> int | None:
        """How many of a hundred can log in, never rounded up to all of them; None where there is nobody."""
        return self.ready * 100 // self.total if self.total else None


def figures_of(roll: Roll) -> Figures:
    """The figures of everybody on the roll, on the day of its time."""
    cells: dict[Cell, Counter[Code]] = {}
    for (one, people), code in roll.judged():
        if code is not None:
            year = (one.year_group or "") if one.role == "student" else ""
            cells.setdefault((one.role, year), Counter())[code] += len(people)
    return Figures(day_of(roll.as_of), _fewer(cells))


def day_of(at: int) -> str:
    """The day of a time (epoch seconds), by the clock of schools in the United Kingdom."""
    from zoneinfo import ZoneInfo

    return f"{datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(ZONE)):%Y-%m-%d}"


def week_of(day: str) -> str:
    """The week of a day, as ISO 8601 names it: ``2026-W48``."""
    year, week, _ = datetime.fromisoformat(day).isocalendar()
    return f"{year}-W{week:02d}"


def to_rows(figures: Figures) -> dict[str, list[Any]]:
    """The figures as they are kept: ``codes``, and for each cell its role, its year group and a count for each code."""
    seen = {code for counts in figures.cells.values() for code in counts}
    codes: list[str] = [code for code in CODES if code in seen]
    rows: list[list[int | str]] = [
        [role, year, *(counts.get(code, 0) for code in CODES if code in seen)] for (role, year), counts in figures.cells.items()
    ]
    return {"codes": codes, "rows": rows}


def from_rows(day: str, rows: Mapping[str, list[Any]]) -> Figures:
    """The figures of what is kept; codes and roles that are no longer known are left out."""
    codes = rows["codes"]
    cells: dict[Cell, dict[Code, int]] = {}
    for kept_role, year, *counts in rows["rows"]:
        role = next((each for each in ROLES if each == kept_role), None)
        if role is None:
            continue
        named = dict(zip(codes, counts, strict=False))
        cells[role, str(year)] = {code: int(named[code]) for code in CODES if named.get(code)}
    return Figures(day, cells)


def _fewer(cells: dict[Cell, Counter[Code]]) -> dict[Cell, Counter[Code]]:
    """The same with at most so many year groups: an MIS may bring anything as one."""
    years = [cell for cell in cells if cell[1]]
    if len(years) <= MOST_YEARS:
        return cells
    for cell in sorted(years, key=lambda each: (-cells[each].total(), each))[MOST_YEARS:]:
        cells.setdefault((cell[0], ""), Counter()).update(cells.pop(cell))
    return cells
