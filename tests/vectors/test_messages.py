"""Literal messages of the queues, as they are put today and as they are taken; and older ones, which are still taken.

Never change these; add a version. While a release is rolled out old workers take new messages and new workers old ones,
and a message may wait for days. So a consumer accepts every form that was ever put, and a new member is optional.
Tags come back from the mail service with its events, hours after the mail went.
"""

import json
import re
import zlib
from collections.abc import Callable
from typing import Any

import pytest

import build_export.handler as export_door
import deliver_links.handler as deliver_door
import plan_send.handler as plan_door
import read_roster.handler as roster_door
from latchkey.errors import Poison
from latchkey.login_details.model.runs import ExportRequest
from latchkey.login_details.model.scope import Scope
from latchkey.login_details.start_export import start_export
from latchkey.operator.invite_admin import invite_admin
from latchkey.password_links import set_password
from latchkey.password_links.forgot_password import ask
from latchkey.people.model.person import CodeState, Person
from latchkey.rosters.model.messages import Apply, AwaitFile, FileCame, ReadAgain, parse
from latchkey.rosters.start_roster import start_roster
from latchkey.rosters.watch_roster import ask_to_apply
from latchkey.schools.model.school import School
from latchkey.sends import queue_chunks as hand_over
from latchkey.sends.approve_send import approve
from latchkey.sends.control_send import cancel, resume
from latchkey.sends.deliver_links import Work
from latchkey.sends.model import feedback
from latchkey.sends.model.mail_states import Fact
from latchkey.sends.model.send import Selection
from latchkey.sends.preview_mail import send_test
from latchkey.sends.start_due import start_due
from latchkey.sends.start_send import start_send
from latchkey.sends.stores.reminders import Reminder
from latchkey.shared.model.messages import Message
from tests.support.memory_world import NOW, MemoryWorld
from tests.support.sqs import Context
from worker.consume import Record

SCHOOL = School(slug="northbridge", name="Northbridge Academy")
STUDENT, ADMIN = "01234567890000000001", "01234567890000000004"
RUN = "01jhm6qk00zzzzzzzzzzzzzzzz"
EMAIL_KEY = "de5571300ff083b4b18cd7141780efd2"  # of ann@x.example in MemoryWorld
SOURCE_KEY = "e3dd840fe04c19139ae69c2233aae141"  # of the address 203.0.113.9
RESET = "1.r.northbridge.01234567890000000001.6b49d23c.0.bbbed901e358.57dTL-6eWAZrFC4WycJkMteGj2WjtRBqrum8S3EKnTw"
SEND = {"v": 1, "kind": "send", "school": "northbridge", "send": "<id>"}
ITEM = {"v": 1, "kind": "send", "school": "northbridge", "send": RUN}


@pytest.fixture
def world() -> MemoryWorld:
    made = MemoryWorld()
    assert made.wiring("operate").schools.make(SCHOOL)
    directory = made.wiring("operate").directory("northbridge")
    ann = Person(
        id=STUDENT,
        role="student",
        given_name="Ann",
        family_name="Lee",
        email="ann@x.example",
        email_key=EMAIL_KEY,
        number=1,
        password_set_at=NOW - 9,
        pin=CodeState(generation=1, expires_at=NOW + 9_000),
    )
    admin = Person(id=ADMIN, role="staff", given_name="Dee", family_name="Fox", email="dee@x.example", is_admin=True)
    assert directory.make(ann)
    assert directory.make(admin)
    return made


def admin_of(world: MemoryWorld) -> Person:
    found = world.wiring("operate").directory("northbridge").person(ADMIN)
    assert found is not None
    return found


