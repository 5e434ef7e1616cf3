"""Leaving people out of a send: who has logged in before, and who was sent a link a short while ago."""

import re
from dataclasses import replace
from typing import Any

import pytest

from latchkey.sends.plan_send import plan_send
from tests.support.console import Console, make_person

SENDS = "/admin/northbridge/sends"
ANN, BEN, CAT = make_person(1), make_person(2, last_login_at=5), make_person(3)
FORM = {"kind": "password_link", "to": "filter", "filter.role": "student"}


@pytest.fixture
def school(console: Console) -> Console:
    console.add([ANN, BEN, CAT])
    return console


def body(**facts: object) -> dict[str, object]:
    return {"kind": "password_link", "select": {"filter": {"role": "student"}}, **facts}


def sent_to(school: Console, *people: str) -> str:
    """A send to these people, planned."""
    made: str = school.post(SENDS, {"kind": "password_link", "select": {"ids": list(people)}}).json_body["id"]
    plan_send(school.system.wiring("plan_send"), "northbridge", made)
    return made


def skipped(found: dict[str, Any]) -> dict[str, int]:
    return {each["reason"]: each["count"] for each in found["skipped"]}


def test_nobody_is_left_out_unless_it_is_asked_for(school: Console) -> None:
    sent_to(school, ANN.id)
    for facts in ({}, {"skip_signed_in": False, "skip_sent_within": 0}, {"skip_sent_within": None}):
        found = school.post(SENDS, body(dry_run=True, **facts)).json_body
        assert (found["to_send"], found["skipped"]) == (3, [])


def test_a_dry_run_counts_who_is_left_out_and_says_why(school: Console) -> None:
    sent_to(school, ANN.id)
    found = school.post(SENDS, body(dry_run=True, skip_signed_in=True, skip_sent_within=30)).json_body
    assert (found["total"], found["to_send"], found["mails"]) == (3, 1, 1)
    assert sorted(found["skipped"], key=lambda each: each["reason"]) == [
        {"reason": "already_in", "text": "has logged in before", "count": 1},
        {"reason": "sent_recently", "text": "was sent a link less than 30 minutes ago, or is about to be", "count": 1},
    ]


def test_the_send_does_what_the_dry_run_said_and_its_ledger_says_why(school: Console) -> None:
    sent_to(school, ANN.id)
    made = school.post(SENDS, body(skip_signed_in=True, skip_sent_within=1)).json_body
    assert (made["skip_signed_in"], made["skip_sent_within"]) == (True, 1)
    plan_send(school.system.wiring("plan_send"), "northbridge", made["id"])
    path = f"{SENDS}/{made['id']}"
    counts = school.get(path).json_body["counts"]
    assert (counts["planned"], counts["skipped"]) == (1, 2)
    rows = {each["person"]: (each["state"], each["reason"]) for each in school.get(f"{path}/recipients").json_body["items"]}
    assert rows == {
        ANN.id: ("skipped", "sent_recently"),
        BEN.id: ("skipped", "already_in"),
        CAT.id: ("planned", None),
    }
    text = school.page(path).body.decode()
    assert "was sent a link less than 1 minute ago, or is about to be" in text
    assert "has logged in before" in text
    listed = school.get(f"{path}/recipients", state="skipped", reason="already_in").json_body["items"]
    assert [each["person"] for each in listed] == [BEN.id]


WRONG: list[dict[str, object]] = [
    *({"skip_sent_within": value} for value in (-1, True, False, "x", "30", 10_081, 1.5, [30], {}, 10**30)),
    *({"skip_signed_in": value} for value in ("yes", "true", 1, [True])),
]


@pytest.mark.parametrize("facts", WRONG, ids=str)
def test_a_value_that_cannot_be_is_refused_by_name_and_nothing_is_sent(school: Console, facts: dict[str, object]) -> None:
    for more in ({}, {"dry_run": True}):
        answer = school.post(SENDS, body(**facts, **more))
        assert (answer.status_code, [*answer.json_body["fields"]]) == (422, [*facts])
    assert (school.system.messages("PLAN_QUEUE"), school.get(SENDS).json_body["items"]) == ([], [])


def test_a_week_is_the_longest(school: Console) -> None:
    assert school.post(SENDS, body(dry_run=True, skip_sent_within=10_080)).status_code == 200


