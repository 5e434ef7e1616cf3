"""The figures of one send, in all its states, on every page, answer and file that shows them: they agree with the ledger."""

import csv
import io
import re
from collections import Counter
from dataclasses import replace

import pytest

from latchkey.sends.cancel_chunks import cancel_chunks
from latchkey.sends.model.mail_states import Fact, MailState
from latchkey.sends.model.send import Chunk
from latchkey.sends.plan_send import plan_send
from latchkey.sends.start_due import start_due
from tests.support.console import HEAD_TEACHER, Console, make_person

SCHOOL = "northbridge"
CONSOLE = "/admin/northbridge"
SENDS = f"{CONSOLE}/sends"
WENT_OUT = {"sent", "delayed", "delivered", "bounced", "complained"}
OTHER_ADMIN = make_person(90, role="staff", email="other@northbridge.example", is_admin=True)
FIGURE = re.compile(r">(?:<svg[^>]*>.*?</svg> )?([A-Z][^<>]*) <strong>([0-9,]+)</strong></a>")


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


def legend(text: str) -> dict[str, int]:
    """The figures under the bar of a message."""
    return {words: int(value.replace(",", "")) for words, value in FIGURE.findall(text)}


def line_of(text: str, send: str) -> str:
    """What stands in a message's row of the list, or its line of the overview."""
    return text.partition(f'/sends/{send}"')[2].partition("</tr>")[0].partition("</li>")[0]


def in_file(console: Console, send: str) -> dict[str, int]:
    """People by state in the file of recipients."""
    assert console.get(f"{SENDS}/{send}/recipients/download", format="csv").status_code == 303
    s3, bucket = console.system.clients("s3"), console.system.environment["EXPORTS_BUCKET"]
    files = s3.list_objects_v2(Bucket=bucket, Prefix=f"recipients/{SCHOOL}/{send}")["Contents"]
    newest = max(files, key=lambda each: each["LastModified"])
    data = s3.get_object(Bucket=bucket, Key=newest["Key"])["Body"].read().decode("utf-8-sig")
    for each in files:
        s3.delete_object(Bucket=bucket, Key=each["Key"])
    return Counter(line["State"] for line in csv.DictReader(io.StringIO(data)))


def agree(console: Console, send: str, used: int = 0) -> Counter[str]:
    """Every place that shows a figure of this send shows the same one; the ledger's states are the truth.

    ``used``: how many of those it has reached have set a password since.
    """
    shown = console.get(f"{SENDS}/{send}").json_body
    rows = console.get(f"{SENDS}/{send}/recipients", limit="100").json_body["items"]
    ledger: Counter[str] = Counter(each["state"] for each in rows)
    out = sum(count for state, count in ledger.items() if state in WENT_OUT)
    to_go, failed = ledger["planned"] + ledger["sending"], ledger["failed"] + ledger["expired"]
    reached = ledger["sent"] + ledger["delayed"] + ledger["delivered"]
    assert (shown["went_out"], shown["to_go"], shown["did_not_go"], shown["total"]) == (out, to_go, failed, ledger.total())
    assert shown["came_back"] == ledger["bounced"] + ledger["complained"]
    kept_back = shown["counts"]["skipped"] + shown["counts"]["cancelled"]
    assert shown["went_out"] + shown["to_go"] + shown["did_not_go"] + kept_back == shown["total"]
    assert shown["went_out"] == reached + shown["came_back"]
    if ledger:
        assert (shown["password_set"], shown["not_used"]) == (used, reached - used)
        assert in_file(console, send) == ledger

    listed = next(each for each in console.get(SENDS).json_body["items"] if each["id"] == send)
    assert listed == shown
    first = next(each for each in console.get(CONSOLE).json_body["sends"] if each["id"] == send)
    not_counted_there = {"password_set": None, "not_used": None}
    assert first == shown | not_counted_there

    page = console.page(f"{SENDS}/{send}").body.decode()
    row = line_of(console.page(SENDS).body.decode(), send)
    if ledger and shown["state"] in {"running", "paused"}:
        at_home = line_of(console.page(CONSOLE).body.decode(), send)
        assert f"{out} of {ledger.total() - ledger['skipped']}" in at_home
    if not ledger:
        assert legend(page) == {}
        return ledger
    figures = {
        "All": ("all", ledger.total()),
        "Delivered": ("delivered", ledger["delivered"]),
        "Password set": ("password_set", used),
        "Not used": ("not_used", reached - used),
        "Sent, no word yet": ("on_way", ledger["sent"] + ledger["delayed"]),
        "Still to go": ("to_go", to_go),
        "Came back": ("came_back", shown["came_back"]),
        "Not sent": ("failed", failed),
        "Got nothing": ("cancelled", ledger["cancelled"]),
        "Skipped": ("skipped", ledger["skipped"]),
    }
    found = legend(page)
    for words, (view, count) in figures.items():
        assert found.get(words, 0) == count, words
        people = console.get(f"{SENDS}/{send}/recipients", show=view, limit="100").json_body["items"]
        assert len(people) == count, "the figure opens exactly its people"
    assert f"of {ledger.total()}" in row
    said = f"{out} of {ledger.total() - kept_back} went out" if to_go and out else f"{ledger['delivered']} delivered"
    if to_go or not (ledger["sent"] + ledger["delayed"]):
        assert said in row
    if out:
        assert f"{used} in" in row
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
    assert "6 delivered, 0 in" in school.page(SENDS).body.decode()


