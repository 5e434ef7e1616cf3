"""Clients and the one place where botocore's errors become ours."""

import base64
from collections.abc import Callable
from typing import Any, Final, NoReturn, TypeAlias

import boto3
import orjson
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from latchkey import errors

Client: TypeAlias = Any
ClientFactory: TypeAlias = Callable[[str], Client]

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
_TAKEN: Final = {"dynamodb": ("GetItem", "BatchGetItem", "Query", "UpdateItem"), "sesv2": ("SendBulkEmail",)}
"""Whose answers hold items, or what became of each mail. Not BatchWriteItem: what it leaves over is sent again, and bytes would
be encoded twice.
"""

_IN_JSON: Final = {
    "dynamodb": frozenset(
        ("GetItem", "BatchGetItem", "Query", "UpdateItem", "PutItem", "BatchWriteItem", "TransactWriteItems"),
    ),
    "sesv2": frozenset(("SendBulkEmail",)),
}
"""Operations with items or mails, whose parameters are the body of the request: in JSON, under the names that they have."""
_KEPT: Final = "latchkey_body"


def client_factory() -> ClientFactory:
    """Clients with our patience. Parameters are not validated twice: the types of the stores say what goes in."""
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

    def make(service: str) -> Client:
        client: Client = boto3.client(service, config=special.get(service, config))  # type: ignore[call-overload]
        if service in _IN_JSON:
            client.meta.events.register_last("before-parameter-build", _keep)
            client.meta.events.register(f"before-call.{service}", _write)
        for operation in _TAKEN.get(service, ()):
            client.meta.events.register(f"before-parse.{service}.{operation}", _as_it_came)
        return client

    return make


def _as_it_came(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: object) -> None:
    """Take an answer as it came: JSON; items in their wire format, bytes as base64, which ``dynamo_wire.unpack`` reads.

    botocore would ask its model of each attribute and each mail what it is, which costs more than all else that is done with a
    large answer. What is no JSON is left to it.
    """
    if response_dict["status_code"] == 200:
        try:
            said = orjson.loads(response_dict["body"])
        except orjson.JSONDecodeError:
            return
        customized_response_dict.update(said)
        response_dict["body"] = b""


def _keep(params: dict[str, Any], model: Any, context: dict[str, Any], **_: object) -> None:
    """Keep what is sent from botocore until ``_write``: it would ask its model of each attribute and each mail what it is.

    That cost as much as all else that is done with a large request. What is no list and no map is left to it: it finds the
    endpoint by that.
    """
    if model.name in _IN_JSON[model.service_model.service_name]:
        context[_KEPT] = params.copy()
        params |= {name: type(value)() for name, value in params.items() if isinstance(value, (dict, list))}


def _write(params: dict[str, Any], context: dict[str, Any], **_: object) -> None:
    """Write the body of a request, as botocore would: a test compares."""
    kept = context.pop(_KEPT, None)
    if kept is not None:
        params["body"] = orjson.dumps(kept, default=_base64)
        params["headers"].setdefault("Content-Type", "application/json")


def _base64(value: object) -> str:
    """What JSON has no way to write: bytes."""
    if not isinstance(value, bytes):
        raise TypeError
    return base64.b64encode(value).decode()


def code_of(error: ClientError) -> str:
    """The error code that AWS gave."""
    return str(error.response.get("Error", {}).get("Code", ""))


def translate(error: ClientError | BotoCoreError) -> NoReturn:
    """Raise what an AWS error means for us: try later, or a fault of ours that no caller can mend."""
    if isinstance(error, ClientError) and code_of(error) not in _THROTTLED:
        raise error
    raise errors.TryLater() from error
