"""``make bench``: runs every bench_*.py here and says of each bar whether it is met. ``make bench ARGS='links pages'`` runs some.

Each bench has a process group and so many minutes of its own; one that fails or takes longer costs only the rows that it has not
given yet, and its bars are undecided unless a row has missed them. What cannot be measured on a machine is said, with the reason.
The status is 0 if no bar is missed, 1 if one is, 2 if a bench failed.
"""

import importlib
import json
import os
import platform
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.bench.bars import BARS, Row, not_here
from tests.bench.peers import Missing

MINUTES = {"cold_start": 40, "links": 40, "pages": 40, "slips": 25, "export": 30, "roster": 30}
"""At most, where every core is busy, too; all of them take about as many together on two quiet ones."""
_USUAL_MINUTES = 15
_MARKS = {True: "met", False: "MISSED", None: ""}


def main(wanted: Sequence[str]) -> int:
    """Run and print."""
    if wanted[:1] == ["--into"]:
        with Path(wanted[1]).open("w") as file:
            for row in importlib.import_module(f"tests.bench.bench_{wanted[2]}").main():
                file.write(json.dumps(row, default=str) + "\n")
                file.flush()
        return 0
    names = sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))
    unknown = set(wanted) - set(names)
    if unknown:
        sys.exit(f"There is no bench {', '.join(sorted(unknown))}; there are {', '.join(names)}.")
    say(machine())
    begun = time.monotonic()
    rows: list[Row] = []
    failed: dict[str, str] = {}
    for name in wanted or names:
        start, worked, load = time.monotonic(), _worked(), os.getloadavg()[0]
        say(f"measuring {name} ...", sys.stderr)
        found, why = one(name)
        if why:
            failed[name] = why
            found.append(not_here(name, why))
        rows += found
        minutes = (time.monotonic() - start) / 60
        took = f"{minutes:.1f} minutes, {(_worked() - worked) / 60:.1f} of a processor"
        say(f"\n{name}: {took}, load {load:.1f} before and {os.getloadavg()[0]:.1f} after\n\n{table(found)}")
    bars = verdicts(rows, wanted or names, failed)
    others = [row for row in rows if not row.get("of") and row["met"] is not None]
    say(f"\nthe bars\n\n{table(bars)}\n\nwhat they leave out\n\n{_leaves_out()}")
    say(f"\n{_sum(bars, others, failed)} {(time.monotonic() - begun) / 60:.0f} minutes in all.")
    return 2 if failed else int(any(row["met"] is False for row in rows))


def one(name: str) -> tuple[list[Row], str]:
    """What a bench found, in a process group of its own, and why it could not go on to its end (empty if it did)."""
    minutes = MINUTES.get(name, _USUAL_MINUTES)
    why = ""
    with tempfile.TemporaryDirectory() as folder:
        out, words = Path(folder) / "rows", Path(folder) / "words"
        command = [sys.executable, "-m", "tests.bench", "--into", str(out), name]
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "start_new_session": True}  # what is measured writes logs there
        with words.open("w") as errors, subprocess.Popen(command, stderr=errors, **quiet) as ran:
            try:
                ran.wait(minutes * 60)
            except subprocess.TimeoutExpired:
                why = f"it took more than {minutes} minutes"
            finally:
                if ran.poll() is None:
                    os.killpg(ran.pid, signal.SIGKILL)  # and whatever it has started
        if ran.returncode and not why:
            said = words.read_text(errors="replace").strip()
            sys.stderr.write(f"{said[-4_000:]}\n")
            why = f"it failed: {(said.splitlines() or ['without a word'])[-1][:200]}"
        rows = [json.loads(line) for line in _lines(str(out)) if line.endswith("}")]
        return rows, why


def _worked() -> float:
    """Seconds that benches have taken of a processor, this process's children with theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def verdicts(rows: Iterable[Row], ran: Iterable[str], failed: Mapping[str, str]) -> list[Row]:
    """A line for each bar: missed if one of its rows misses it, met if all that decide it were measured and meet it."""
    done, found = list(rows), []
    for key, bar in BARS.items():
        group = bar.group.split(", ")
        mine = [row for row in done if row.get("of") == key]
        missed = [row for row in mine if row["met"] is False]
        first = missed or mine
        got = [row["got"] for row in first[:3]] + [f"and {len(first) - 3} more"] * (len(first) > 3)
        left = [name for name in group if name not in ran]
        got += [f"not measured in this run: make bench ARGS='{' '.join(left)}'"] * bool(left)
        got += [f"{name}: {failed[name]}" for name in group if name in failed]
        whole = not left and not failed.keys() & set(group) and bool(mine) and all(row["met"] for row in mine)
        got = got or ["not measured: its bench gave no row"]
        found.append({"what": bar.what, "bar": bar.bar, "got": "; ".join(got), "met": False if missed else (whole or None)})
    return found


def _leaves_out() -> str:
    return "\n".join(f"- {bar.what}: {bar.without}" for bar in BARS.values())


def _sum(bars: Sequence[Row], others: Sequence[Row], failed: Mapping[str, str]) -> str:
    """What came of all of them, in a line."""
    counts = [sum(row["met"] is state for row in bars) for state in (True, False, None)]
    words = "{} bars met, {} missed, {} undecided.".format(*counts)
    missed = [row["what"] for row in others if row["met"] is False]
    words += f" {len(others) - len(missed)} of {len(others)} other bars of benches' own met." * bool(others)
    words += f" Missed of these: {'; '.join(missed)}." * bool(missed)
    return words + f" Failed: {', '.join(failed)}." * bool(failed)


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
    return "undecided" if row["met"] is None and row["bar"] else _MARKS[row["met"]]


def say(text: str, to: Any = None) -> None:
    """Somebody waits."""
    print(text, file=to, flush=True)


__all__ = ["Missing", "main", "one", "table", "verdicts"]

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
