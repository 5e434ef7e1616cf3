"""Rosters read and checked, against what others would write.

The comparison is fair to the other side: the same file, the same rules (its validators call ours), no look for duplicates on
either. ``roster_reading.py <side> <file>`` reads a file once: instructions are those of two sizes, the lesser taken off.
"""

import csv
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

from tests.bench.bars import Row, not_here, row
from tests.bench.instructions import instructions
from tests.bench.peers import Missing, use_peers

SCHOOL = "northbridge"
COUNTED = 3_000, 9_000  # rows of files of which instructions are compared: a row costs the same in each (tests/house)
SIDES = {
    "ours": "ours",
    "pydantic": "csv.DictReader with pydantic",
    "msgspec": "csv.reader with msgspec",
    "polars": "polars, without UPN's check letter",
}
BARS = {"pydantic": ("roster_usual", 2.5), "msgspec": ("roster_quick", 1.0)}
_NAME = r"^[^\x00-\x1f\x7f-\x9f]{1,100}$"
_PATTERNS = {
    "mis_id": r"^[A-Za-z0-9][A-Za-z0-9._:@/{}-]{0,63}$",
    "role": r"^(student|teacher|staff|parent)$",
    "given_name": _NAME,
    "family_name": _NAME,
    "email": r"^([a-z0-9][a-z0-9_'.+-]*@([a-z0-9]+(-[a-z0-9]+)*\.)+[a-z]{2,24})?$",
    "username": r"^([a-z0-9]|[a-z0-9][a-z0-9._-]{0,62}[a-z0-9])?$",
    "upn": r"^([A-Z][0-9]{11}[0-9A-Z])?$",
    "year_group": r"^([1-9]|1[0-4])?$",
    "registration_group": r"^([A-Za-z0-9][A-Za-z0-9 ./&_-]{0,19})?$",
    "children": r"^[^\x00-\x1f]{0,1300}$",
    "language": r"^[A-Za-z-]{0,50}$",
}


