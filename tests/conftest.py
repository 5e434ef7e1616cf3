"""What holds for every test: only those that say so may open a connection, and CI skips none."""

import os
import socket
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tests.support.system import TestSystem, running_system

TESTS = Path(__file__).parent
OFFLINE = ("unit", "vectors", "stores", "routes", "workers", "faults", "house")
MARKS = {"house": "house", "e2e": "e2e", "browser": "browser", "bench": "bench"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test's folder is its marker."""
    for item in items:
        folder = item.path.relative_to(TESTS).parts[0]
        if folder in MARKS:
            item.add_marker(MARKS[folder])


@pytest.fixture(autouse=True)
def _offline(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests of one process stay in it: a connection anywhere is an error, not a slow test."""
    if request.path.relative_to(TESTS).parts[0] not in OFFLINE:
        return

    def refuse(_socket: socket.socket, address: Any) -> NoReturn:
        raise RuntimeError(f"this test may not open connections, but tried {address!r}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)


@pytest.fixture
def system() -> Iterator[TestSystem]:
    """The whole system on a moto of its own."""
    with running_system() as made:
        yield made


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where nobody looks on, a test that cannot run has failed."""
    report = yield
    if report.skipped and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI does not allow: {report.longrepr}"
    return report
