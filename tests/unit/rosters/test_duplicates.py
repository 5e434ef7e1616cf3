"""What is remembered of a roster to find who stands in it twice: everything that does, and hardly anything else."""

import tracemalloc
from collections.abc import Iterator

import pytest

from latchkey.rosters.model import duplicates as module
from latchkey.rosters.model.duplicates import Duplicates
from latchkey.rosters.model.runs import Row

WORDS = 1 << 14
ROWS = WORDS  # a million rows have a table of about a million words


def rows(count: int) -> Iterator[list[Row]]:
    """Parents in batches, no two of whom have anything in common."""
    for first in range(0, count, 256):
        yield [
            Row(
                line=number + 2,
                mis_id=f"P{number}",
                role="parent",
                given_name="Ann",
                family_name="Lee",
                email=f"ann.lee{number}@example.org",
                username=f"ann.lee{number}",
                upn=f"B80120{number:07d}",
                year_group=None,
                registration_group=None,
                language=None,
                links=(),
                leaves=False,
            )
            for number in range(first, first + 256)
        ]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Duplicates:
    monkeypatch.setattr(module, "_WORDS", WORDS)
    return Duplicates()


def test_what_is_kept_does_not_grow_with_the_file(small: Duplicates) -> None:
    """So many rows for the table as a million have: one value in a thousand is kept for nothing, and perhaps its row."""
    tracemalloc.start()
    try:
        for batch in rows(ROWS):
            small.look(batch)
        for batch in rows(ROWS):
            small.count(batch)
        kept = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert small.suspects <= 4 * ROWS / 500
    assert kept <= 10 * ROWS


def test_what_stands_twice_is_found_in_a_full_table(small: Duplicates) -> None:
    twice = next(rows(256))
    for batch in rows(ROWS):
        small.look(batch)
    small.look([row._replace(line=row.line + ROWS) for row in twice])
    for batch in (*rows(ROWS), [row._replace(line=row.line + ROWS) for row in twice]):
        small.count(batch)
    assert small.sort_out([row._replace(line=row.line + ROWS) for row in twice], {}).merged == 256
    assert small.suspects >= 4 * 256