def test_who_has_set_a_password_since_counts_on_every_page_and_who_had_before_does_not(school: Console) -> None:
    send = start(school)
    plan(school, send)
    outcome(school, send, "delivered", "sent", "bounced", "delivered")
    directory, now = school.system.wiring("operate").directory(SCHOOL), school.system.wiring("console").now()
    rows = school.get(f"{SENDS}/{send}/recipients", limit="100").json_body["items"]
    people = [row["person"] for row in rows if row["state"] in {"delivered", "sent", "bounced"}]
    agree(school, send)
    directory.change(people[0], {"password_set_at": now + 60})
    directory.change(people[1], {"password_set_at": now + 60})
    directory.change(people[3], {"password_set_at": now - 60})
    agree(school, send, used=2)
    directory.change(people[2], {"password_set_at": now + 60})  # another way than the mail, which came back
    agree(school, send, used=2)
    who = school.get(f"{SENDS}/{send}/recipients", show="password_set").json_body["items"]
    assert {row["person"] for row in who} == {people[0], people[1]}


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
    assert "Retry 3 that failed" in school.page(f"{SENDS}/{send}").body.decode()
    school.system.clock.now += 1
    retry = str(school.post(f"{SENDS}/{send}/retry", {}).json_body["id"])
    assert "that failed" not in school.page(f"{SENDS}/{send}").body.decode(), "the retry has them all, once it is planned"
    plan(school, retry)
    outcome(school, retry, "failed", "delivered")
    agree(school, send)
    agree(school, retry)
    assert "Retry 1 that failed" in school.page(f"{SENDS}/{retry}").body.decode()
    assert "that failed" not in school.page(f"{SENDS}/{send}").body.decode()


def test_whom_a_retry_has_cancelled_still_counts_as_failed(school: Console) -> None:
    send = start(school)
    plan(school, send)
    outcome(school, send, "failed", "failed", "delivered")
    retry = str(school.post(f"{SENDS}/{send}/retry", {}).json_body["id"])
    plan(school, retry)
    school.post(f"{SENDS}/{retry}/cancel", {})
    cancel_chunks(school.system.wiring("plan_send"), SCHOOL, retry, 1)
    assert "Retry 2 that failed" in school.page(f"{SENDS}/{send}").body.decode()


