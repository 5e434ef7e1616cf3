"""The figures of one send, in all its states, on every page and in every answer that shows them: they agree with the ledger."""

import re
from collections import Counter
from dataclasses import replace

import pytest

from latchkey.sends.cancel_chunks import cancel_chunks
from latchkey.sends.model.mail_states import Fact, MailState
from latchkey.sends.model.send import Chunk
from latchkey.sends.plan_send import plan_send
from tests.support.console import HEAD_TEACHER, Console, make_person

SCHOOL = "northbridge"
CONSOLE = "/admin/northbridge"
SENDS = f"{CONSOLE}/sends"
WENT_OUT = {"sent", "delayed", "delivered", "bounced", "complained"}
OTHER_ADMIN = make_person(90, role="staff", email="other@northbridge.example", is_admin=True)
TILE = re.compile(r"<div><dt>([^<]*)</dt><dd>([^<]*)</dd></div>")


@pytest.fixture
def school(console: Console) -> Console:
    console.add([OTHER_ADMIN, *(make_person(number) for number in range(1, 7)), make_person(7, email=None)])
    return console


def start(console: Console, **more: object) -> str:
    answer = console.post(SENDS, {"kind": "password_link", "select": {"filter": {"role": "student"}}, **more})
    assert answer.status_code == 202
    console.system.messages("PLAN_QUEUE")
    return str(answer.json_body["id"])


def plan(console: Console, send: str) -> None:
    plan_send(console.system.wiring("plan_send"), SCHOOL, send)


def outcome(console: Console, send: str, *states: MailState) -> None:
    """What became of the mails of the first chunk, in order; the last state is that of all others."""
    now = console.system.wiring("console").now()

    def told(chunk: Chunk) -> Chunk:
        wanted = [*states, *states[-1:] * len(chunk.mails)]
        mails = tuple(mail.with_fact(Fact(state, None, now)) for mail, state in zip(chunk.mails, wanted, strict=False))
        return replace(chunk, mails=mails)

    console.system.wiring("deliver_links").ledger(SCHOOL).amend(send, 1, told, now)


def tiles(text: str) -> dict[str, int]:
    return {words.replace("<br>", ""): int(value.replace(",", "")) for words, value in TILE.findall(text) if value.isdigit()}


def row_of(text: str, send: str) -> list[int]:
    """People, went out, skipped and failed in a send's row of the list."""
    row = text.partition(f'/sends/{send}"')[2].partition("</tr>")[0]
    return [int(value) for value in re.findall(r'<td class="num">(\d+)</td>', row)]


def agree(console: Console, send: str) -> Counter[str]:
    """Every place that shows a figure of this send shows the same one; the ledger's states are the truth."""
    shown = console.get(f"{SENDS}/{send}").json_body
    ledger: Counter[str] = Counter(
        each["state"] for each in console.get(f"{SENDS}/{send}/recipients", limit="100").json_body["items"]
    )
    out = sum(count for state, count in ledger.items() if state in WENT_OUT)
    to_go, failed = ledger["planned"] + ledger["sending"], ledger["failed"] + ledger["expired"]
    assert (shown["went_out"], shown["to_go"], shown["did_not_go"], shown["total"]) == (out, to_go, failed, ledger.total())
    kept_back = shown["counts"]["skipped"] + shown["counts"]["cancelled"]
    assert shown["went_out"] + shown["to_go"] + shown["did_not_go"] + kept_back == shown["total"]

    listed = next(each for each in console.get(SENDS).json_body["items"] if each["id"] == send)
    first = next(each for each in console.get(CONSOLE).json_body["sends"] if each["id"] == send)
    assert listed == first == shown

    assert row_of(console.page(SENDS).body.decode(), send) == [ledger.total(), out, ledger["skipped"], failed]
    line = console.page(CONSOLE).body.decode().partition(f'/sends/{send}"')[2].partition("</li>")[0]
    assert f"{out} of {ledger.total()} went out" in line
    for path in (f"{SENDS}/{send}", f"{SENDS}/{send}/recipients"):
        found = tiles(console.page(path).body.decode())
        if ledger.total() or path.endswith("recipients"):
            wanted = {"people": ledger.total(), "went out": out, "still to go": to_go, "failed": failed}
            assert found.items() >= wanted.items(), path
            assert found.get("of them came back", 0) == ledger["bounced"]
    return ledger


def test_a_send_shows_the_same_figures_everywhere_from_its_beginning_to_its_end(school: Console) -> None:
    send = start(school)
    assert agree(school, send) == {}  # queued
    plan(school, send)
    assert agree(school, send) == {"planned": 6, "skipped": 1}  # running
    outcome(school, send, "sending", "sending", "planned")
    agree(school, send)
    outcome(school, send, "sent", "delayed", "planned")
    agree(school, send)
    assert school.post(f"{SENDS}/{send}/pause", {}).json_body["state"] == "paused"
    assert agree(school, send)["planned"] == 4
    assert school.post(f"{SENDS}/{send}/resume", {}).status_code == 202
    outcome(school, send, "delivered", "bounced", "complained", "failed", "expired", "sent")
    assert school.get(f"{SENDS}/{send}").json_body["state"] == "finished"
    assert agree(school, send).items() >= {"delivered": 1, "bounced": 1, "complained": 1, "failed": 1, "expired": 1}.items()