def put(world: MemoryWorld) -> list[tuple[str, str, int, dict[str, Any]]]:
    """``(queue, group, delay, message)`` of each that was put; ids that are made by chance are ``<id>``."""
    found = []
    for request in world.sqs.sent:
        body = json.loads(request["MessageBody"])
        for name in ("send", "request", "export"):
            if name in body and body[name] != RUN and re.fullmatch(r"01[0-9a-z]{24}", body[name]):
                body[name] = "<id>"
        found.append((request["QueueUrl"], request.get("MessageGroupId", ""), request.get("DelaySeconds", 0), body))
    world.sqs.sent.clear()
    return found


def a_send(world: MemoryWorld, state: str, **facts: Any) -> None:
    item = {"pk": "northbridge#SENDS", "sk": RUN, "id": RUN, "kind": "password_link", "state": state, "listed": True}
    world.put("activity", {**item, "created_at": NOW, "created_by": "a" * 20, "open": 0, "counts": {}, **facts})


# What is put: sends


def test_starting_a_send(world: MemoryWorld) -> None:
    console = world.wiring("console")
    start_send(console, SCHOOL, admin_of(world), Selection(ids=(STUDENT,)), "key-of-8-signs")
    assert put(world) == [("plan_queue", "", 0, SEND)]
    # The key stands in the table as SHA-256 of "<admin>|<key>"; one that is hashed otherwise starts the send a second time.
    assert world.only_item("activity", "northbridge#KEYS")["sk"] == "6800888c69cfcd865c9eb7d66e13a687"


def test_sends_are_set_off_again(world: MemoryWorld) -> None:
    console, admin = world.wiring("console"), admin_of(world)
    a_send(world, "paused", chunks=1, open=1, counts={"planned": 1})
    resume(console, "northbridge", admin, RUN)
    a_send(world, "queued", approval="needed", approve_by=NOW + 9)
    approve(console, "northbridge", admin, RUN)
    a_send(world, "queued", start_at=NOW)
    world.wiring("plan_send").reminders.put(Reminder(NOW, "northbridge", RUN))
    start_due(world.wiring("plan_send"))
    assert put(world) == [("plan_queue", "", 0, ITEM)] * 3


def test_inviting_an_admin(world: MemoryWorld) -> None:
    invite_admin(world.wiring("operate"), "northbridge", "eve@x.example", "Eve", "Fox")
    assert put(world) == [("plan_queue", "", 0, SEND)]


def test_cancelling_a_send(world: MemoryWorld) -> None:
    a_send(world, "running", chunks=101)
    cancel(world.wiring("console"), "northbridge", admin_of(world), RUN)
    assert put(world) == [("plan_queue", "", 0, ITEM | {"kind": "cancel", "chunk": first}) for first in (1, 101)]


def test_handing_chunks_over(world: MemoryWorld) -> None:
    system, chunk = world.wiring("plan_send"), {"v": 1, "school": "northbridge", "send": RUN}
    hand_over.begin(system, "northbridge", RUN, 3)
    assert put(world) == [
        ("deliver_queue", "northbridge", 0, chunk | {"chunk": 1, "chunks": 3, "last": 3, "step": 34}),
    ]
    hand_over.put_all(system, "northbridge", RUN, [4])
    hand_over.put_again(system, "northbridge", RUN, range(5, 6), origin="admin", waits=True, delay=60)
    hand_over.put_again(system, "northbridge", RUN, range(6, 7), origin="person", waits=False, delay=0)
    assert put(world) == [
        ("deliver_queue", "northbridge", 0, chunk | {"chunk": 4}),
        ("deliver_queue", "northbridge", 60, chunk | {"chunk": 5, "waited": True}),
        ("urgent_queue", "northbridge", 0, chunk | {"chunk": 6}),
    ]


# What is put: one person's requests, exports, rosters

REQUEST = {"v": 1, "school": "northbridge", "request": "<id>", "at": 1_800_000_000}


def test_forgetting_a_password(world: MemoryWorld) -> None:
    ask(world.wiring("portal"), "northbridge", " Ann@X.example ", "203.0.113.9")
    forgot = {"kind": "forgot", "by": "email", "key": EMAIL_KEY, "from": SOURCE_KEY}
    assert put(world) == [("requests_queue", "", 0, REQUEST | forgot)]