def _rfc3339(seconds: int) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_one_message_is_taken_through_all_its_states(school: Console) -> None:
    """Tried out, a draft, scheduled, waiting, sending, paused, and what becomes of its mails, until it is stopped."""
    asked = {"kind": "password_link", "select": {"filter": {"role": "student"}}}
    tried = school.post(SENDS, {**asked, "dry_run": True}).json_body
    draft = school.post(f"{SENDS}/drafts", asked).json_body["id"]
    base = f"{SENDS}/drafts/{draft}"
    page = school.page(base).body.decode()
    assert school.get(base).json_body["dry_run"] == tried
    assert (tried["to_send"], tried["total"]) == (6, 7)
    assert "6 people</strong></a> will get a mail" in page
    assert "1 person will not" in page
    assert "Send to 6 people" in page
    later = school.system.wiring("console").now() + 3600
    assert school.post(f"{CONSOLE}/settings", {"approval": {"above": 2}}, "put").status_code == 200
    assert school.post(base, {"start_at": _rfc3339(later)}).status_code == 200
    send = str(school.post(f"{base}/send", {"people": 6}).json_body["id"])
    assert agree(school, send) == {}, "it waits for an approval"
    assert "waiting for approval" in school.page(f"{SENDS}/{send}").body.decode()
    school.token = school.sign_in(OTHER_ADMIN)
    assert school.post(f"{SENDS}/{send}/approve", {}).status_code == 202
    assert agree(school, send) == {}, "it waits for its time"
    assert "scheduled for" in school.page(SENDS).body.decode()
    school.system.clock.now = later + 1
    school.token = school.sign_in(HEAD_TEACHER)
    start_due(school.system.wiring("plan_send"))
    school.system.messages("PLAN_QUEUE")
    plan(school, send)
    assert agree(school, send) == {"planned": 6, "skipped": 1} == {"planned": tried["to_send"], "skipped": 1}
    outcome(school, send, "sending", "planned")
    agree(school, send)
    outcome(school, send, "sent", "delayed", "planned")
    assert school.post(f"{SENDS}/{send}/pause", {}).status_code == 202
    assert agree(school, send)["planned"] == 4
    assert school.post(f"{SENDS}/{send}/resume", {}).status_code == 202
    outcome(school, send, "delivered", "bounced", "complained", "planned")
    agree(school, send)
    first = school.get(f"{SENDS}/{send}/recipients", state="delivered").json_body["items"][0]["person"]
    directory = school.system.wiring("operate").directory(SCHOOL)
    directory.change(first, {"password_set_at": school.system.wiring("console").now() + 5})
    agree(school, send, used=1)
    impact = school.get(f"{SENDS}/{send}/cancel").json_body
    assert (impact["to_cancel"], impact["in_hand"]) == (3, 0)
    assert "<strong>3 people</strong> will get nothing." in school.page(f"{SENDS}/{send}/cancel").body.decode()
    assert school.post(f"{SENDS}/{send}/cancel", {}).status_code == 202
    cancel_chunks(school.system.wiring("plan_send"), SCHOOL, send, 1)
    assert agree(school, send, used=1)["cancelled"] == 3, "as many as the page has said"
    assert "Send to the 3 who got nothing" in school.page(f"{SENDS}/{send}").body.decode()
    rest = school.form(f"{SENDS}/{send}/rest", {}).headers["Location"]
    assert school.get(rest).json_body["dry_run"]["to_send"] == 3
    other = str(school.post(f"{rest}/send", {"people": 3}).json_body["id"])
    assert "Send to the " not in school.page(f"{SENDS}/{send}").body.decode()
    school.token = school.sign_in(OTHER_ADMIN)
    assert school.post(f"{SENDS}/{other}/approve", {}).status_code == 202
    plan(school, other)
    outcome(school, other, "delivered")
    assert agree(school, other) == {"delivered": 3}
    assert school.get(f"{SENDS}/{other}").json_body["state"] == "finished"
    assert school.get(f"{SENDS}/{other}").json_body["rest_of"] == send
