"""One deployed stack for all end-to-end and browser tests of a run, and who looks at it."""

import os
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from infra.local.files import read_json
from infra.local.shared import SharedStack
from infra.local.trouble import Trouble
from tests.e2e import school
from tests.e2e.client import Product


@pytest.fixture(scope="session")
def stack(request: pytest.FixtureRequest) -> Iterator[dict[str, Any]]:
    """What stack.json says (docs/local-stack.md) of a stack with the demo school.

    It is started by the first test that asks, shared by all workers, and gone at the end of the run.
    LATCHKEY_STACK=path/to/stack.json uses a stack that is up already; LATCHKEY_DEMO_STUDENTS sets the demo's size.
    """
    if named := os.environ.get("LATCHKEY_STACK"):
        known = read_json(Path(named))
        if not known:
            pytest.fail(f"LATCHKEY_STACK={named} is no stack.json; start a stack with `make up`.", pytrace=False)
        yield known
        return
    run = os.environ.get("LATCHKEY_TEST_RUN")  # a process that outlives this one, and the stack with it
    worker = "PYTEST_XDIST_WORKER" in os.environ
    shared = SharedStack(int(run) if run else os.getppid() if worker else os.getpid())
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled() if capture and not worker else nullcontext():
        try:
            known = shared.start(lambda line: print(line, flush=True))  # noqa: T201 - it takes a while
        except Trouble as trouble:
            pytest.fail(f"The stack did not come up: {trouble}", pytrace=False)
    yield known
    if run or worker:
        shared.leave()
    else:
        shared.stop()


@pytest.fixture(scope="session")
def product(stack: dict[str, Any]) -> Product:
    """A visitor."""
    return Product(stack)


@pytest.fixture(scope="session")
def admin(product: Product) -> Product:
    """The demo school's admin."""
    return product.admin()


@pytest.fixture(scope="session")
def _groups(admin: Product) -> Iterator[school.Group]:
    return school.groups(admin)


@pytest.fixture
def group(_groups: Iterator[school.Group]) -> school.Group:
    """A registration group of one student, whom nobody but this test knows."""
    return next(_groups)


@pytest.fixture
def student(admin: Product, group: school.Group) -> dict[str, Any]:
    """That student, as the console shows them."""
    (found,) = school.people(admin, group)
    return found
