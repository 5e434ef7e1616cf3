"""The contracts of the stores hold on the DynamoDB in memory as on moto, so that what is simulated on it means something."""

from collections.abc import Iterator

import pytest

from tests.stores.people.test_people import *  # noqa: F403 - its tests
from tests.stores.sends.test_sends import *  # noqa: F403 - its tests
from tests.stores.shared.test_dynamo import *  # noqa: F403 - its tests
from tests.support.system import TestSystem, running_system


@pytest.fixture
def system() -> Iterator[TestSystem]:
    with running_system(real=False) as made:
        yield made
