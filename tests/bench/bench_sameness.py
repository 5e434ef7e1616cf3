"""Whether the time of an answer tells who exists: each door of tests/support/doors.py is asked about somebody and about nobody,
in turns, from the same state, and a rank test (Mann and Whitney) says how likely so much difference is by chance.

In one process, with tables in memory and queues that take a message at once: what is measured is our own work, without the
network, which would hide it, and as processor time, which other programs blur least. Argon2 is computed with little memory for
the same reason; that as many hashes are computed for either is what tests/routes/attacks counts. A door is measured again where
p < 0.01, so that a busy machine accuses nobody: the second measurement counts.
"""

import gc
import logging
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from math import erfc, sqrt
from typing import Any
from unittest.mock import patch

import pytest

from latchkey.sign_in import hashing
from tests.support.doors import DOORS, Ask, Door, Street, street
from tests.support.portal import open_portal
from tests.support.system import running_system

TIMES = 400
ALPHA = 0.01
MOST = 300
"""Microseconds that reading somebody may cost more than reading nobody: docs/security.md says how often one would have to ask."""


def main() -> list[dict[str, Any]]:
    """One row a door; of two measurements, the second counts."""
    with _town() as at:
        return [_row(at, door) for door in DOORS if not door.told]


def _row(at: Street, door: Door) -> dict[str, Any]:
    known, other = _measured(at, door)
    p, again = rank_test(known, other), ""
    if p < ALPHA:
        first, (known, other) = p, _measured(at, door)
        p, again = rank_test(known, other), f" (measured again; first {first:.4f})"
    difference = statistics.median(known) - statistics.median(other)
    got = f"{difference:+.1f} of {statistics.median(other):.0f} µs, p = {p:.3f}{again}"
    return {
        "what": door.name,
        "bar": f"p ≥ {ALPHA}, or ≤ {MOST} µs",
        "got": got,
        "met": p >= ALPHA or abs(difference) <= MOST,
        "value": difference,
    }


def rank_test(ones: Sequence[float], others: Sequence[float]) -> float:
    """The probability (two-sided) of so much difference between equals: Mann-Whitney U by the normal curve, ties corrected."""
    ranked = sorted((value, of) for of, values in enumerate((ones, others)) for value in values)
    n, m, total, ties, place = len(ones), len(others), 0.0, 0, 0
    while place < len(ranked):
        end = next((at for at in range(place, len(ranked)) if ranked[at][0] != ranked[place][0]), len(ranked))
        total += sum(of == 0 for _, of in ranked[place:end]) * (place + end + 1) / 2
        ties += (end - place) ** 3 - (end - place)
        place = end
    spread = sqrt(n * m / 12 * (n + m + 1 - ties / ((n + m) * (n + m - 1))))
    return erfc(abs(total - n * (n + m + 1) / 2) / spread / sqrt(2)) if spread else 1.0


def _measured(at: Street, door: Door) -> tuple[list[float], list[float]]:
    """Microseconds of each, asked in turns; which of the two comes first changes each time."""
    for _ in range(5):
        _took(at, door.known)
        _took(at, door.other)
    known, other = list[float](), list[float]()
    gc.collect()
    for number in range(TIMES):
        pair = ((door.known, known), (door.other, other))
        for ask, times in pair if number % 2 else pair[::-1]:
            times.append(_took(at, ask))
    return known, other


def _took(at: Street, ask: Ask) -> float:
    at.restore()
    start = time.process_time_ns()
    ask(at)
    return (time.process_time_ns() - start) / 1000


class _Queues:
    """SQS that takes whatever it is given."""

    def __getattr__(self, name: str) -> Any:
        return lambda **_: {"MessageId": "m", "Successful": [], "Failed": []}


@contextmanager
def _town() -> Iterator[Street]:
    """The street, once keys are derived, with quick hashes, and without logs or pauses of the collector."""
    with (
        patch.multiple(hashing, MEMORY=64, ROUNDS=1),
        running_system() as system,
        pytest.MonkeyPatch.context() as monkeypatch,
        open_portal(system, monkeypatch) as portal,
    ):
        hashing._hasher.cache_clear()
        monkeypatch.setattr(hashing, "NOBODY", hashing.hash_of("of nobody"))
        made = street(portal)
        portal.wiring._clients["sqs"] = _Queues()
        made.keep()
        logging.disable(logging.CRITICAL)
        gc.disable()
        try:
            with redirect_stdout(StringIO()):  # metrics
                yield made
        finally:
            gc.enable()
            logging.disable(logging.NOTSET)
            made.restore()
            hashing._hasher.cache_clear()
