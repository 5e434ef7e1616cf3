"""What pages about people cost at 100,000 people: calls, RRU and CPU. The roll lies in a fake S3, as a worker would have put it.

The bar is of calls and RRU; CPU is for knowing. ``cold`` is a container that has to fetch and read the object.
"""

import time
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

import pytest

from tests.support.console import running_console
from tests.support.costs import CALLS, HOME, RRU, VIEWS, fill, followed, keep, look, metered, somebody

THOUSANDS = 100


def main() -> list[dict[str, Any]]:
    """A row a view."""
    with pytest.MonkeyPatch.context() as patch, running_console(patch) as console, redirect_stdout(StringIO()):
        console.add([somebody(0)])
        keep(console, followed(console, patch))
        size = fill(console, THOUSANDS)
        rows = [_row("people, cold", *_measured(lambda: look(console, "people")[:2]))]
        rows[0]["got"] += f", {size / 1e6:.1f} MB"
        for view in VIEWS:
            rows.append(_row(view, *_measured(lambda view=view: look(console, view)[:2])))
            rows.append(_row(f"{view}, again", *_measured(lambda view=view: look(console, view)[:2])))

        def dry_run() -> tuple[int, float]:
            asked = {"kind": "password_link", "select": {"filter": {}}, "dry_run": True}
            with metered(console) as found:
                assert console.post(f"{HOME}/sends", asked).json_body["total"] == 1_000 * THOUSANDS
            return len(found), sum(units for _, units in found)

        return [*rows, _row("dry run of a send to all", *_measured(dry_run))]


def _measured(work: Any) -> tuple[int, float, float]:
    start = time.process_time()
    calls, units = work()
    return calls, units, time.process_time() - start


def _row(view: str, calls: int, units: float, seconds: float) -> dict[str, Any]:
    return {
        "what": f"{view}, {THOUSANDS},000 people",
        "bar": f"≤ {CALLS} calls, ≤ {RRU:.0f} RRU",
        "got": f"{calls} calls, {units:g} RRU, {seconds * 1000:.0f} ms CPU",
        "met": calls <= CALLS and units <= RRU,
        "value": units,
    }
