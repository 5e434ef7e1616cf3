"""What the stories have left behind: logs without a name, an address or a token, and empty dead-letter queues.

Runs after all others that use the stack, on what they have done.
"""

import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from tests.e2e.client import Product, links_in
from tests.e2e.login_details.test_login_details import export

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


def test_no_log_holds_an_address_a_name_or_a_token(stack: Any) -> None:
    product = Product(stack)
    admin = product.admin()
    teacher = next(each for each in admin.get(admin.console("people"), role="teacher")["items"][::-1] if each["email"])
    product.http.post(f"/schools/{product.school}/forgot-password", json={"email": teacher["email"]})
    mail = admin.mail(teacher["email"])
    product.http.post("/password-links/check", json={"token": links_in(mail)[0].partition("#")[2]})
    product.http.post(f"/schools/{product.school}/sessions", json={"identifier": teacher["email"], "password": "open sesame 1"})

    time.sleep(3)  # logs come a little later than answers
    text = "\n".join(log_lines(stack))
    assert '"service":"portal"' in text, "there is something to look through"
    name = f"{teacher['given_name']} {teacher['family_name']}"
    for secret in (teacher["email"], name, "open sesame", stack["admin"]["password"], ".example", "set-password#"):
        assert secret not in text
    assert all(link.rpartition(".")[2] not in text for link in links_in(mail))


def test_no_log_holds_a_code(stack: Any) -> None:
    product = Product(stack)
    _, rows = export(product.admin(), {"school": True})
    path = f"/schools/{product.school}/codes"
    spoiled = rows[-1]["StudentPIN"][:-1] + "!"
    for code in (rows[-1]["StudentPIN"], spoiled, rows[-1]["ParentCode"]):
        product.http.post(f"{path}/check", json={"code": code})
        product.http.post(f"{path}/use", json={"code": code, "password": "weak"})

    time.sleep(3)
    text = "\n".join(log_lines(stack))
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
