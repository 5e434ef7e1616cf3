"""``make bench``: runs every bench_*.py here and prints one table. ``make bench ARGS='links cold_start'`` runs some of them."""

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_MARKS = {True: "met", False: "NOT MET", None: ""}


def main(wanted: Sequence[str]) -> int:
    """Run and print; 1 if a bar is not met."""
    names = sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))
    unknown = set(wanted) - set(names)
    if unknown:
        sys.exit(f"There is no bench {', '.join(sorted(unknown))}; there are {', '.join(names)}.")
    rows: list[dict[str, Any]] = []
    for name in wanted or names:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)  # noqa: T201 - somebody waits
        rows += importlib.import_module(f"tests.bench.bench_{name}").main()
    print(table(rows))  # noqa: T201 - it is what was asked for
    return int(any(row["met"] is False for row in rows))


def table(rows: Sequence[dict[str, Any]]) -> str:
    """The rows as a Markdown table."""
    lines = [["what", "bar", "measured", ""], *([row["what"], row["bar"], row["got"], _MARKS[row["met"]]] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(4)]
    cells = [[text.ljust(width) for text, width in zip(line, widths, strict=True)] for line in lines]
    cells.insert(1, ["-" * width for width in widths])
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
