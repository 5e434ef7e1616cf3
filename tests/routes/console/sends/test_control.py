"""Pause, resume, cancel, retry and send again: as a script asks for it, and as a browser does."""

import json
from typing import Any

import pytest

from latchkey.sends.cancel_chunks import cancel_chunks
from latchkey.sends.model.mail_states import Fact, MailState
from latchkey.sends.model.send import Chunk
from latchkey.sends.plan_send import plan_send
from tests.support.console import Console, make_person

SENDS = "/admin/northbridge/sends"
ACTS = ("pause", "resume", "cancel", "retry", "again")


@pytest.fixture
def school(console: Console) -> Console:
    console.add([make_person(number) for number in range(1, 5)])
    return console


def start(console: Console, *, planned: bool = True) -> str:
    body = {"kind": "password_link", "select": {"filter": {"role": "student"}}}
    send = str(console.post(SENDS, body).json_body["id"])
    console.system.messages("PLAN_QUEUE")
    if planned:
        plan_send(console.system.wiring("plan_send"), "northbridge", send)
    return send


def outcome(console: Console, send: str, *states: MailState) -> None:
    """What became of the mails of the first chunk, in order."""
    now = console.system.wiring("console").now()

    def told(chunk: Chunk) -> Chunk:
        mails = [mail.with_fact(Fact(state, None, now)) for mail, state in zip(chunk.mails, states, strict=True)]
        return Chunk(**{name: getattr(chunk, name) for name in chunk.__dataclass_fields__} | {"mails": tuple(mails)})

    console.system.wiring("deliver_links").ledger("northbridge").amend(send, 1, told, now)


def post(console: Console, send: str, act: str, **body: object) -> tuple[int, dict[str, Any]]:
    answer = console.post(f"{SENDS}/{send}/{act}", body)
    return answer.status_code, answer.json_body


def messages(console: Console) -> list[dict[str, Any]]:
    return [json.loads(text) for text in console.system.messages("PLAN_QUEUE")]


def actions(console: Console) -> list[str]:
    return [event["action"] for event in console.get("/admin/northbridge/audit").json_body["items"]]


def test_pause_and_resume_answer_with_the_send_and_can_be_repeated(school: Console) -> None:
    send = start(school)
    assert school.get(f"{SENDS}/{send}").json_body["actions"] == ["pause", "cancel"]
    status, paused = post(school, send, "pause")
    assert (status, paused["state"], paused["actions"]) == (202, "paused", ["resume", "cancel"])
    assert post(school, send, "pause") == (200, paused)
    assert messages(school) == []
    status, resumed = post(school, send, "resume")
    assert (status, resumed["state"]) == (202, "running")
    assert post(school, send, "resume")[0] == 200
    assert messages(school)[0] == {"v": 1, "kind": "send", "school": "northbridge", "send": send}
    assert sorted(actions(school))[:2] == ["send.pause", "send.planned"]


def test_cancel_tells_first_whom_it_hits_and_then_does_it_once(school: Console) -> None:
    send = start(school)
    outcome(school, send, "delivered", "sent", "bounced", "planned")
    assert post(school, send, "cancel", dry_run=True) == (200, {"to_cancel": 1, "in_hand": 0, "to_revoke": 3, "exact": True})
    assert school.get(f"{SENDS}/{send}").json_body["state"] == "running"
    status, cancelled = post(school, send, "cancel", revoke=True)
    assert (status, cancelled["state"], cancelled["revoke"]) == (202, "cancelled", True)
    assert post(school, send, "cancel", revoke=True)[0] == 200
    assert messages(school)[0] == {"v": 1, "kind": "cancel", "school": "northbridge", "send": send, "chunk": 1}
    cancel_chunks(school.system.wiring("plan_send"), "northbridge", send, 1)
    found = school.get(f"{SENDS}/{send}").json_body
    assert found["counts"] | {"cancelled": 1, "planned": 0, "sent": 1} == found["counts"]
    people = school.system.wiring("console").directory("northbridge").by_ids(make_person(number).id for number in range(1, 5))
    assert sorted(person.version for person in people) == [0, 1, 1, 1]


def test_a_retry_is_a_new_send_linked_to_the_old_one(school: Console) -> None:
    send = start(school)
    assert post(school, send, "retry")[0] == 409
    outcome(school, send, "failed", "sent", "bounced", "skipped")
    assert school.get(f"{SENDS}/{send}").json_body["actions"] == ["retry", "again"]
    status, retry = post(school, send, "retry")
    assert (status, retry["retry_of"], retry["again_of"], retry["state"]) == (202, send, None, "queued")
    assert post(school, send, "retry")[1]["id"] == retry["id"]
    assert school.get(f"{SENDS}/{send}").json_body["retries"] == [retry["id"]]
    plan_send(school.system.wiring("plan_send"), "northbridge", retry["id"])
    found = school.get(f"{SENDS}/{retry['id']}").json_body
    assert (found["total"], found["counts"]["planned"]) == (1, 1)


