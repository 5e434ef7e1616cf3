"""The portal over a fresh system for each test."""

from collections.abc import Iterator

import pytest

from tests.support.portal import Portal, open_portal
from tests.support.system import running_system


@pytest.fixture
def portal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Portal]:
    with running_system() as system, open_portal(system, monkeypatch) as made:
        yield made
