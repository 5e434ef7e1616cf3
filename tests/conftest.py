"""What holds for every test: only those that say so may open a connection, and CI skips none."""

import os
import socket
from collections.abc import Generator, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import HealthCheck, settings

from tests.support.hashes import quick_hashes
from tests.support.system import TestSystem, on_moto, running_system

TESTS = Path(__file__).parent
OFFLINE = ("unit", "vectors", "stores", "routes", "workers", "faults", "house")
MARKS = {"house": "house", "pages": "pages", "e2e": "e2e", "browser": "browser", "bench": "bench"}

# How long an example takes says how busy the machine is, and nothing about the product.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


def pytest_itemcollected(item: pytest.Item) -> None:
    """A test's folder is its marker, before anything is chosen by markers."""
    folder = item.path.relative_to(TESTS).parts[0]
    if folder in MARKS:
        item.add_marker(MARKS[folder])


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The order is random (pytest-randomly), but for what is marked ``last``."""
    places: dict[Path, int] = {}
    for item in items:
        places.setdefault(item.path, len(places))
    items.sort(key=lambda item: (_last(item, "run"), places[item.path], _last(item, "module")))


def _last(item: pytest.Item, of: str) -> bool:
    mark = item.get_closest_marker("last")
    return mark is not None and mark.kwargs["of"] == of


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """A run can be had again: its header, which says how, is not shown by ``-q``."""
    seed = config.getoption("randomly_seed", None)
    if terminalreporter.verbosity < 0 and seed is not None:
        terminalreporter.write_line(f"The order was random; for the same one: --randomly-seed={seed}")


@pytest.fixture(autouse=True)
def _offline(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests of one process stay in it: a connection anywhere is an error, not a slow test."""
    if request.path.relative_to(TESTS).parts[0] not in OFFLINE:
        return

    def refuse(_socket: socket.socket, *where: Any) -> NoReturn:
        raise RuntimeError(f"this test may not open connections, but tried {where[-1]!r}")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)


@pytest.fixture(autouse=True, scope="module")
def _quick_hashes(request: pytest.FixtureRequest) -> Iterator[None]:
    """Routes and workers hash for hundreds of people, and are not about what that takes."""
    folder = request.path.relative_to(TESTS).parts[0]
    with quick_hashes() if folder in {"routes", "workers"} else nullcontext():
        yield


@pytest.fixture
def system(request: pytest.FixtureRequest) -> Iterator[TestSystem]:
    """The whole system of one test. The stores' own suites have moto's tables; what uses stores has those in memory."""
    in_stores = request.path.relative_to(TESTS).parts[0] == "stores"
    with running_system(moto=in_stores or on_moto(request), real=not in_stores) as made:
        yield made


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where nobody looks on, a test that cannot run has failed."""
    report = yield
    if report.skipped and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI does not allow: {report.longrepr}"
    return report
