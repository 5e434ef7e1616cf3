"""Clients and the one place where botocore's errors become ours.

botocore is used directly: boto3's resource layer costs about 50 ms of cold start and nothing here needs it.
"""

import json
from collections.abc import Callable
from typing import Any, Final, NoReturn, TypeAlias

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.hooks import EVENT_ALIASES
from botocore.loaders import Loader

from latchkey import errors

Client: TypeAlias = Any
ClientFactory: TypeAlias = Callable[[str], Client]

_RAW: Final = ("dynamodb.GetItem", "dynamodb.BatchGetItem", "dynamodb.Query", "dynamodb.UpdateItem", "sesv2.SendBulkEmail")
"""The answers' JSON of these is already what the stores read; botocore would walk every value in it."""

_THROTTLED: Final = {
    "ProvisionedThroughputExceededException",
    "ThrottlingException",
    "Throttling",
    "RequestLimitExceeded",
    "TooManyRequestsException",
    "LimitExceededException",
    "SlowDown",
    "InternalError",
    "InternalServerError",
    "RequestTimeout",
    "ServiceUnavailable",
    "TransactionInProgressException",
}


SERVICES: Final = ("dynamodb", "kms", "s3", "sesv2", "sqs")


class _OurServices(Loader):  # type: ignore[misc, unused-ignore]
    """botocore's descriptions of services, without a look into all 430 folders to see that ours are there (80 ms)."""

    def list_available_services(self, type_name: str) -> list[str]:
        """The services that stores use."""
        return list(SERVICES)


def client_factory() -> ClientFactory:
    """Clients that share one session. Parameters are not validated twice: the types of the stores say what goes in."""
    # Names that events of other services once had: each event of each client would be looked for among them, which is an eighth
    # of the time that a container takes to make its clients. Ours never had others (tests/house/test_botocore.py).
    EVENT_ALIASES.clear()
    session = botocore.session.Session()
    session.register_component("data_loader", _OurServices())
    for operation in _RAW:
        session.register(f"before-parse.{operation}", _as_it_came)
    session.register("before-parameter-build.sesv2.SendBulkEmail", _keep_entries)
    session.register("before-call.sesv2.SendBulkEmail", _put_entries)
    config = Config(
        parameter_validation=False,
        user_agent="latchkey",  # botocore's own is put together again for each call, a third of the call's CPU
        connect_timeout=3,
        read_timeout=20,
        retries={"mode": "standard", "total_max_attempts": 4},
    )
    special = {
        # One hidden retry of a mail would be a second mail: SES is called once and the ledger decides.
        "sesv2": config.merge(Config(retries={"total_max_attempts": 1})),
        # The bucket's own host in its region: a presigned URL of the global one is redirected, and a form post then fails.
        "s3": config.merge(Config(signature_version="s3v4", s3={"addressing_style": "virtual"})),
    }
    return lambda service: session.create_client(service, config=special.get(service, config))


def _as_it_came(**event: Any) -> None:
    """Takes a good answer's JSON as it came (binary values stay base64) and leaves botocore nothing to parse."""
    answer = event["response_dict"]
    if answer["status_code"] == 200:
        event["customized_response_dict"].update(json.loads(answer["body"]))
        answer["body"] = b"{}"


def _keep_entries(**event: Any) -> None:
    """Takes the mails of a bulk call past botocore's serializer, which walks ten levels for each..."""
    event["context"]["latchkey.entries"] = event["params"].pop("BulkEmailEntries")


def _put_entries(**event: Any) -> None:
    """... and puts them into the body that it has made of the rest."""
    request = event["params"]
    entries = json.dumps(event["context"].pop("latchkey.entries"))
    request["body"] = request["body"][:-1] + b', "BulkEmailEntries": ' + entries.encode() + b"}"


def code_of(error: ClientError) -> str:
    """The error code that AWS gave."""
    return str(error.response.get("Error", {}).get("Code", ""))


def translate(error: ClientError | BotoCoreError) -> NoReturn:
    """Raise what an AWS error means for us: try later, or a fault of ours that no caller can mend."""
    if isinstance(error, ClientError) and code_of(error) not in _THROTTLED:
        raise error
    raise errors.TryLater() from error
