"""The restore drill of docs/operate.md on the deployed stack: copies, a school lost by mistake, and put back.

MiniStack keeps no history: a copy is of the moment at which it is asked for. So the drill asks before the loss.
"""

import argparse
import secrets
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from infra.deploy.cloud import Cloud
from infra.local.waiting import wait_for
from infra.operator import make_school_event, operate
from infra.restore.__main__ import restore
from tests.e2e.client import Product

pytestmark = pytest.mark.e2e


def test_a_school_that_was_deleted_by_mistake_is_put_back(
    stack: dict[str, Any], product: Product, capsys: pytest.CaptureFixture[str]
) -> None:
    aws, slug = stack["aws"], f"drill-{secrets.token_hex(4)}"
    keys = {name: aws[name] for name in ("aws_access_key_id", "aws_secret_access_key")}
    session = boto3.Session(region_name=aws["region"], **keys)
    cloud = Cloud(session, {}, aws["endpoint_url"])

    def ask(event: dict[str, Any]) -> dict[str, Any]:
        return operate(session, aws["stack"], event, aws["endpoint_url"])

    def run(**asked: Any) -> int:
        options = {"name": "local", "at": at, "school": slug, "overwrite": False, "yes": False, "remove": False}
        return restore(cloud, aws["stack"], argparse.Namespace(**options | asked))

    for table in ("Directory", "Credentials", "Sessions", "Activity"):  # MiniStack's CloudFormation leaves this out
        on = {"PointInTimeRecoveryEnabled": True}
        name = aws["outputs"][f"{table}Table"]
        cloud.client("dynamodb").update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=on)
    ask(make_school_event({"slug": slug, "name": "Drill Academy", "town": "Ely", "postcode": "CB7 4AA"}))
    head = {"email": f"head@{slug}.example", "given_name": "Ada", "family_name": "Byrne"}
    ask({"command": "invite_admin", "school": slug, **head})
    product.mail(head["email"])
    at = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    try:
        assert run() == 0
        following: Any = None
        while True:
            piece = ask({"command": "delete_school", "school": slug, "confirm": slug, "next": following})
            following = piece["next"]
            if following is None:
                break
        assert run() == 0
        assert "1  people missing" in capsys.readouterr().out
        assert run(yes=True) == 0
        said = wait_for(
            lambda: product.http.get(f"/schools/{slug}", headers={"Cache-Control": "no-cache"}),
            "the school's page",
            lambda answer: answer.status_code == 200,
        )
        assert said.json()["name"] == "Drill Academy"
        (admin,) = ask({"command": "list_admins", "school": slug})["admins"]
        assert admin["email"] == head["email"]
        answer = product.http.post(f"/schools/{slug}/forgot-password", json={"email": head["email"]})
        assert answer.status_code == 202
        product.mail(head["email"], after=1)
    finally:
        assert run(remove=True) == 0
    assert not [each for each in cloud.client("dynamodb").list_tables()["TableNames"] if "-restore-" in each]
