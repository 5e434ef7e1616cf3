"""One moto system for each test."""

from collections.abc import Iterator

import pytest

from tests.support.system import TestSystem, running_system


@pytest.fixture
def system() -> Iterator[TestSystem]:
    with running_system() as made:
        yield made
