"""Pages as Chromium shows them, over the product in one process (tests/support/quick_stack): what only a browser can see.

Stories that are about the deployed stack stand in tests/browser and tests/e2e.
"""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext

from infra.local.files import read_json
from infra.local.waiting import wait_until
from tests.browser.chromium import DESK, PHONE, profile, running_browser
from tests.e2e.client import TRUST, Product
from tests.e2e.conftest import admin, product, student
from tests.e2e.school import Group, enrol, new_group
from tests.support.providers.hostile import STAND_INS
from tests.support.providers.running import held, origin_of

__all__ = ["admin", "product", "student"]

PROJECT = Path(__file__).parents[2]
PATIENCE = 300.0


@pytest.fixture(scope="session")
def sign_in_ports() -> Iterator[dict[str, socket.socket]]:
    """Ports for the providers of tests/pages/sso, by name: the product knows their origins before any of them runs."""
    with ExitStack() as all_of_them:
        yield {name: all_of_them.enter_context(held()) for name in ("certified", "second", "saml", "hostile", "other_school")}


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, sign_in_ports: dict[str, socket.socket]) -> Iterator[dict[str, Any]]:
    """What stack.json would say of it. It fails at its end on what AWS would have denied, and on what no register names."""
    folder = tmp_path_factory.mktemp("quick-stack")
    file, log = folder / "stack.json", folder / "log"
    origins = [origin_of(each) for each in sign_in_ports.values()]
    stand_ins = [f"{issuer}={origin_of(sign_in_ports['hostile'])}/{path}" for issuer, path in STAND_INS.items()]
    command = [sys.executable, "-m", "tests.support.quick_stack", str(folder), *origins, *stand_ins]
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


@pytest.fixture(autouse=True)
def _at_rest(request: pytest.FixtureRequest) -> None:
    """What the test before has left to the workers is done: numbers of the school change by what this test does, and no more."""
    if "stack" not in request.fixturenames:
        return
    operate = request.getfixturevalue("stack")["operate"]
    wait_until(lambda: httpx.post(operate, json={"kind": "rest"}, timeout=60, verify=TRUST).json()["rest"], lambda: True, 30)


class Groups:
    """Groups of one student, each given out once; a dozen is enrolled in no more time than one."""

    def __init__(self, admin: Product) -> None:
        self._admin = admin
        self._made: list[Group] = []

    def next(self) -> Group:
        """One whom nobody has sent anything."""
        if not self._made:
            self._made = [new_group() for _ in range(12)]
            enrol(self._admin, [row for each in self._made for row in each.rows])
        return self._made.pop()

    def spend(self) -> None:
        """A test has sent something to the whole school, or will."""
        self._made.clear()


@pytest.fixture(scope="session")
def groups(admin: Product) -> Groups:
    return Groups(admin)


@pytest.fixture
def group(groups: Groups) -> Group:
    """A registration group of one student, whom nobody but this test knows."""
    return groups.next()


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