def test_using_and_renewing_a_link(world: MemoryWorld) -> None:
    set_password.use(world.wiring("portal"), RESET, "purple-otter-lantern-83")
    set_password.renew(world.wiring("portal"), RESET)
    kinds = ("password_changed", "renew")
    assert put(world) == [("requests_queue", "", 0, REQUEST | {"kind": kind, "person": STUDENT}) for kind in kinds]


def test_asking_for_a_test_mail(world: MemoryWorld) -> None:
    send_test(world.wiring("console"), SCHOOL, admin_of(world), "welcome")
    test = {"kind": "test", "person": ADMIN, "mail": "welcome"}
    assert put(world) == [("requests_queue", "", 0, REQUEST | test)]


def test_starting_an_export(world: MemoryWorld) -> None:
    wanted = ExportRequest(scope=Scope("person", STUDENT))
    start_export(world.wiring("console"), SCHOOL, admin_of(world), wanted, "key-of-8-signs")
    assert put(world) == [("export_queue", "", 0, {"v": 1, "school": "northbridge", "export": "<id>"})]
    assert world.only_item("activity", "northbridge#EXPORTKEYS")["sk"] == "6800888c69cfcd865c9eb7d66e13a687"


ROSTER = {
    "pk": "northbridge#ROSTERS",
    "sk": RUN,
    "id": RUN,
    "state": "previewed",
    "step": "preview",
    "filename": "people.csv",
    "key": f"rosters/northbridge/{RUN}/{'0' * 32}",
    "created_at": NOW,
    "created_by": ADMIN,
}


def test_applying_a_roster(world: MemoryWorld) -> None:
    world.put("directory", ROSTER)
    world.put("directory", {"pk": "northbridge#ROSTERLOCK", "sk": "LOCK", "holder": "", "lease_until": 0})
    ask_to_apply(world.wiring("console"), "northbridge", admin_of(world), RUN)
    assert put(world) == [("roster_queue", "", 0, {"v": 1, "kind": "apply", "school": "northbridge", "roster": RUN})]


# What is taken


def test_what_plan_send_takes(world: MemoryWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_door, "system", lambda: world.wiring("plan_send"))
    forgot = '"kind":"forgot","by":"email","key":"de5571300ff083b4b18cd7141780efd2","from":"e3dd840fe04c19139ae69c2233aae141"'
    a_send(world, "cancelled", chunks=0)
    requests = [
        (forgot, "1"),
        (forgot.replace('"email"', '"username"'), "2"),
        (f'"kind":"renew","person":"{STUDENT}"', "3"),
        (f'"kind":"password_changed","person":"{STUDENT}"', "4"),
        (f'"kind":"test","person":"{ADMIN}","mail":"reset"', "5"),
        (f'"kind":"test","person":"{ADMIN}","mail":"welcome"', "6"),
    ]
    bodies = [
        f'{{"v":1,"school":"northbridge","request":"00jhm6qk00zzzzzzzzzzzzzzz{end}","at":1800000000,{more}}}'
        for more, end in requests
    ]
    outcomes = [plan_door.work(Message(body)) for body in bodies]
    assert [(each["kind"], each["outcome"]) for each in outcomes] == [
        ("forgot", "planned"),
        ("forgot", "nobody"),
        ("renew", "planned"),
        ("password_changed", "planned"),
        ("test", "planned"),
        ("test", "planned"),
    ]
    ready = [message for *_, message in put(world)]
    # "listed" is put and no longer read.
    chunk = {"v": 1, "school": "northbridge", "chunk": 1, "listed": False}
    assert ready == [chunk | {"send": f"00jhm6qk00zzzzzzzzzzzzzzz{end}"} for end in "13456"]
    for kind in ("send", "cancel"):
        body = f'{{"v":1,"kind":"{kind}","school":"northbridge","send":"{RUN}","chunk":1}}'
        assert plan_door.work(Message(body))["state"] == "cancelled"