def test_when_all_is_delivered_nobody_reads_that_nothing_was_sent(school: Console) -> None:
    send = start(school)
    plan(school, send)
    outcome(school, send, "delivered")
    assert agree(school, send) == {"delivered": 6, "skipped": 1}
    text = school.page(SENDS).body.decode()
    assert tiles(text)["links went out"] == 6
    assert "6 of 7 went out" in school.page(CONSOLE).body.decode()


def test_a_scheduled_send_and_one_that_waits_for_approval_show_the_same_figures(school: Console) -> None:
    later = school.system.wiring("console").now() + 3600
    send = start(school, start_at=f"{_rfc3339(later)}")
    assert agree(school, send) == {}
    assert school.post(f"{CONSOLE}/settings", {"approval": {"above": 2}}, "put").status_code == 200
    held = start(school)
    assert school.get(f"{SENDS}/{held}").json_body["approval"]["state"] == "needed"
    assert agree(school, held) == {}
    school.token = school.sign_in(OTHER_ADMIN)
    assert school.post(f"{SENDS}/{held}/approve", {}).status_code == 202
    plan(school, held)
    outcome(school, held, "delivered")
    assert agree(school, held)["delivered"] == 6
    school.token = school.sign_in(HEAD_TEACHER)


def test_a_cancelled_send_shows_what_went_out_before(school: Console) -> None:
    send = start(school)
    plan(school, send)
    outcome(school, send, "delivered", "bounced", "sent", "planned")
    assert school.post(f"{SENDS}/{send}/cancel", {}).status_code == 202
    cancel_chunks(school.system.wiring("plan_send"), SCHOOL, send, 1)
    assert agree(school, send) == {"delivered": 1, "bounced": 1, "sent": 1, "cancelled": 3, "skipped": 1}


def test_a_send_that_failed_says_to_how_many_a_link_went(school: Console) -> None:
    send = start(school)
    plan(school, send)
    outcome(school, send, "delivered", "delivered", "bounced", "planned")
    system = school.system.wiring("console")
    table = school.system.clients("dynamodb")
    table.update_item(
        TableName=system.settings["ACTIVITY_TABLE"],
        Key={"pk": {"S": f"{SCHOOL}#SENDS"}, "sk": {"S": send}},
        UpdateExpression="SET #s = :s",
        ExpressionAttributeNames={"#s": "state"},
        ExpressionAttributeValues={":s": {"S": "failed"}},
        ReturnValues="ALL_NEW",
    )
    agree(school, send)
    assert "3 people were sent a link" in school.page(f"{SENDS}/{send}").body.decode()


def test_who_was_in_a_send_and_in_its_retry_counts_once(school: Console) -> None:
    send = start(school)
    plan(school, send)
    outcome(school, send, "failed", "failed", "expired", "delivered")
    assert tiles(school.page(SENDS).body.decode()) == {"under way": 0, "links went out": 3, "failed and not retried": 3}
    school.system.clock.now += 1
    retry = str(school.post(f"{SENDS}/{send}/retry", {}).json_body["id"])
    assert tiles(school.page(SENDS).body.decode())["failed and not retried"] == 0, "the retry has them all, once it is planned"
    plan(school, retry)
    outcome(school, retry, "failed", "delivered")
    agree(school, send)
    agree(school, retry)
    assert tiles(school.page(SENDS).body.decode()) == {"under way": 0, "links went out": 5, "failed and not retried": 1}
    only_the_send = tiles(_older_page(school))  # its retry stands on the page before
    assert only_the_send == {"under way": 0, "links went out": 3, "failed and not retried": 0}


def test_whom_a_retry_has_cancelled_still_counts_as_failed(school: Console) -> None:
    send = start(school)
    plan(school, send)
    outcome(school, send, "failed", "failed", "delivered")
    retry = str(school.post(f"{SENDS}/{send}/retry", {}).json_body["id"])
    plan(school, retry)
    school.post(f"{SENDS}/{retry}/cancel", {})
    cancel_chunks(school.system.wiring("plan_send"), SCHOOL, retry, 1)
    assert tiles(school.page(SENDS).body.decode())["failed and not retried"] == 2


def _older_page(console: Console) -> str:
    """The second page of the list, one send a page: the send whose retry stands on the first."""
    following = console.get(SENDS, limit="1").json_body["next"]
    return str(console.page(SENDS, limit="1", cursor=following).body.decode())


def _rfc3339(seconds: int) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
