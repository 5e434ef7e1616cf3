"""One system for each test. The stores' own suites have moto's tables; what uses stores has those in memory."""

from collections.abc import Iterator

import pytest

from tests.support.system import TestSystem, on_moto, running_system

USE_CASES = {"test_build_export", "test_issue_codes", "test_rows_of", "test_void_codes"}


@pytest.fixture
def system(request: pytest.FixtureRequest) -> Iterator[TestSystem]:
    with running_system(moto=request.path.stem not in USE_CASES or on_moto(request)) as made:
        yield made
