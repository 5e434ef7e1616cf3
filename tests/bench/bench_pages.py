"""What every answer of portal and console costs at 100,000 people: calls, RRU, CPU and bytes; every route, as ``walk`` asks it.

The roll lies in a fake S3, as a worker would have put it, and the directory makes its people when it is asked for them. CPU is
without what the fakes take, and so without botocore, of which a call takes about half a millisecond and a megabyte read about
eighty. ``cold`` is a container that has to fetch and read the roll.
"""

import time
from contextlib import redirect_stdout
from io import StringIO

import pytest

from tests.bench.bars import Row, row
from tests.support.console import running_console
from tests.support.costs import CALLS, RRU, fill, followed, keep, look, somebody
from tests.support.walk import MOST_CPU, PAGE_BYTES, WIRE_BYTES, Cost, large_school, walk

THOUSANDS = 100


def main() -> list[Row]:
    """What is over a bar, each by itself, and how many there were."""
    rows = [_cold()]
    with pytest.MonkeyPatch.context() as patch, large_school(patch, THOUSANDS) as console:
        found = [*walk(console)]
    good = [each for each in found if each.status < 400]
    over = [each for each in found if not each.is_flat]
    slow = [each for each in found if each.is_flat and each.seconds > MOST_CPU]
    rows += [row(f"{each.what} ({each.status})", _words(each), each.units, met=False, of="pages") for each in [*over, *slow]]
    got = f"{len(found) - len(over) - len(slow)} of {len(found)} answers; {len(good)} did what was asked, the rest refused"
    rows.append(row(f"answers within the bar at {THOUSANDS},000 people", got, len(found), met=not over and not slow, of="pages"))
    empty = [each.what for each in found if each.empty_with_next]
    got = ", ".join(empty) or f"none of {len(found)} answers"
    rows.append(row("empty pages with a next one", got, len(empty), met=not empty, of="no_empty"))
    forgot = [each for each in found if each.what.startswith("POST /schools/{school}/forgot-password")]
    calls = max(each.calls for each in forgot)
    got = f"{calls} for somebody and for nobody"
    rows.append(row("calls of forgot password", got, calls, met=calls <= 2 and len(forgot) > 1, of="forgot"))
    pages = [each for each in good if each.is_page]
    heavy = [each for each in pages if each.size > PAGE_BYTES or each.wire > WIRE_BYTES]
    most = max(pages, key=lambda each: each.size)
    got = f"the heaviest of {len(pages)} is {most.size:,} bytes, {most.wire:,} gzipped ({most.what})"
    return [*rows, row("weight of pages", got, most.size, met=not heavy, of="weight")]


def _words(cost: Cost) -> str:
    over = [
        f"{cost.calls} calls" + " (over)" * (cost.calls > CALLS),
        f"{cost.units:g} RRU" + " (over)" * (cost.units > RRU),
        f"{cost.seconds * 1000:.0f} ms CPU" + " (over)" * (cost.seconds > MOST_CPU),
    ]
    return ", ".join(over)


def _cold() -> Row:
    """The list of people by a container that has not read the roll yet."""
    with pytest.MonkeyPatch.context() as patch, running_console(patch) as console, redirect_stdout(StringIO()):
        console.add([somebody(0)])
        keep(console, followed(console, patch))
        size = fill(console, THOUSANDS)
        start = time.process_time()
        calls, units, _ = look(console, "people")
        seconds = time.process_time() - start
    got = f"{calls} calls, {units:g} RRU, {seconds * 1000:.0f} ms CPU with the fakes', a roll of {size / 1e6:.1f} MB"
    return row(f"people, {THOUSANDS},000 people, in a cold container", got, units)
