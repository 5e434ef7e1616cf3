"""Preflight on the deployed stack: who may ask does, the page reads what was kept, and "look again" reaches the worker."""

from typing import Any

import boto3

from infra.local.waiting import wait_for
from infra.operator import operate
from tests.e2e.client import Product


def test_the_operator_and_the_worker_look_and_the_page_says_what_they_found(stack: dict[str, Any], admin: Product) -> None:
    aws = stack["aws"]
    keys = {name: aws[name] for name in ("aws_access_key_id", "aws_secret_access_key")}
    session = boto3.Session(region_name=aws["region"], **keys)
    answer = operate(session, aws["stack"], {"command": "preflight"}, aws["endpoint_url"])
    states = {check["name"]: (check["state"], check["seen"]) for check in answer["site"]}
    assert {"mail_sandbox", "mail_paused", "sender", "mail_events", "alarms"} <= set(states)
    assert not [name for name, (state, _) in states.items() if state == "stop"], "a healthy stack shows nothing red"
    assert states["sender"] == ("ok", True)
    assert stack["school"] in answer["schools"]
    page = admin.console("preflight")
    before = admin.http.get(page).json()
    assert before["site_as_of"] is not None

    def again() -> bool:
        return bool(admin.http.get(page).json()["site_as_of"] > before["site_as_of"])

    assert admin.http.post(page, json={}).status_code == 202
    try:
        wait_for(again, "the worker to look again")
    except TimeoutError:  # a look that fails on a busy machine is tried again after half an hour; an admin asks again
        assert admin.http.post(page, json={}).status_code == 202
        wait_for(again, "the worker to look again")
