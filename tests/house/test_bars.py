"""docs/performance.md has the bars that `make bench` holds."""

from pathlib import Path

import pytest

from tests.bench.__main__ import verdicts
from tests.bench.bars import BARS, row

PERFORMANCE = Path(__file__).parents[2] / "docs" / "performance.md"


def test_the_document_has_every_bar_in_the_benches_own_words() -> None:
    table = PERFORMANCE.read_text().split("## The bars", 1)[1].split("\n## ", 1)[0]
    rows = [line.split(" | ")[:2] for line in table.splitlines() if line.startswith("| ")][2:]
    assert [(what.removeprefix("| "), bar) for what, bar in rows] == [(bar.what, bar.bar) for bar in BARS.values()]


def test_every_bar_is_decided_by_benches_that_there_are() -> None:
    there = {path.stem.removeprefix("bench_") for path in (Path(__file__).parents[1] / "bench").glob("bench_*.py")}
    assert {group for bar in BARS.values() for group in bar.group.split(", ")} <= there


@pytest.mark.parametrize(
    ("met", "failed", "verdict"),
    [
        ([True, True], {}, True),
        ([True, False], {}, False),
        ([True, None], {}, None),
        ([], {}, None),
        ([True, True], {"roster": "it took more than 30 minutes"}, None),
        ([True, False], {"roster": "it took more than 30 minutes"}, False),
        ([True, True], {"slips": "it failed"}, True),
    ],
)
def test_a_bar_is_met_if_every_row_was_measured_and_meets_it(
    met: list[bool | None], failed: dict[str, str], verdict: bool | None
) -> None:
    rows = [row(f"row {number}", f"{number} x", number, met=each, of="memory") for number, each in enumerate(met)]
    found = verdicts(rows, ["export", "roster", "slips"], failed)[[*BARS].index("memory")]
    assert found["met"] is verdict
    assert failed.get("roster", "") in found["got"]
    assert found["got"]


def test_a_bar_whose_benches_did_not_all_run_is_undecided_and_says_which_one_to_run() -> None:
    found = verdicts([row("rows", "1 x", 1, met=True, of="memory")], ["export"], {})[[*BARS].index("memory")]
    assert found["met"] is None
    assert "make bench ARGS='roster'" in found["got"]


def test_every_bar_says_what_its_figure_leaves_out() -> None:
    assert all(bar.without for bar in BARS.values())