def test_sending_again_is_tried_out_first_and_started_once_for_a_key(school: Console) -> None:
    send = start(school)
    outcome(school, send, "delivered", "sent", "bounced", "failed")
    tried = {"total": 2, "to_send": 2, "mails": 2, "skipped": []}
    status, found = post(school, send, "again", dry_run=True)
    assert (status, {name: found[name] for name in tried}) == (200, tried)
    status, first = post(school, send, "again", idempotency_key="key-00000001")
    assert (status, first["again_of"]) == (202, send)
    assert post(school, send, "again", idempotency_key="key-00000001") == (200, first)
    assert len(school.get(SENDS).json_body["items"]) == 2


def test_what_does_not_apply_is_a_conflict_and_changes_nothing(school: Console) -> None:
    send = start(school)
    for act in ("retry", "again"):
        status, problem = post(school, send, act)
        assert (status, problem["code"]) == (409, "send_running")
        assert "still under way" in problem["detail"]
    outcome(school, send, "sent", "sent", "sent", "sent")
    for act in ("pause", "resume", "cancel"):
        status, problem = post(school, send, act)
        assert (status, problem["code"]) == (409, "send_finished")
        assert problem["detail"].startswith("This send has finished.")
    assert post(school, send, "cancel", dry_run=True)[0] == 409
    assert post(school, send, "retry")[1]["code"] == "nobody_failed"
    assert (messages(school), len(school.get(SENDS).json_body["items"])) == ([], 1)


@pytest.mark.parametrize("act", ACTS)
def test_unknown_and_foreign_sends_give_the_same_answer(school: Console, act: str) -> None:
    school.add([make_person(50)], "southgate")
    theirs = start(school)
    found = []
    for path in (f"{SENDS}/{'0' * 26}/{act}", f"/admin/southgate/sends/{theirs}/{act}", f"{SENDS}/no-id/{act}"):
        answer = school.post(path, {})
        found.append((answer.status_code, answer.body))
    token, school.token = school.token, None
    answer = school.post(f"{SENDS}/{theirs}/{act}", {})
    found.append((answer.status_code, answer.body))
    school.token = token
    assert found[0][0] == 404
    assert len(set(found)) == 1


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("body", [{"all": True}, {"dry_run": "perhaps"}, {"revoke": "yes"}, {"idempotency_key": ["x"]}])
def test_what_cannot_be_read_is_refused(school: Console, act: str, body: dict[str, object]) -> None:
    send = start(school)
    assert post(school, send, act, **body)[0] == 422
    assert school.get(f"{SENDS}/{send}").json_body["state"] == "running"


def test_a_form_of_another_site_is_refused(school: Console) -> None:
    send = start(school)
    for act in ACTS:
        headers = {
            **school.headers("text/html"),
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": "https://evil.test",
        }
        assert school.http.post(f"{SENDS}/{send}/{act}", body=b"confirm=true", headers=headers).status_code == 403
    assert school.get(f"{SENDS}/{send}").json_body["state"] == "running"


