"""The contracts of the stores hold on the DynamoDB in memory as on moto, so that what is simulated on it means something."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from latchkey.settings import FunctionName
from latchkey.settings import Settings as Environment
from latchkey.shared.stores.aws import client_factory
from latchkey.wiring import Wiring
from tests.stores.people.test_people import *  # noqa: F403 - its tests
from tests.stores.sends.test_sends import *  # noqa: F403 - its tests
from tests.stores.shared.test_dynamo import *  # noqa: F403 - its tests
from tests.support.memory_dynamo import MemoryDynamo
from tests.support.system import TestSystem, running_system


class MemorySystem(TestSystem):
    """A system whose tables are in memory; the rest is on moto."""

    __test__ = False
    dynamo: MemoryDynamo

    def wiring(self, function: FunctionName) -> Wiring:
        """The wiring of a function."""
        if function not in self.wirings:
            others = cache(client_factory())

            def clients(service: str) -> Any:
                return self.dynamo if service == "dynamodb" else others(service)

            self.wirings[function] = Wiring(Environment(function, self.environment), clients, self.clock)
        return self.wirings[function]


@pytest.fixture
def system() -> Iterator[TestSystem]:
    with running_system() as real:
        made = MemorySystem(real.environment, real.judge)
        made.dynamo = MemoryDynamo()
        yield made
