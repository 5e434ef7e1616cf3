"""Answers of the console are what docs/openapi.yaml says, with no field more and none less."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from latchkey.sends.model.mail_states import Fact
from latchkey.sends.plan_send import plan_send
from tests.support.console import HEAD_TEACHER, Console, make_person
from tests.support.openapi import check, document

SCHOOL = "/admin/northbridge"
SENDS = f"{SCHOOL}/sends"
DEPUTY = replace(HEAD_TEACHER, id="bcdefghjkmnpqrstvwxy", given_name="Bo", email="bo@northbridge.example")
EVERYBODY = {"kind": "password_link", "select": {"filter": {}}}


@pytest.fixture
def school(console: Console) -> Console:
    console.add([DEPUTY, *(make_person(number) for number in range(4)), make_person(9, email=None, language="cy")])
    return console


@pytest.fixture
def get(school: Console) -> Callable[..., Any]:
    """GET and check."""
    return lambda path, **query: check("get", path, school.get(path, **query))


@pytest.fixture
def post(school: Console) -> Callable[..., Any]:
    """POST and check; the status and the body."""

    def send(path: str, body: object = None, status: int = 202) -> Any:
        answer = school.post(path, body if body is not None else {})
        assert answer.status_code == status, answer.body
        return check("post", path, answer)

    return send


def tell(school: Console, send: str, state: Any, reason: str | None, detail: str = "") -> None:
    """What became of a send's first chunk."""
    wiring = school.system.wiring("console")
    told = Fact(state, reason, wiring.now(), detail)
    change = lambda chunk: replace(chunk, mails=tuple(mail.with_fact(told) for mail in chunk.mails))  # noqa: E731
    wiring.ledger("northbridge").amend(send, 1, change, wiring.now())


def planned(school: Console, post: Callable[..., Any]) -> str:
    """A send that runs."""
    send: str = post(SENDS, EVERYBODY)["id"]
    assert plan_send(school.system.wiring("plan_send"), "northbridge", send).state == "running"
    return send


def test_of_people_and_the_school(school: Console, get: Callable[..., Any]) -> None:
    people = get(f"{SCHOOL}/people")["items"]
    assert {each["language"] for each in people} == {None, "cy"}
    get(f"{SCHOOL}/people/{people[0]['id']}")
    for page in ("", "/settings", "/audit", "/exports", "/rosters", "/sends"):
        get(SCHOOL + page)
    assert get(f"{SCHOOL}/people/{'z' * 20}")["status"] == 404
    check("put", f"{SCHOOL}/settings", school.post(f"{SCHOOL}/settings", {"approval": {"above": 1, "staff": True}}, "put"))


def test_before_a_send(school: Console, get: Callable[..., Any], post: Callable[..., Any]) -> None:
    dry = post(SENDS, {**EVERYBODY, "dry_run": True}, 200)
    assert (dry["approval"], dry["scheduled_for"]) == (None, None)
    school.post(f"{SCHOOL}/settings", {"approval": {"above": 1}}, "put")
    later = datetime.fromtimestamp(school.system.clock.now + 3_600, UTC).isoformat()
    dry = post(SENDS, {**EVERYBODY, "dry_run": True, "start_at": later}, 200)
    assert dry["approval"]["reason"] == "people"
    assert dry["scheduled_for"]
    get(f"{SENDS}/preview", person=make_person(1).id)
    post(f"{SENDS}/test", {"mail": "welcome"})
    post(SENDS, {**EVERYBODY, "start_at": "yesterday"}, 422)
    send = post(SENDS, {**EVERYBODY, "start_at": later})
    assert send["approval"]["state"] == "needed"
    post(f"{SENDS}/{send['id']}/approve", status=409)
    school.token = school.sign_in(DEPUTY)
    assert post(f"{SENDS}/{send['id']}/approve")["approval"]["by"] == DEPUTY.id
    post(f"{SENDS}/{send['id']}/approve", status=200)
    assert get(f"{SENDS}/{send['id']}")["scheduled_for"]


def test_during_and_after_a_send(school: Console, get: Callable[..., Any], post: Callable[..., Any]) -> None:
    send = planned(school, post)
    path = f"{SENDS}/{send}"
    post(f"{path}/pause")
    post(f"{path}/pause", status=200)
    post(f"{path}/resume")
    tell(school, send, "failed", "rejected", "Bad content")
    found = get(path)
    assert {each["reason"] for each in found["suggestions"]} == {"no_address", "failed"}
    assert {each["detail"] for each in get(f"{path}/recipients")["items"]} == {"Bad content", None}
    assert post(f"{path}/retry")["retry_of"] == send
    post(f"{path}/retry", status=200)
    assert get(path)["retries"]
    other = planned(school, post)
    tell(school, other, "delivered", None)
    post(f"{SENDS}/{other}/again", {"dry_run": True}, 200)
    assert post(f"{SENDS}/{other}/again")["again_of"] == other
    third = post(SENDS, EVERYBODY)["id"]
    post(f"{SENDS}/{third}/cancel", {"dry_run": True}, 200)
    post(f"{SENDS}/{third}/cancel", {"revoke": True})
    post(f"{SENDS}/{third}/cancel", status=200)
    post(f"{SENDS}/{third}/resume", status=409)
    get(SENDS)
    get(SCHOOL)


def test_the_check_sees_what_is_missing_and_what_is_too_much(school: Console) -> None:
    answer = school.get(f"{SCHOOL}/people")
    for change in (lambda person: person.pop("language"), lambda person: person["mail_problem"] or person.update(role="cook")):
        body = answer.json_body
        change(body["items"][0])
        with pytest.raises(AssertionError):
            check("get", f"{SCHOOL}/people", _Changed(answer, body))
    body = school.get(SENDS).json_body | {"more": 1}
    with pytest.raises(AssertionError):
        check("get", SENDS, _Changed(answer, body))
    assert document()["components"]["schemas"]["Send"]["additionalProperties"] is False


class _Changed:
    """An answer with another body."""

    def __init__(self, answer: Any, body: object) -> None:
        import json

        self.headers, self.status_code, self.body = answer.headers, answer.status_code, json.dumps(body).encode()
