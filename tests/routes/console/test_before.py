"""Before a send: preview, a test to oneself, a start time, and a second admin's approval."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from latchkey.sends.start_due import start_due
from tests.support.console import HEAD_TEACHER, Console, make_person

SENDS = "/admin/northbridge/sends"
DEPUTY = replace(HEAD_TEACHER, id="bcdefghjkmnpqrstvwxy", given_name="Bo", email="bo@northbridge.example")


def body(**facts: object) -> dict[str, object]:
    return {"kind": "password_link", "select": {"filter": {"role": "student"}}, **facts}


@pytest.fixture
def school(console: Console) -> Console:
    console.add([DEPUTY, *(make_person(number) for number in range(3))])
    return console


def at(school: Console, seconds: int) -> str:
    return datetime.fromtimestamp(school.system.clock.now + seconds, UTC).isoformat()


def test_a_preview_has_a_link_that_cannot_work_and_hostile_names_are_shown_literally(school: Console) -> None:
    school.add([make_person(9, given_name="<script>{{life}}")])
    found = school.get(f"{SENDS}/preview", person=make_person(9).id).json_body
    assert "/set-password#preview" in found["text"]
    assert "<script>" not in found["html"]
    assert school.get(f"{SENDS}/preview", person="x").status_code == 404
    frame = school.page(f"{SENDS}/preview", person=make_person(9).id, part="html")
    assert frame.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert "iframe" in school.page(f"{SENDS}/preview", person=make_person(9).id).body.decode()


def test_tests_to_oneself_are_ten_an_hour(school: Console) -> None:
    answers = [school.post(f"{SENDS}/test", {"mail": "welcome"}).status_code for _ in range(11)]
    assert answers == [202] * 10 + [429]
    assert school.post(f"{SENDS}/test", {"mail": "forgot"}).status_code == 422
    assert {json.loads(each)["kind"] for each in school.system.messages("REQUESTS_QUEUE")} == {"test"}


def test_a_send_starts_at_its_time_and_not_before(school: Console) -> None:
    assert school.post(SENDS, body(start_at=at(school, -1))).status_code == 422
    assert school.post(SENDS, body(start_at=at(school, 31 * 86_400))).status_code == 422
    made = school.post(SENDS, body(start_at=at(school, 3_600))).json_body
    planner = school.system.wiring("plan_send")
    start_due(planner)
    assert school.system.messages("PLAN_QUEUE") == []
    school.system.clock.now += 3_600
    start_due(planner)
    start_due(planner)
    assert [json.loads(each)["send"] for each in school.system.messages("PLAN_QUEUE")] == [made["id"]]


def test_a_second_admin_approves_and_the_first_cannot(school: Console) -> None:
    assert school.post("/admin/northbridge/settings", {"approval": {"above": 2}}, "put").status_code == 200
    made = school.post(SENDS, body()).json_body
    path = f"{SENDS}/{made['id']}/approve"
    assert made["approval"]["state"] == "needed"
    assert school.post(path, {}).json_body["code"] == "own_send"
    assert school.system.messages("PLAN_QUEUE") == []
    school.token = school.sign_in(DEPUTY)
    assert [school.post(path, {}).status_code for _ in range(2)] == [202, 200]
    assert school.system.messages("PLAN_QUEUE")


def test_what_nobody_approves_in_seven_days_is_cancelled(school: Console) -> None:
    school.post("/admin/northbridge/settings", {"approval": {"above": 0}}, "put")
    made = school.post(SENDS, body()).json_body
    school.system.clock.now += 7 * 86_400
    start_due(school.system.wiring("plan_send"))
    found = school.system.wiring("console").sends("northbridge").get(made["id"])
    assert found is not None
    assert (found.state, found.reason) == ("cancelled", "not_approved")
