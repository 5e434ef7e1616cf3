"""A school's day on the deployed stack: the schedule's call, a message a school, its figures, and the weekly mail."""

import json
from typing import Any

import boto3
import pytest

from infra.local.waiting import wait_for
from tests.e2e.client import Product

pytestmark = pytest.mark.e2e


def invoked(stack: dict[str, Any], function: str, event: dict[str, Any]) -> dict[str, Any]:
    """What a function answers, called as its schedule calls it."""
    aws = stack["aws"]
    keys = {name: aws.get(name, "test") for name in ("aws_access_key_id", "aws_secret_access_key")}
    where = {"endpoint_url": aws["endpoint_url"], "region_name": aws["region"]}
    outputs = boto3.client("cloudformation", **where, **keys).describe_stacks(StackName=aws["stack"])["Stacks"][0]["Outputs"]
    (name,) = (each["OutputValue"] for each in outputs if each["OutputKey"] == function)
    answer = boto3.client("lambda", **where, **keys).invoke(FunctionName=name, Payload=json.dumps(event).encode())
    found: dict[str, Any] = json.loads(answer["Payload"].read())
    return found


def test_a_day_keeps_the_figures_and_mails_who_wants_it(stack: dict[str, Any], admin: Product) -> None:
    weekly = admin.console("readiness/weekly")
    assert admin.http.post(weekly, json={"wanted": True}).json() == {"wanted": True}
    try:
        assert invoked(stack, "DailyFunction", {"kind": "day"})["schools"] >= 2

        def mails() -> list[dict[str, str]]:
            invoked(stack, "PlanSendFunction", {"kind": "due"})  # its schedule would come within a minute
            found = admin.mails(stack["admin"]["identifier"])
            return [each for each in found if "who can log in this week" in each["subject"]]

        mail = wait_for(mails, "the weekly mail", bool)[0]
        assert "Can log in:" in mail["text"]
        figures = admin.get(admin.console("readiness/figures"))
        assert figures["total"] == figures["days"][-1]["total"]
        assert invoked(stack, "DailyFunction", {"kind": "day"})["schools"] >= 2, "twice is once"
    finally:
        admin.http.post(weekly, json={"wanted": False})
