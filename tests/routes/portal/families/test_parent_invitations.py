"""A student invites their parents: the same answer whoever they are, no address in a message, and it can be taken back."""

from collections import Counter
from typing import Any

import pytest

from latchkey.families.invite_parents import PER_STUDENT
from latchkey.people.model.person import Person
from latchkey.schools.model.school import FamilyRule, Settings
from tests.support.portal import Portal

PATH = "/account/parent-invitations"


@pytest.fixture
def ann(portal: Portal) -> Person:
    portal.add("mum", role="parent", email="mum@home.example")
    return portal.add("ann", number=7)


def bearer(portal: Portal, name: str = "ann") -> dict[str, str]:
    return {"Authorization": f"Bearer {portal.sign_in(name).json_body['token']}"}


def cookie(portal: Portal, name: str = "ann") -> dict[str, str]:
    return {"Cookie": f"__Host-latchkey={portal.sign_in(name).json_body['token']}"}


def invite(portal: Portal, *emails: object, **who: str) -> Any:
    return portal.post(PATH, {"emails": list(emails)}, **(who or bearer(portal)))


def test_an_invitation_is_written_and_asked_for_without_the_address(portal: Portal, ann: Person) -> None:
    portal.requests()
    answer = invite(portal, "Mum@Home.example", "dad@work.example")
    assert (answer.status_code, answer.json_body) == (202, {"state": "queued"})
    asked = portal.requests()
    assert [each["kind"] for each in asked] == ["invitation", "invitation"]
    assert "example" not in str(asked)
    items = portal.get(PATH, **bearer(portal)).json_body["items"]
    assert Counter(each["email"] for each in items) == {"m***@h***.example": 1, "d***@w***.example": 1}
    assert {each["state"] for each in items} == {"open"}


def test_the_answer_and_the_calls_are_the_same_whoever_it_is(
    portal: Portal, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address with an account here, one that another student has invited already, and one that nobody has."""
    portal.add("ben", number=8)
    invite(portal, "known@home.example", **bearer(portal, "ben"))
    made: list[str] = []
    judge, judged = portal.system.judge, portal.system.judge.call

    def call(function: str, operation: str, request: Any) -> None:
        made.append(operation)
        judged(function, operation, request)

    monkeypatch.setattr(judge, "call", call)
    token, answers, calls = bearer(portal), [], []
    for email in ("mum@home.example", "nobody@home.example", "known@home.example"):
        made.clear()
        answer = invite(portal, email, **token)
        answers.append((answer.status_code, answer.body, sorted(answer.headers.items())))
        calls.append(list(made))
    assert answers[0] == answers[1] == answers[2]
    assert calls[0] == calls[1] == calls[2]
    assert "TransactWriteItems" in str(calls[0])


def test_all_that_is_wrong_is_said_at_once_and_nobody_is_invited(portal: Portal, ann: Person) -> None:
    portal.requests()
    answer = invite(portal, "nonsense", "mum@home.example", "https://evil.example", "")
    assert answer.status_code == 422
    assert list(answer.json_body["fields"]) == ["email_1", "email_3"]
    page = portal.submit(PATH, {"email_1": "nonsense", "email_2": "x@", "email_3": "mum@home.example"}, **cookie(portal))
    text = page.body.decode()
    assert page.status_code == 422
    assert 'id="email_1-error"' in text
    assert 'id="email_2-error"' in text
    assert 'value="mum@home.example"' in text
    assert list(invite(portal).json_body["fields"]) == ["email_1"]
    assert list(invite(portal, *["a@b.example"] * 6).json_body["fields"]) == ["emails"]
    assert list(invite(portal, 5).json_body["fields"]) == ["emails"]
    assert portal.requests() == []
    assert portal.get(PATH, **bearer(portal)).json_body["items"] == []


def test_it_is_taken_back(portal: Portal, ann: Person) -> None:
    assert portal.submit(PATH, {"email_1": "mum@home.example"}, **cookie(portal)).headers["Location"] == "/account?done=invited"
    (item,) = portal.get(PATH, **bearer(portal)).json_body["items"]
    assert "m***@h***.example" in portal.page("/account", **cookie(portal)).body.decode()
    assert portal.post(f"{PATH}/{item['id']}/take-back", {}, **bearer(portal)).status_code == 204
    assert portal.get(PATH, **bearer(portal)).json_body["items"] == []
    portal.add("ben", number=8)
    assert portal.post(f"{PATH}/{item['id']}/take-back", {}, **bearer(portal, "ben")).status_code == 404


def test_a_student_invites_so_many_in_a_day(portal: Portal, ann: Person) -> None:
    token = bearer(portal)
    for number in range(PER_STUDENT.limit // 5):
        assert invite(portal, *(f"p{number}{each}@home.example" for each in range(5)), **token).status_code == 202
    portal.requests()
    assert invite(portal, "one.more@home.example", **token).status_code == 429
    assert portal.requests() == []
    portal.system.clock.now += PER_STUDENT.window
    assert invite(portal, "one.more@home.example").status_code == 202


def test_where_the_school_does_not_want_it(portal: Portal, ann: Person) -> None:
    settings = Settings(family=FamilyRule(invitations=False))
    portal.system.wiring("console").schools.change_settings("northbridge", settings, ["family"])
    answer = invite(portal, "mum@home.example")
    assert (answer.status_code, answer.json_body["code"]) == (409, "no_invitations")
    text = portal.page("/account", **cookie(portal)).body.decode()
    assert "Your parents can ask the school’s office." in text
    assert 'name="email_1"' not in text


def test_nobody_but_a_student(portal: Portal, ann: Person) -> None:
    assert invite(portal, "dad@home.example", **bearer(portal, "mum")).status_code == 404
    assert portal.post(PATH, {"emails": ["a@b.example"]}).status_code == 401
    assert portal.get(PATH, **bearer(portal, "mum")).json_body["items"] == []
