"""What the stories have left behind: logs without a name, an address or a token, and empty dead-letter queues.

Runs after all others that use the stack, on what they have done.
"""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from infra.local.waiting import wait_for
from tests.e2e.client import Product, links_in
from tests.e2e.school import export
from tests.support.register import unexplained

pytestmark = [pytest.mark.e2e, pytest.mark.last(of="run")]


def client(stack: Any, service: str) -> Any:
    aws = stack["aws"]
    keys = {name: aws[name] for name in ("aws_access_key_id", "aws_secret_access_key")}
    return boto3.client(service, endpoint_url=aws["endpoint_url"], region_name=aws["region"], **keys)


def log_lines(stack: Any) -> Iterator[str]:
    logs = client(stack, "logs")
    for group in logs.describe_log_groups()["logGroups"]:
        name = group["logGroupName"]
        for page in logs.get_paginator("describe_log_streams").paginate(logGroupName=name):
            for stream in page["logStreams"]:
                events = logs.get_log_events(logGroupName=name, logStreamName=stream["logStreamName"], limit=10_000)["events"]
                yield from (event["message"] for event in events)


def all_lines(stack: Any) -> str:
    """What all logs say, once nothing is added any more: logs come a little later than answers."""
    reads: list[list[str]] = [[]]

    def as_before() -> bool:
        reads.append([*log_lines(stack)])
        return len(reads[-1]) == len(reads[-2])

    wait_for(as_before, "the end of the logs", pause=3)
    return "\n".join(reads[-1])


def test_no_log_holds_an_address_a_name_or_a_token(stack: Any, product: Product, student: dict[str, Any]) -> None:
    product.http.post(f"/schools/{product.school}/forgot-password", json={"email": student["email"]})
    mail = product.mail(student["email"])
    product.http.post("/password-links/check", json={"token": links_in(mail)[0].partition("#")[2]})
    product.http.post(f"/schools/{product.school}/sessions", json={"identifier": student["email"], "password": "open sesame 1"})

    text = all_lines(stack)
    assert '"service":"portal"' in text, "there is something to look through"
    name = f"{student['given_name']} {student['family_name']}"
    for secret in (student["email"], name, "open sesame", stack["admin"]["password"], ".example", "set-password#"):
        assert secret not in text
    assert all(link.rpartition(".")[2] not in text for link in links_in(mail))


def test_no_log_holds_a_code(stack: Any, product: Product, admin: Product) -> None:
    _, rows = export(admin, {"school": True})
    path = f"/schools/{product.school}/codes"
    spoiled = rows[-1]["StudentPIN"][:-1] + "!"
    for code in (rows[-1]["StudentPIN"], spoiled, rows[-1]["ParentCode"]):
        product.http.post(f"{path}/check", json={"code": code})
        product.http.post(f"{path}/use", json={"code": code, "password": "weak"})

    text = all_lines(stack)
    assert '"message":"' in text
    flat = text.replace("-", "")
    for row in rows:
        for code in (row["StudentPIN"], row["ParentCode"]):
            assert not code or (code not in text and code.replace("-", "") not in flat)
    assert spoiled not in text


def test_nothing_has_ended_in_a_dead_letter_queue(stack: Any) -> None:
    sqs = client(stack, "sqs")
    queues = {name: url for name, url in stack["aws"]["outputs"].items() if name.endswith("DeadLetters")}
    assert queues
    for name, url in queues.items():
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])["Attributes"]
        assert found["ApproximateNumberOfMessages"] == "0", name


def test_everything_that_is_stored_stands_in_the_data_register(stack: Any) -> None:
    dynamodb = client(stack, "dynamodb")
    unknown: set[str] = set()
    for name in ("directory", "credentials", "sessions", "activity"):
        table = stack["aws"]["outputs"][f"{name.title()}Table"]
        for page in dynamodb.get_paginator("scan").paginate(TableName=table):
            unknown |= unexplained(name, page["Items"])
    assert not unknown
