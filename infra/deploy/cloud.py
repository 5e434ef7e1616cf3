"""The account and region that a deploy goes to: AWS, or the local cloud in its place."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config

_PATIENCE = Config(retries={"mode": "standard", "total_max_attempts": 5}, connect_timeout=10)


@dataclass(frozen=True)
class Cloud:
    """Clients of one account and region, and the variables by which the SAM CLI reaches the same.

    What stands in a `disposable` cloud can be made again, so a stack that is stuck is removed there.
    """

    session: boto3.Session
    variables: Mapping[str, str]
    endpoint_url: str | None = None
    disposable: bool = False
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict, repr=False)

    @property
    def region(self) -> str:
        """The region that everything but CloudFront's certificate stands in."""
        return str(self.session.region_name)

    def client(self, service: str, region: str = "") -> Any:
        """A client of a service, in this cloud's region unless another is named."""
        key = service, region or self.region
        if key not in self._clients:
            session: Any = self.session  # the stubs know clients only by literal names
            self._clients[key] = session.client(service, region_name=key[1], endpoint_url=self.endpoint_url, config=_PATIENCE)
        return self._clients[key]


def aws(region: str) -> Cloud:
    """The account of the credentials in this shell (AWS_PROFILE, AWS_ACCESS_KEY_ID, a role ...)."""
    variables = {**os.environ, "AWS_REGION": region, "AWS_DEFAULT_REGION": region, "SAM_CLI_TELEMETRY": "0", "NO_COLOR": "1"}
    return Cloud(boto3.Session(region_name=region), variables)
