"""What a bench measures at a size that is quick to measure holds for any: a slip, a line or a row costs no more where there are
many. Counted as calls of Python, so it needs no quiet machine."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tests.bench import bench_export, bench_slips, bench_xlsx
from tests.support.counted_calls import calls_of


def each(work: Callable[[int], object], few: int, many: int) -> tuple[float, float]:
    """Calls of one of few, and of one of those that come after them."""
    work(few)  # what is made once is made
    less, more = (calls_of(lambda size=size: work(size)) for size in (few, many))  # type: ignore[misc]
    return less / few, (more - less) / (many - few)


def test_a_slip_costs_the_same_among_many() -> None:
    bench_slips.ours(256)  # codes are put together from parts that are made once, and names repeat
    few, many = each(bench_slips.ours, 64, 256)
    assert many <= few * 1.05


@pytest.mark.parametrize("peer", ["reportlab"])
def test_a_slip_of_the_careful_peer_costs_the_same_among_many(peer: str) -> None:
    pytest.importorskip(peer)
    few, many = each(bench_slips.MAKERS[peer], 64, 256)
    assert 0.95 * few <= many <= few * 1.05


def test_a_line_and_a_row_cost_the_same_among_many(tmp_path: Path) -> None:
    from latchkey.office_files.csv import block

    def lines(size: int) -> None:
        block(bench_export._ready_rows(size, bench_export.PLAIN))

    def workbook(size: int) -> None:
        rows = bench_export._ready_rows(size, bench_export.PLAIN)
        bench_xlsx._ours(tmp_path / "made.xlsx", iter([rows]))

    for work in (lines, workbook):
        few, many = each(work, 500, 2_000)
        assert many <= few * 1.05


def test_a_row_of_a_roster_costs_the_same_among_many(tmp_path: Path) -> None:
    from infra.demo import write_demo
    from latchkey.rosters.model.bundle import Around
    from latchkey.rosters.model.files import open_roster
    from latchkey.rosters.stores.notes import TemporaryNotes

    whole = write_demo(tmp_path, students=1_500)["plain_csv"].read_bytes().splitlines(keepends=True)

    def read(size: int) -> None:
        file = tmp_path / str(size)
        file.write_bytes(b"".join(whole[: size + 1]))
        with file.open("rb") as content, TemporaryNotes() as notes:
            batches = open_roster(content, Around(frozenset({"northbridge"}), date(2026, 11, 26)), notes).batches()
            assert sum(len(batch.rows) for batch in batches) == size

    few, many = each(read, 500, 1_500)
    assert many <= few * 1.05