class TestInABrowser:
    def test_buttons_lead_back_to_the_sends_page(self, school: Console) -> None:
        send = start(school)
        text = school.page(f"{SENDS}/{send}").body.decode()
        assert 'id="do-pause"' in text
        assert 'id="do-resume"' not in text
        answer = school.form(f"{SENDS}/{send}/pause", {})
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{SENDS}/{send}")
        text = school.page(f"{SENDS}/{send}").body.decode()
        assert "Nothing more goes out until it is resumed." in text
        assert 'id="do-resume"' in text
        assert school.form(f"{SENDS}/{send}/resume", {}).status_code == 303

    def test_cancel_asks_first(self, school: Console) -> None:
        send = start(school)
        outcome(school, send, "sent", "sent", "planned", "planned")
        asked = school.form(f"{SENDS}/{send}/cancel", {})
        assert (asked.status_code, asked.headers["Location"]) == (303, f"{SENDS}/{send}/cancel")
        text = school.page(f"{SENDS}/{send}/cancel").body.decode()
        assert "<strong>2 people</strong> will get nothing." in text
        assert "This hits 2 people who have set no password since" in text
        assert school.get(f"{SENDS}/{send}").json_body["state"] == "running"
        assert school.form(f"{SENDS}/{send}/cancel", {"confirm": "true", "revoke": "false"}).status_code == 303
        page = school.page(f"{SENDS}/{send}").body.decode()
        assert "The links that were out by then still work." in page
        assert "Stop its links working" in page
        again = school.page(f"{SENDS}/{send}/cancel").body.decode()
        assert "Stop these links working?" in again
        assert "cannot be resumed" not in again
        assert "nothing more" not in again
        assert school.form(f"{SENDS}/{send}/cancel", {"confirm": "true", "revoke": "true"}).status_code == 303
        assert "no longer work" in school.page(f"{SENDS}/{send}").body.decode()

    def test_sending_again_asks_first(self, school: Console) -> None:
        send = start(school)
        outcome(school, send, "sent", "sent", "sent", "failed")
        draft = school.form(f"{SENDS}/{send}/again", {}).headers["Location"]
        text = school.page(draft).body.decode()
        assert "3 people</strong></a> will get a mail" in text
        first = school.form(f"{draft}/send", {"people": "3"})
        second = school.form(f"{draft}/send", {"people": "3"})
        assert (first.status_code, first.headers["Location"]) == (303, second.headers["Location"])
        shown = school.page(first.headers["Location"]).body.decode()
        assert "A reminder for those who had not used" in shown

    def test_a_retry_leads_to_the_new_send(self, school: Console) -> None:
        send = start(school)
        outcome(school, send, "failed", "expired", "sent", "sent")
        assert "Retry 2 that failed" in school.page(f"{SENDS}/{send}").body.decode()
        answer = school.form(f"{SENDS}/{send}/retry", {})
        assert answer.status_code == 303
        assert answer.headers["Location"] != f"{SENDS}/{send}"
        assert "A retry of what failed" in school.page(answer.headers["Location"]).body.decode()
        assert "taken up by" in school.page(f"{SENDS}/{send}").body.decode()

    @pytest.mark.parametrize("act", ["pause", "resume", "cancel"])
    def test_a_refusal_shows_the_send_and_says_why(self, school: Console, act: str) -> None:
        send = start(school)
        outcome(school, send, "sent", "sent", "sent", "sent")
        answer = school.form(f"{SENDS}/{send}/{act}", {"confirm": "true"} if act == "cancel" else {})
        text = answer.body.decode()
        assert answer.status_code == 409
        assert 'role="alert"' in text
        assert "This send has finished." in text
        assert f'href="{SENDS}/{send}">Back to the message' in text

    def test_the_bar_and_its_legend_show_every_state(self, school: Console) -> None:
        send = start(school)
        outcome(school, send, "delivered", "bounced", "failed", "planned")
        text = school.page(f"{SENDS}/{send}").body.decode()
        for words in ("Delivered", "Came back", "Not sent", "Still to go"):
            assert f"{words} <strong>1</strong>" in text
        assert 'data-live="running"' in text

    def test_the_speed_is_that_since_the_last_pause(self, school: Console) -> None:
        send = start(school)
        school.system.clock.now += 60
        outcome(school, send, "sent", "sent", "planned", "planned")
        found = school.get(f"{SENDS}/{send}").json_body
        assert (found["per_minute"], found["estimate_seconds"]) == (2, 60)
        post(school, send, "pause")
        assert school.get(f"{SENDS}/{send}").json_body["estimate_seconds"] is None
        school.system.clock.now += 600
        post(school, send, "resume")
        school.system.clock.now += 30
        outcome(school, send, "sent", "sent", "sent", "planned")
        found = school.get(f"{SENDS}/{send}").json_body
        assert (found["per_minute"], found["estimate_seconds"]) == (2, 30)

    def test_the_brakes_reason_stands_on_the_page(self, school: Console) -> None:
        send = start(school)
        sends = school.system.wiring("console").sends("northbridge")
        found = sends.get(send)
        assert found is not None
        sends._change(found, {"state": "paused", "reason": "brake_bounces"}, [])
        assert "Check the addresses, then resume it." in school.page(f"{SENDS}/{send}").body.decode()
        assert "5 %" in school.get(f"{SENDS}/{send}").json_body["reason_text"]

    def test_a_send_that_waits_for_the_operator_says_what_to_do(self, school: Console) -> None:
        send = start(school)
        sends = school.system.wiring("console").sends("northbridge")
        found = sends.get(send)
        assert found is not None
        sends._change(found, {"state": "running", "waiting": "sender", "waiting_since": 1}, [])
        page = school.page(f"{SENDS}/{send}").body.decode()
        assert "does not accept mail from this site at present" in page
        assert "Tell the people who run this site" in page
