"""What comes back here on purpose must not pause the sends of the tests that come after."""

from collections.abc import Iterator

import pytest

from tests.e2e import school
from tests.e2e.client import Product


@pytest.fixture
def calm(admin: Product) -> Iterator[None]:
    yield
    school.calm(admin)