def file_of(folder: Path, size: int) -> tuple[Path, int]:
    """A plain CSV with about this many rows, and their number."""
    from infra.demo import write_demo

    file = write_demo(folder, students=size * 1200 // 1630)["plain_csv"]
    with file.open("rb") as lines:
        return file, sum(1 for _ in lines) - 1


def reading(file: Path, rows: int) -> list[Row]:
    """The product's reader against others: by time, in turns, the best of each; by instructions, which decide."""
    timed = _timed(file, rows)
    with tempfile.TemporaryDirectory() as name:
        counted = _counted(*(file_of(Path(name) / str(size), size) for size in COUNTED))
    decided = {found["of"] for found in counted if found["met"] is not None}
    return [found | ({"of": "", "bar": "", "met": None} if found["of"] in decided else {}) for found in timed] + [
        found for found in counted if found["of"] in decided
    ]


def _timed(file: Path, rows: int, rounds: int = 5) -> list[Row]:
    sides = {side: _reader(side, file) for side in SIDES}
    times: dict[str, list[float]] = {side: [] for side in sides}
    for turn in range(rounds + 1):
        for side, read in sides.items():
            start = time.process_time()
            assert read() == rows
            if turn:  # the first loads what each of them needs
                times[side].append(time.process_time() - start)
    best = {side: min(found) / rows * 1e6 for side, found in times.items()}
    mine = best.pop("ours")
    return [
        _compared(f"roster read and checked, to {SIDES[side]}, {rows:,} rows", side, mine, other, "µs a row")
        for side, other in best.items()
    ]


def _counted(few: tuple[Path, int], many: tuple[Path, int]) -> list[Row]:
    """Instructions of a row, of ours and of those that decide. What is loaded, and what looks for the header, is left out."""

    def each(side: str) -> float:
        commands = [[sys.executable, "-m", "tests.bench.roster_reading", side, str(file)] for file, _ in (few, many)]
        with ThreadPoolExecutor(2) as both:
            less, more = both.map(instructions, commands)
        return (more - less) / (many[1] - few[1]) / 1000

    what = "instructions of a row of a roster read and checked, to {}"
    try:
        ours = each("ours")
        return [_compared(what.format(SIDES[side]), side, ours, each(side), "thousand a row") for side in BARS]
    except Missing as missing:
        return [not_here(what.format(SIDES[side]), missing, BARS[side][0]) for side in BARS]


def _compared(what: str, side: str, ours: float, theirs: float, unit: str) -> Row:
    of, bar = BARS.get(side, ("", 0.0))
    got = f"{theirs / ours:.2f} x ({ours:.2f} against {theirs:.2f} {unit})"
    return row(what, got, theirs / ours, met=theirs / ours >= bar if of else None, of=of)


def _reader(side: str, file: Path) -> Callable[[], int]:
    """What reads a file and says how many rows it has."""
    use_peers()
    made: dict[str, Callable[[], Callable[[], int]]] = {
        "ours": lambda: partial(_ours, file),
        "pydantic": lambda: partial(_pydantic, file, _usual_model()),
        "msgspec": lambda: partial(_msgspec, file, _quick_model()),
        "polars": lambda: partial(_polars, file),
    }
    return made[side]()


def _ours(file: Path) -> int:
    from latchkey.rosters.model.bundle import Around
    from latchkey.rosters.model.files import open_roster
    from latchkey.rosters.stores.notes import TemporaryNotes

    with file.open("rb") as content, TemporaryNotes() as notes:
        return sum(
            len(batch.rows) for batch in open_roster(content, Around(frozenset({SCHOOL}), date(2026, 11, 26)), notes).batches()
        )


def _pydantic(file: Path, model: Callable[..., Any]) -> int:
    with file.open(encoding="utf-8", newline="") as content:
        return sum(1 for row in csv.DictReader(content) if model(**row))


def _msgspec(file: Path, model: Any) -> int:
    import msgspec

    with file.open(encoding="utf-8", newline="") as content:
        lines = csv.reader(content)
        next(lines)
        return len(msgspec.convert([[cell.strip() for cell in line] for line in lines], list[model]))


def _quick_model() -> Any:
    """The same rules as patterns of a msgspec struct; a UPN's check letter is ours, as with pydantic."""
    from msgspec import Meta, defstruct

    from latchkey.rosters.model import cells
    from latchkey.rosters.model.plain_csv import HEADER

    def text(pattern: str) -> Any:
        return Annotated[str, Meta(pattern=pattern)]

    roles = Literal["student", "teacher", "staff", "parent"]
    fields = [(name, roles if name == "role" else text(_PATTERNS[name])) for name in HEADER]
    return defstruct("Row", fields, array_like=True, namespace={"__post_init__": lambda row: cells.upn(row.upn)})


def _polars(file: Path) -> int:
    import polars

    rows = polars.scan_csv(file, infer_schema=False)
    checks = [polars.col(name).fill_null("").str.strip_chars().str.contains(pattern).all() for name, pattern in _PATTERNS.items()]
    found = rows.select(polars.len().alias("rows"), *checks).collect()
    assert all(found.row(0)[1:]), found
    return int(found["rows"][0])


def _usual_model() -> Callable[..., Any]:
    """The same rules as a pydantic model."""
    from pydantic import BaseModel, BeforeValidator, StringConstraints

    from latchkey.rosters.model import cells

    def text(pattern: str) -> Any:
        return Annotated[str, StringConstraints(strip_whitespace=True, pattern=pattern)]

    def optional(kind: Any) -> Any:
        return Annotated[kind | None, BeforeValidator(lambda value: value or None)]

    def checked(rule: Callable[[str], Any]) -> Any:
        return Annotated[Any, BeforeValidator(lambda value: rule(value.strip()))]

    class Row(BaseModel):
        mis_id: text(r"^[A-Za-z0-9][A-Za-z0-9._:@/{}-]{0,63}$")
        role: Literal["student", "teacher", "staff", "parent"]
        given_name: text(r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]{1,100}$")
        family_name: text(r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]{1,100}$")
        email: checked(cells.email)
        username: checked(cells.username)
        upn: checked(cells.upn)
        year_group: optional(text(r"^(?:[1-9]|1[0-4])$"))
        registration_group: optional(text(r"^[A-Za-z0-9][A-Za-z0-9 ./&_-]{0,19}$"))
        children: checked(cells.links)

    return Row


if __name__ == "__main__":
    _reader(sys.argv[1], Path(sys.argv[2]))()
