"""The places of a chart's points: a page draws them as SVG, with the same numbers in a table below (parts/chart.html)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

WIDTH: Final = 720
HEIGHT: Final = 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 124, 16, 232
_STEPS: Final = (1, 2, 5)


class Point(Protocol):
    """What stands at one place: a day's date, how many there are, and how many of them can; None where it is not said."""

    @property
    def name(self) -> str: ...
    @property
    def total(self) -> int: ...
    @property
    def ready(self) -> int | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Places in a picture of ``WIDTH`` by ``HEIGHT``. ``ready`` and ``total`` are lines, each a list of pieces without a gap.

    ``marks`` are the points of ``ready``. ``levels`` are lines across, with what they say; ``days`` the first and the last day.
    """

    width: int
    height: int
    left: int
    right: int
    bottom: int
    ready: tuple[str, ...]
    total: str
    marks: tuple[tuple[float, float], ...]
    levels: tuple[tuple[float, int], ...]
    days: tuple[tuple[float, str], ...]
    last_ready: tuple[float, int] | None
    last_total: tuple[float, int]


def chart_of(points: Sequence[Point]) -> Chart | None:
    """The chart of some days, in their order; None where there are fewer than two, or nobody."""
    most = max((point.total for point in points), default=0)
    if len(points) < 2 or not most:
        return None
    top = _rounded_up(most)
    first, last = (date.fromisoformat(points[place].name).toordinal() for place in (0, -1))

    def at(point: Point) -> float:
        share = (date.fromisoformat(point.name).toordinal() - first) / max(1, last - first)
        return round(_LEFT + share * (WIDTH - _LEFT - _RIGHT), 1)

    def high(count: int) -> float:
        return round(_BOTTOM - count / top * (_BOTTOM - _TOP), 1)

    pieces: list[list[str]] = [[]]
    marks: list[tuple[float, float]] = []
    for point in points:
        if point.ready is None:
            pieces.append([])
            continue
        pieces[-1].append(f"{at(point)},{high(point.ready)}")
        marks.append((at(point), high(point.ready)))
    end = points[-1]
    return Chart(
        width=WIDTH,
        height=HEIGHT,
        left=_LEFT,
        right=WIDTH - _RIGHT,
        bottom=_BOTTOM,
        ready=tuple(" ".join(piece) for piece in pieces if piece),
        total=" ".join(f"{at(point)},{high(point.total)}" for point in points),
        marks=tuple(marks) if len(marks) <= 40 else (marks[0], marks[-1]),
        levels=tuple((high(top * part // 4), top * part // 4) for part in range(5)),
        days=((at(points[0]), points[0].name), (at(end), end.name)),
        last_ready=(high(end.ready), end.ready) if end.ready is not None else None,
        last_total=(high(end.total), end.total),
    )


def _rounded_up(most: int) -> int:
    """A number that is not smaller, divides by four, and looks like a scale: 1,268 gives 2,000, 340 gives 400."""
    size = 4
    while True:
        for step in _STEPS:
            if size * step >= most:
                return size * step
        size *= 10