def test_the_same_key_with_other_options_is_another_send(school: Console) -> None:
    key = {"idempotency_key": "key-00000001"}
    assert school.post(SENDS, body(**key)).status_code == 202
    assert school.post(SENDS, body(**key)).status_code == 202
    assert school.post(SENDS, body(**key, skip_sent_within=5)).status_code == 409
    assert school.post(SENDS, body(**key, skip_signed_in=True)).status_code == 409
    assert len(school.get(SENDS).json_body["items"]) == 1


def test_whom_a_send_leaves_out_does_not_count_for_its_approval(school: Console) -> None:
    school.add([make_person(4, role="staff", is_admin=True)])  # approval needs a second admin
    assert school.post("/admin/northbridge/settings", {"approval": {"above": 2}}, "put").status_code == 200
    assert school.post(SENDS, body()).json_body["approval"]["state"] == "needed"
    assert school.post(SENDS, body(skip_signed_in=True)).json_body["approval"] is None


def test_a_send_again_leaves_nobody_out(school: Console) -> None:
    made = school.post(SENDS, body(skip_signed_in=True, skip_sent_within=30)).json_body["id"]
    plan_send(school.system.wiring("plan_send"), "northbridge", made)
    ledger = school.system.wiring("plan_send").ledger("northbridge")
    now = int(school.system.clock())
    ledger.amend(
        made,
        1,
        lambda chunk: replace(chunk, mails=tuple(replace(mail, state="sent", at=now) for mail in chunk.mails)),
        now,
    )
    found = school.post(f"{SENDS}/{made}/again", {"dry_run": True}).json_body
    assert (found["to_send"], found["skipped"]) == (2, [])
    again = school.post(f"{SENDS}/{made}/again", {}).json_body
    assert (again["skip_signed_in"], again["skip_sent_within"]) == (False, 0)


class TestTheForm:
    def test_what_was_typed_stands_in_the_draft_and_is_sent(self, school: Console) -> None:
        sent_to(school, ANN.id)
        options = {"skip_signed_in": "on", "skip_sent_within": " 30 ", "start_at": ""}
        draft = school.form(SENDS, {**FORM, **options, "confirm": "false"}).headers["Location"]
        text = school.page(draft).body.decode()
        assert "1 person</strong></a> will get a mail" in text
        assert "was sent a link less than 30 minutes ago" in text
        who = school.page(f"{draft}/who").body.decode()
        assert re.search(r'name="skip_signed_in"[^>]* checked>', who)
        assert '<option value="30" selected>the last 30 minutes' in who
        assert len(school.get(SENDS).json_body["items"]) == 1
        sent = school.form(f"{draft}/send", {"people": "1"})
        made = school.get(sent.headers["Location"].partition("?")[0]).json_body
        assert (made["skip_signed_in"], made["skip_sent_within"]) == (True, 30)

    def test_at_first_nobody_is_left_out(self, school: Console) -> None:
        draft = school.form(SENDS, FORM).headers["Location"]
        assert "3 people</strong></a> will get a mail" in school.page(draft).body.decode()
        who = school.page(f"{draft}/who").body.decode()
        assert 'id="skip_signed_in">' in who
        assert '<option value="0" selected>' in who

    @pytest.mark.parametrize("typed", ["-1", "x", "10081", "1.5", "٣", "999999"])
    def test_what_is_wrong_begins_and_changes_nothing(self, school: Console, typed: str) -> None:
        for confirm in ("true", "false"):
            answer = school.form(SENDS, {**FORM, "skip_sent_within": typed, "confirm": confirm})
            assert answer.status_code == 422
            assert "Give a whole number of minutes, from 0 to 10,080 (a week)." in answer.body.decode()
        draft = school.form(SENDS, FORM).headers["Location"]
        wrong = {"kind": "password_link", "who": "roles", "role.student": "on", "skip_sent_within": typed}
        answer = school.form(f"{draft}/who", wrong)
        assert (answer.status_code, "Give a whole number of minutes" in answer.body.decode()) == (422, True)
        assert school.get(draft).json_body["skip_sent_within"] == 0
        assert school.system.messages("PLAN_QUEUE") == []

    def test_where_everybody_is_left_out_it_can_be_asked_otherwise(self, school: Console) -> None:
        asked = {"kind": "password_link", "to": "listed", "ids": BEN.id, "skip_signed_in": "on"}
        text = school.led(SENDS, asked)
        assert "Nobody here can be sent a link." in text
        assert "Choose other people" in text
        assert 'id="send"' not in text
