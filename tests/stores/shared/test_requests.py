"""Requests of DynamoDB and SES are written by us: as botocore would write them, and without asking its model of each value."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.serialize import JSONSerializer

from latchkey.shared.stores.aws import client_factory
from latchkey.shared.stores.dynamo import Put, Update

_UPDATE = Update(pk="a", sk="b", set={"blob": b"\x00\xff", "map": {"n": 1, "list": ["Zoë", True, b""]}}, add={"seen": 1})
_PUT = Put(item={"pk": "a", "sk": "c", "name": 'Ann "<b>"\n', "none": None}, when=[("pk", "missing", None)])
_GET = {"x": {"Keys": [{"pk": {"S": "a"}, "sk": {"S": "b"}}], "ConsistentRead": True}}
_WRITE = {"x": [{"PutRequest": {"Item": {"pk": {"S": "a"}, "sk": {"S": "b"}, "blob": {"B": b"\x00\xff"}}}}]}
_QUERY = {
    "TableName": "x",
    "KeyConditionExpression": "#p = :p",
    "ExpressionAttributeNames": {"#p": "pk"},
    "ExpressionAttributeValues": {":p": {"S": "a"}},
    "ScanIndexForward": False,
    "Limit": 3,
}
_BULK = {
    "FromEmailAddress": "Zoë <a@x.example>",
    "DefaultEmailTags": [{"Name": "send", "Value": "1"}],
    "DefaultContent": {
        "Template": {
            "TemplateContent": {"Subject": "s", "Text": "t", "Html": "<p>"},
            "TemplateData": "{}",
            "Attachments": [{"FileName": "logo.png", "RawContent": b"\x89PNG"}],
        }
    },
    "BulkEmailEntries": [{"Destination": {"ToAddresses": ["b@x.example"]}}] * 3,
}
_CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("dynamodb", "get_item", {"TableName": "x", "Key": {"pk": {"S": "a"}, "sk": {"S": "b"}}, "ConsistentRead": True}),
    ("dynamodb", "update_item", _UPDATE.request("x")),
    ("dynamodb", "put_item", _PUT.request("x")),
    ("dynamodb", "query", _QUERY),
    ("dynamodb", "batch_get_item", {"RequestItems": _GET}),
    ("dynamodb", "batch_write_item", {"RequestItems": _WRITE}),
    (
        "dynamodb",
        "transact_write_items",
        {
            "TransactItems": [{"Update": _UPDATE.request("x")}, {"Put": _PUT.request("x")}],
            "ClientRequestToken": "once",
        },
    ),
    (
        "dynamodb",
        "restore_table_to_point_in_time",
        {"TargetTableName": "copy", "RestoreDateTime": datetime(2026, 11, 20, 14, 30, tzinfo=UTC)},
    ),
    ("sesv2", "send_bulk_email", _BULK),
    ("sesv2", "get_account", {}),
]


def _sent(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
    sent: list[Any] = []

    def answer(request: Any, **_: object) -> AWSResponse:
        sent.append(request)
        return AWSResponse(request.url, 200, {}, SimpleNamespace(stream=lambda **_: iter([b"{}"])))

    client.meta.events.register_first("before-send", answer)
    getattr(client, operation)(**parameters)
    return sent[0]


@pytest.fixture(autouse=True)
def _region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-2")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")


@pytest.mark.parametrize(("service", "operation", "parameters"), _CALLS, ids=[each[1] for each in _CALLS])
def test_what_is_sent_is_what_botocore_would_send(service: Any, operation: str, parameters: dict[str, Any]) -> None:
    theirs = _sent(boto3.client(service), operation, parameters)
    ours = _sent(client_factory()(service), operation, parameters)
    assert (ours.method, ours.url) == (theirs.method, theirs.url)
    assert json.loads(ours.body or b"null") == json.loads(theirs.body or b"null")
    for name in ("Content-Type", "X-Amz-Target"):
        assert ours.headers.get(name) == theirs.headers.get(name)
    assert ours.headers.get("Content-Length") == (str(len(ours.body)) if ours.body else theirs.headers.get("Content-Length"))


def test_a_transaction_has_a_token_so_that_a_retry_writes_once() -> None:
    sent = _sent(client_factory()("dynamodb"), "transact_write_items", {"TransactItems": [{"Put": _PUT.request("x")}]})
    assert json.loads(sent.body)["ClientRequestToken"]


def test_botocore_is_asked_of_each_parameter_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    ask = JSONSerializer._serialize
    monkeypatch.setattr(JSONSerializer, "_serialize", lambda self, *given: asked.append(given) or ask(self, *given))
    for service, operation, parameters in _CALLS:
        _sent(client_factory()(service), operation, parameters)
    most = sum(2 + len(parameters) for _, _, parameters in _CALLS)  # its whole, its parameters and a token
    assert len(asked) <= most
    for service, operation, parameters in _CALLS:
        _sent(boto3.client(service), operation, parameters)
    assert len(asked) > 3 * most


def test_what_json_cannot_hold_is_refused() -> None:
    with pytest.raises(TypeError):
        _sent(client_factory()("dynamodb"), "put_item", {"TableName": "x", "Item": {"pk": {"S": object()}}})


_DONE = b'{"BulkEmailEntryResults": [{"Status": "SUCCESS", "MessageId": "a"}, {"Status": "MESSAGE_REJECTED", "Error": "no"}]}'


@pytest.mark.parametrize("body", [_DONE, b'{"BulkEmailEntryResults": []}', b"{}", b"", b"<html>"])
def test_what_ses_says_of_each_mail_is_read_as_botocore_reads_it(body: bytes) -> None:
    theirs, ours = (_answered(client, body) for client in (boto3.client("sesv2"), client_factory()("sesv2")))
    assert ours == theirs


def _answered(client: Any, body: bytes) -> Any:
    def answer(request: Any, **_: object) -> AWSResponse:
        return AWSResponse(request.url, 200, {}, SimpleNamespace(stream=lambda **_: iter([body])))

    client.meta.events.register_first("before-send", answer)
    return client.send_bulk_email(**_BULK)
