"""The roll on the deployed stack: its worker follows the streams, with its own role, and lists come from what it keeps."""

from typing import Any

import boto3

from infra.local.waiting import wait_for
from tests.e2e.client import Product


def item(stack: dict[str, Any]) -> dict[str, Any]:
    """What names the demo school's roll."""
    aws = stack["aws"]
    keys = {name: aws[name] for name in ("aws_access_key_id", "aws_secret_access_key")}
    dynamo: Any = boto3.client("dynamodb", endpoint_url=aws["endpoint_url"], region_name=aws["region"], **keys)
    key = {"pk": {"S": stack["school"]}, "sk": {"S": "ROLL"}}
    found: dict[str, Any] = dynamo.get_item(TableName=aws["outputs"]["DirectoryTable"], Key=key, ConsistentRead=True)
    return found.get("Item", {})


def test_the_streams_worker_keeps_the_roll(stack: dict[str, Any], admin: Product, student: dict[str, Any]) -> None:
    """The worker writes it to S3 once somebody has read it; a change is in the list at once, and then comes by the stream."""
    admin.get(admin.console("people"), limit="1")
    kept = wait_for(lambda: item(stack), "the roll is kept", lambda found: "base" in found and "stale" not in found)
    assert kept["base"]["S"].startswith(f"rolls/{stack['school']}/")
    answer = admin.http.patch(admin.console(f"people/{student['id']}"), json={"given_name": "Zebedee"})
    assert answer.status_code == 200
    (found,) = admin.get(admin.console("people"), q=f"zebedee {student['registration_group']}")["items"]
    assert found["id"] == student["id"]
    wait_for(lambda: item(stack), "the change has come", lambda now: "changes" in now or now["base"] != kept["base"])
