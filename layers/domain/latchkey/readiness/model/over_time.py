"""Figures over time, as a page without names may show them: whoever reads it must find out nothing about one person.

A group of fewer than five people does not show how many of them can log in. Nor does a second one where otherwise the sum of all
would give the first away. Where fewer than five people cannot log in, why is not shown either.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from latchkey.people.model.person import Role
from latchkey.people.model.standings import Reason
from latchkey.readiness.model.figures import Counts, Figures

SMALL: Final = 5
"""People of whom a group shows its parts, at least."""
DAILY: Final = 92
"""Days up to which every day is shown; beyond, the last day of each week."""
SPANS: Final = (30, 90, 365, 731)
"""The spans in days that can be chosen; the last is all that is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A group of people. ``ready`` is None where the group is too small to say it."""

    name: str
    total: int
    ready: int | None

    @property
    def percent(self) -> int | None:
        """How many of a hundred can log in, never rounded up to all."""
        return None if self.ready is None or not self.total else self.ready * 100 // self.total


@dataclass(frozen=True, slots=True, kw_only=True)
class OverTime:
    """The people of a role (None: everybody), or of one of its year groups, over a span.

    ``days`` are named by their date, the oldest first; ``now`` is the last. ``reasons`` is None where too few cannot log in.
    """

    role: Role | None
    year: str | None
    now: Part
    days: tuple[Part, ...]
    years: tuple[Part, ...]
    reasons: tuple[tuple[Reason, int], ...] | None

    @property
    def hidden(self) -> bool:
        """Whether anything is left out because too few people are behind it."""
        return self.reasons is None or any(part.ready is None for part in (*self.days, *self.years, self.now))

    @property
    def change(self) -> int | None:
        """How many more can log in than at the beginning; None where there is nothing to compare."""
        shown = [part.ready for part in self.days if part.ready is not None]
        return shown[-1] - shown[0] if len(shown) > 1 else None


def over_time(kept: Iterable[Figures], today: Figures, *, role: Role | None, year: str | None, span: int) -> OverTime:
    """What a page shows of the figures that are kept and of those of today."""
    first = (date.fromisoformat(today.day) - timedelta(days=span - 1)).isoformat()
    days = [each for each in kept if first <= each.day < today.day]
    now = today.of(role, year)
    return OverTime(
        role=role,
        year=year,
        now=_part(today.day, now),
        days=tuple(_part(each.day, each.of(role, year)) for each in thinned([*days, today], span)),
        years=years_of(today) if role == "student" else (),
        reasons=tuple(now.reasons) if now.not_ready == 0 or (now.not_ready >= SMALL <= now.total) else None,
    )


def years_of(figures: Figures) -> tuple[Part, ...]:
    """The year groups of students, the youngest first; who is in none comes last."""
    named = [*figures.years, *([""] if figures.of("student", "").total else [])]
    return without_the_last([_part(year, figures.of("student", year)) for year in named])


def without_the_last(parts: Sequence[Part]) -> tuple[Part, ...]:
    """The parts, and a second one hidden where a single hidden one could be worked out from the sum of all."""
    if sum(part.ready is None for part in parts) != 1 or len(parts) == 1:
        return tuple(parts)
    smallest = min((part for part in parts if part.ready is not None), key=lambda part: part.total)
    return tuple(Part(name=part.name, total=part.total, ready=None) if part is smallest else part for part in parts)


def thinned(days: Sequence[Figures], span: int) -> list[Figures]:
    """Every day of a short span; of a long one the last day of each week, and the first of all."""
    if span <= DAILY:
        return [*days]
    weeks = {date.fromisoformat(each.day).isocalendar()[:2]: each for each in days}
    found = [*weeks.values()]
    return found if not days or found[0].day == days[0].day else [days[0], *found]


def _part(name: str, counts: Counts) -> Part:
    return Part(name=name, total=counts.total, ready=counts.ready if counts.total >= SMALL or counts.total == 0 else None)
