"""Pages as Chromium shows them, over the product in one process (tests/support/quick_stack): what only a browser can see.

Stories that are about the deployed stack stand in tests/browser and tests/e2e.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from infra.local.files import read_json
from infra.local.waiting import wait_until
from tests.browser.chromium import DESK, PHONE, profile, running_browser
from tests.e2e.conftest import _groups, admin, group, product, student

__all__ = ["_groups", "admin", "group", "product", "student"]

PROJECT = Path(__file__).parents[2]
PATIENCE = 300.0


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What stack.json would say of it. It fails at its end on what AWS would have denied, and on what no register names."""
    folder = tmp_path_factory.mktemp("quick-stack")
    file, log = folder / "stack.json", folder / "log"
    command = [sys.executable, "-m", "tests.support.quick_stack", str(folder)]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=out, stderr=out)
        try:
            up = wait_until(file.exists, lambda: process.poll() is None, PATIENCE)
            if not up:
                pytest.fail(f"The product did not come up:\n{_end_of(log)}", pytrace=False)
            yield read_json(file)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            code = process.wait(PATIENCE)
    if code:
        pytest.fail(f"The product ended badly:\n{_end_of(log)}", pytrace=False)


def _end_of(log: Path) -> str:
    lines = [line for line in log.read_text("utf-8").splitlines() if not line.startswith("{")]
    return "\n".join(lines[-40:])


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with running_browser() as found:
        yield found


@pytest.fixture
def desk(browser: Browser, stack: Any) -> Iterator[BrowserContext]:
    with profile(browser, stack["url"], DESK) as context:
        yield context


@pytest.fixture
def phone(browser: Browser, stack: Any) -> Iterator[BrowserContext]:
    with profile(browser, stack["url"], PHONE) as context:
        yield context
