"""docs/performance.md has the bars that `make bench` holds."""

from pathlib import Path

from tests.bench.bars import BARS

PERFORMANCE = Path(__file__).parents[2] / "docs" / "performance.md"


def test_the_document_has_every_bar_in_the_benches_own_words() -> None:
    table = PERFORMANCE.read_text().split("## The bars", 1)[1].split("\n## ", 1)[0]
    rows = [line.split(" | ")[:2] for line in table.splitlines() if line.startswith("| ")][2:]
    assert [(what.removeprefix("| "), bar) for what, bar in rows] == [(bar.what, bar.bar) for bar in BARS.values()]


def test_every_bar_is_decided_by_benches_that_there_are() -> None:
    there = {path.stem.removeprefix("bench_") for path in (Path(__file__).parents[1] / "bench").glob("bench_*.py")}
    assert {group for bar in BARS.values() for group in bar.group.split(", ")} <= there
