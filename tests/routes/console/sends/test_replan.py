"""Who had changed since a send was planned, planned anew: as a script asks for it, and as a browser does."""

from dataclasses import replace

import pytest

from latchkey.sends.model.mail_states import Fact
from latchkey.sends.model.send import Chunk
from latchkey.sends.plan_send import plan_send
from tests.support.console import Console, make_person

SENDS = "/admin/northbridge/sends"


@pytest.fixture
def send(console: Console) -> str:
    """A send of two, of whom one had changed when it was mailed."""
    console.add([make_person(number) for number in (1, 2)])
    body = {"kind": "password_link", "select": {"filter": {"role": "student"}}}
    made = str(console.post(SENDS, body).json_body["id"])
    plan_send(console.system.wiring("plan_send"), "northbridge", made)
    now = console.system.wiring("console").now()

    def told(chunk: Chunk) -> Chunk:
        facts = Fact("skipped", "changed", now), Fact("delivered", None, now)
        return replace(chunk, mails=tuple(mail.with_fact(fact) for mail, fact in zip(chunk.mails, facts, strict=True)))

    console.system.wiring("deliver_links").ledger("northbridge").amend(made, 1, told, now)
    return made


def test_the_send_says_who_they_are_and_one_request_starts_a_send_to_them(console: Console, send: str) -> None:
    found = console.get(f"{SENDS}/{send}").json_body
    assert (found["changed"], found["replans"], found["actions"]) == (1, [], ["replan", "again"])
    (suggestion,) = (each for each in found["suggestions"] if each["reason"] == "changed")
    assert suggestion["text"].startswith("1 person has changed since the send was planned")
    (row,) = console.get(f"{SENDS}/{send}/recipients?state=skipped&reason=changed").json_body["items"]
    assert row["reason"] == "changed"
    answer = console.post(f"{SENDS}/{send}/replan", {})
    assert (answer.status_code, answer.json_body["replan_of"], answer.json_body["retry_of"]) == (202, send, None)
    again = console.post(f"{SENDS}/{send}/replan", {})
    assert (again.status_code, again.json_body["id"]) in {(202, answer.json_body["id"]), (200, answer.json_body["id"])}
    new = answer.json_body["id"]
    plan_send(console.system.wiring("plan_send"), "northbridge", new)
    assert console.get(f"{SENDS}/{new}").json_body["counts"]["planned"] == 1
    assert console.get(f"{SENDS}/{send}").json_body["replans"] == [new]
    assert console.post(f"{SENDS}/{send}/replan", {}).status_code == 200


def test_where_nobody_had_changed_or_the_send_runs_it_is_refused(console: Console) -> None:
    console.add([make_person(1)])
    made = console.post(SENDS, {"kind": "password_link", "select": {"filter": {"role": "student"}}}).json_body["id"]
    answer = console.post(f"{SENDS}/{made}/replan", {})
    assert (answer.status_code, answer.json_body["code"]) == (409, "send_queued")
    console.post(f"{SENDS}/{made}/pause", {})
    answer = console.post(f"{SENDS}/{made}/replan", {})
    assert (answer.status_code, answer.json_body["code"]) == (409, "nobody_changed")
    assert console.post(f"{SENDS}/{made}/replan", {"more": 1}).status_code == 422


def test_the_page_has_the_button_and_names_both_sends(console: Console, send: str) -> None:
    page = console.page(f"{SENDS}/{send}").body.decode()
    assert "Plan 1 who changed anew" in page
    new = console.post(f"{SENDS}/{send}/replan", {}).json_body["id"]
    assert "taken up by" in console.page(f"{SENDS}/{send}").body.decode()
    assert "(planned anew)" in console.page(f"{SENDS}/{new}").body.decode()
