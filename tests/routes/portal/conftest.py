"""The portal over a fresh system for each test."""

from collections.abc import Iterator

import pytest

from tests.support.portal import Portal, open_portal
from tests.support.system import on_moto, running_system


@pytest.fixture
def portal(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Portal]:
    with running_system(moto=on_moto(request)) as system, open_portal(system, monkeypatch) as made:
        yield made
