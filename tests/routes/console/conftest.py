"""One console for each test."""

from collections.abc import Iterator

import pytest

from tests.support.console import Console, running_console


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch) -> Iterator[Console]:
    with running_console(monkeypatch) as made:
        yield made
