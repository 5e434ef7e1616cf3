"""``make bench``: runs every bench_*.py here and says of each bar whether it is met. ``make bench ARGS='links pages'`` runs some.

Each bench has a process of its own and so many minutes at most; one that fails or takes longer costs only its own rows. What
cannot be measured on a machine is said, with the reason; it counts as neither met nor missed.
"""

import importlib
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tests.bench.bars import BARS, Row, not_here
from tests.bench.peers import Missing

MINUTES = {"cold_start": 40, "links": 40, "pages": 30, "slips": 25, "export": 30, "roster": 20}
"""At most, where every core is busy, too."""
_USUAL_MINUTES = 10
_MARKS = {True: "met", False: "MISSED", None: ""}


def main(wanted: Sequence[str]) -> int:
    """Run and print; 1 if a bar is missed or a bench failed."""
    if wanted[:1] == ["--into"]:
        Path(wanted[1]).write_text(json.dumps(importlib.import_module(f"tests.bench.bench_{wanted[2]}").main(), default=str))
        return 0
    names = sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))
    unknown = set(wanted) - set(names)
    if unknown:
        sys.exit(f"There is no bench {', '.join(sorted(unknown))}; there are {', '.join(names)}.")
    say(machine())
    rows: list[Row] = []
    for name in wanted or names:
        start, worked, load = time.monotonic(), _worked(), os.getloadavg()[0]
        say(f"measuring {name} ...", sys.stderr)
        found = one(name)
        rows += found
        minutes = (time.monotonic() - start) / 60
        took = f"{minutes:.1f} minutes, {(_worked() - worked) / 60:.1f} of a processor"
        say(f"\n{name}: {took}, load {load:.1f} before and {os.getloadavg()[0]:.1f} after\n\n{table(found)}")
    say(f"\nthe bars\n\n{table(verdicts(rows, wanted or names))}")
    return int(any(row["met"] is False for row in rows))


def one(name: str) -> list[Row]:
    """What a bench found, in a process of its own."""
    minutes = MINUTES.get(name, _USUAL_MINUTES)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "rows"
        command = [sys.executable, "-m", "tests.bench", "--into", str(out), name]
        try:
            ran = subprocess.run(command, stderr=subprocess.PIPE, text=True, timeout=minutes * 60, check=False)
        except subprocess.TimeoutExpired:
            return [not_here(name, f"it took more than {minutes} minutes")]
        if ran.returncode:
            sys.stderr.write(ran.stderr)
            return [not_here(name, f"it failed: {(ran.stderr.strip().splitlines() or ['without a word'])[-1]}")]
        found: list[Row] = json.loads(out.read_text())
        return found


def _worked() -> float:
    """Seconds that benches have taken of a processor, this process's children with theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def verdicts(rows: Iterable[Row], ran: Iterable[str]) -> list[Row]:
    """A line for each bar: missed if one of its rows misses it, met if all that decide it were measured and meet it."""
    done, found = list(rows), []
    for key, bar in BARS.items():
        mine = [row for row in done if row.get("of") == key]
        decided = [row["met"] for row in mine if row["met"] is not None]
        missed = [row for row in mine if row["met"] is False]
        got = "; ".join(row["got"] for row in (missed or mine)[:3]) + (f"; and {len(missed) - 3} more" if len(missed) > 3 else "")
        if not set(bar.group.split(", ")) <= set(ran):
            got = f"{got}; " * bool(got) + f"not measured in this run: make bench ARGS='{bar.group.replace(',', '')}'"
        elif not decided and not got:
            got = "not measured here: see its bench above"
        met = all(decided) if decided and (missed or len(decided) == len(mine)) else None
        found.append({"what": bar.what, "bar": bar.bar, "got": got, "met": met})
    return found


def machine() -> str:
    """Where this runs, and how busy it is."""
    model = next((line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "")
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return (
        f"{time.strftime('%Y-%m-%d %H:%M %Z')}, {os.cpu_count()} cores ({model or platform.machine()}), load {load}, "
        f"Python {platform.python_version()}. Counts and instructions are the same in every run; CPU time is not."
    )


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []


def table(rows: Sequence[dict[str, Any]]) -> str:
    """The rows as a Markdown table."""
    lines = [["what", "bar", "measured", ""], *([row["what"], row["bar"], row["got"], _mark(row)] for row in rows)]
    widths = [min(100, max(len(line[column]) for line in lines)) for column in range(4)]
    cells = [[text.ljust(width) for text, width in zip(line, widths, strict=True)] for line in lines]
    cells.insert(1, ["-" * width for width in widths])
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


def _mark(row: dict[str, Any]) -> str:
    return "not measured" if "not measured" in row["got"] and row["met"] is None else _MARKS[row["met"]]


def say(text: str, to: Any = None) -> None:
    """Somebody waits."""
    print(text, file=to, flush=True)


__all__ = ["Missing", "main", "one", "table", "verdicts"]

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