@pytest.mark.parametrize(
    ("more", "work"),
    [
        ('"chunk":3', Work("northbridge", RUN, 3)),
        ('"chunk":3,"listed":true', Work("northbridge", RUN, 3)),
        ('"chunk":3,"last":99', Work("northbridge", RUN, 3, last=99)),
        ('"chunk":3,"chunks":2,"last":99', Work("northbridge", RUN, 3, last=99, chunks=2)),
        ('"chunk":3,"chunks":1,"waited":true', Work("northbridge", RUN, 3, waited=True)),
        ('"chunk":3,"last":99,"step":34,"lanes":4', Work("northbridge", RUN, 3, last=99, step=34, lanes=4)),
        ('"chunk":3,"something":"new"', Work("northbridge", RUN, 3)),
    ],
)
def test_what_deliver_links_takes(more: str, work: Work) -> None:
    assert Work.of(Message(f'{{"v":1,"school":"northbridge","send":"{RUN}",{more}}}')) == work


def record(body: str) -> Record:
    return {"body": body, "attributes": {"ApproximateReceiveCount": "1"}}


def test_what_build_export_takes_and_the_key_of_its_file(world: MemoryWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_door, "system", lambda: world.wiring("build_export"))
    run = {"pk": "northbridge#EXPORTS", "sk": RUN, "id": RUN, "state": "queued", "created_at": NOW, "created_by": ADMIN}
    what = {"scope": "school", "scope_value": "", "format": "mail_merge_csv", "audience": "students", "never_logged_in": False}
    world.put("activity", {**run, **what, "total": 0, "done": 0, "rows": 0, "left_out": 0, "lease_until": 0, "attempt": 0})
    export_door.build(record(f'{{"v":1,"school":"northbridge","export":"{RUN}"}}'))
    ((key, content),) = world.s3.objects.items()
    assert re.fullmatch(rf"exports_bucket/exports/northbridge/{RUN}/[0-9a-f]{{32}}\.csv", key)
    assert b"P222-236P-QRW9" in content


