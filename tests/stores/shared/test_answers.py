"""What botocore makes of DynamoDB's answers, on moto."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.parsers import BaseJSONParser

from latchkey.shared.stores.dynamo import Put, Table
from tests.support.system import TestSystem


@pytest.fixture
def table(system: TestSystem) -> Table:
    return system.wiring("portal").table("CREDENTIALS_TABLE")


def test_bytes_that_a_batch_left_over_are_written_as_they_are(system: TestSystem) -> None:
    """What DynamoDB does not take of a batch comes back, and is sent again."""
    wiring, event = system.wiring("portal"), "before-send.dynamodb.BatchWriteItem"
    refused: list[AWSResponse] = []

    def refuse(request: Any, **_: object) -> AWSResponse | None:
        if refused:
            return None
        left = json.dumps({"UnprocessedItems": json.loads(request.body)["RequestItems"]}).encode()
        refused.append(AWSResponse(request.url, 200, {}, SimpleNamespace(stream=lambda **_: iter([left]))))
        return refused[0]

    client, table = wiring.client("dynamodb"), wiring.table("CREDENTIALS_TABLE")
    client.meta.events.register_first(event, refuse)
    try:
        table.write_many([{"pk": "a", "sk": "b", "blob": b"\x00\xff"}])
    finally:
        client.meta.events.unregister(event, refuse)
    assert refused
    assert table.get("a", "b") == {"pk": "a", "sk": "b", "blob": b"\x00\xff"}


def test_an_answer_is_read_without_asking_botocore_of_each_attribute(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(20):
        table.put(Put(item={"pk": "a", "sk": f"{number}", "map": {"list": [1, "x", True, b"y"]}}))
    asked: list[object] = []
    parse = BaseJSONParser._parse_shape
    monkeypatch.setattr(BaseJSONParser, "_parse_shape", lambda self, *given: asked.append(given) or parse(self, *given))
    assert [each["map"]["list"] for each in table.page("a").items] == [[1, "x", True, b"y"]] * 20
    assert len(asked) < 5
