"""A cloud that answers as it is told: real clients, whose requests and answers botocore checks, and no connection."""

from typing import Any

import boto3
from botocore.stub import Stubber

from infra.deploy.cloud import Cloud

REGION = "eu-west-2"
ACCOUNT = "123456789012"


class Answers:
    """`answers.add(service, operation, answer)` for each call in its order; a text as the answer is an error's code."""

    def __init__(self) -> None:
        self.session = boto3.Session(aws_access_key_id="x", aws_secret_access_key="x", region_name=REGION)
        self.cloud = Cloud(self.session, {})
        self._stubs: dict[tuple[str, str], Stubber] = {}

    def add(self, service: str, operation: str, answer: Any, expected: Any = None, region: str = REGION) -> None:
        """The next call of a service: which operation it must be, what it must say, and what comes back."""
        stub = self._stub(service, region)
        if isinstance(answer, str):
            stub.add_client_error(operation, answer, f"{answer} happened", expected_params=expected)
        else:
            stub.add_response(operation, answer, expected)

    def assert_all_asked(self) -> None:
        """Every answer was called for."""
        for stub in self._stubs.values():
            stub.assert_no_pending_responses()

    def _stub(self, service: str, region: str) -> Stubber:
        key = service, region
        if key not in self._stubs:
            client = self.cloud.client(service, region)
            self._stubs[key] = Stubber(client)
            self._stubs[key].activate()
        return self._stubs[key]