def test_what_read_roster_takes_and_the_key_of_its_file(world: MemoryWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    run, form = start_roster(world.wiring("console"), "northbridge", admin_of(world), "people.csv")
    assert re.fullmatch(r"rosters/northbridge/01mcc5rm00[0-9a-z]{16}/[0-9a-f]{32}", run.key)
    assert form["fields"]["key"] == run.key
    awaited = {"v": 1, "kind": "await_file", "school": "northbridge", "roster": run.id}
    assert put(world) == [("roster_queue", "", 900, awaited)]
    monkeypatch.setattr(roster_door, "system", lambda: world.wiring("read_roster"))
    world.s3.objects[f"uploads_bucket/{run.key}"] = b"mis_id,role,given_name,family_name\nM1,student,Cat,Fox\n"
    roster_door.work(record(S3_EVENT.replace("<KEY>", run.key)))
    previewed = world.wiring("console").rosters("northbridge").get(run.id)
    assert previewed is not None
    assert (previewed.state, previewed.previewed["new"]) == ("previewed", 1)


S3_EVENT = (
    '{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","eventName":"ObjectCreated:Post",'
    '"s3":{"bucket":{"name":"uploads_bucket"},"object":{"key":"<KEY>","size":54}}}]}'
)


def test_messages_of_rosters() -> None:
    key = f"rosters/northbridge/{RUN}/{'0' * 32}"
    event = json.loads(S3_EVENT.replace("<KEY>", key))
    assert parse(event, "uploads_bucket") == [FileCame("northbridge", RUN, key)]
    assert parse(json.loads('{"Event":"s3:TestEvent"}'), "uploads_bucket") == []
    applied = json.loads(f'{{"v":1,"kind":"apply","school":"northbridge","roster":"{RUN}"}}')
    assert parse(applied, "uploads_bucket") == [Apply("northbridge", RUN)]
    again = json.loads(f'{{"v":1,"kind":"read_again","school":"northbridge","roster":"{RUN}"}}')
    assert parse(again, "uploads_bucket") == [ReadAgain("northbridge", RUN)]
    awaited = json.loads(f'{{"v":1,"kind":"await_file","school":"northbridge","roster":"{RUN}"}}')
    assert parse(awaited, "uploads_bucket") == [AwaitFile("northbridge", RUN)]


TAKERS: list[Callable[[str], object]] = [
    lambda body: plan_door.work(Message(body)),
    lambda body: Work.of(Message(body)),
    lambda body: export_door.build(record(body)),
    lambda body: parse(json.loads(body), "uploads_bucket"),
]


@pytest.mark.parametrize("taker", TAKERS, ids=["plan_send", "deliver_links", "build_export", "read_roster"])
def test_a_message_of_a_later_version_is_not_worked_on(
    world: MemoryWorld, monkeypatch: pytest.MonkeyPatch, taker: Callable[[str], object]
) -> None:
    """It goes to the dead-letter queue, from where it can be put back once the release that knows it is there."""
    monkeypatch.setattr(plan_door, "system", lambda: world.wiring("plan_send"))
    monkeypatch.setattr(export_door, "system", lambda: world.wiring("build_export"))
    facts = f'"kind":"apply","school":"northbridge","send":"{RUN}","export":"{RUN}","roster":"{RUN}","chunk":1'
    with pytest.raises(Poison):
        taker(f'{{"v":2,{facts}}}')


# Mails and what comes back of them


def test_a_mail_carries_a_literal_link_and_tags(world: MemoryWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the stored chunk to the mailbox, with every part that the link is made of."""
    a_send(world, "running", chunks=1, open=1, counts={"planned": 1})
    mails = f'[["ann@x.example","planned",null,1800000000,[["{STUDENT}","Ann Lee","student","ann@x.example",0,"bbbed901e358"]]]]'
    chunk = {"pk": f"northbridge#SEND#{RUN}", "sk": "CHUNK#00001", "send": RUN, "number": 1, "listed": True, "mail": "reset"}
    packed = zlib.compress(mails.encode())
    world.put("activity", {**chunk, "links_expire_at": NOW + 60, "state": "planned", "lease_until": 0, "mails": packed})
    monkeypatch.setattr(deliver_door, "system", lambda: world.wiring("deliver_links"))
    body = f'{{"v":1,"school":"northbridge","send":"{RUN}","chunk":1}}'
    deliver_door.deliver(record(body), Context())
    (mail,) = world.ses.mails
    assert mail.links == [f"https://latchkey.test/set-password#{RESET}"]
    assert mail.tags == {"send": RUN, "chunk": "1", "school": "northbridge", "origin": "admin"}


def test_what_mail_feedback_takes() -> None:
    body = (
        '{"version":"0","detail-type":"Email Bounced","source":"aws.ses","detail":{"eventType":"Bounce","mail":{'
        '"timestamp":"2027-01-15T08:00:00.000Z","destination":["ann@x.example"],'
        f'"tags":{{"ses:configuration-set":["latchkey"],"send":["{RUN}"],"chunk":["7"],"school":["northbridge"]}}}},'
        '"bounce":{"bounceType":"Permanent","bounceSubType":"General","timestamp":"2027-01-15T08:00:05.000Z",'
        '"bouncedRecipients":[{"emailAddress":"Ann@X.example"}]}}}'
    )
    told = feedback.read(body)
    assert told == [feedback.DeliveryEvent("northbridge", RUN, 7, "ann@x.example", Fact("bounced", "hard", NOW + 5))]
