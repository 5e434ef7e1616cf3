"""Stories over literal items and messages of the last release: what it has left half done is finished by this one.

And back: what this release writes over them, the last one reads. Never change the items; a later release adds its own.
The queues, their visibility and every worker are those of tests/support/bad_days.py.
"""

import json
import zlib
from typing import Any

import pytest

import mail_feedback.handler as feedback_door
from latchkey.codes.check_code import check_code
from latchkey.codes.use_code import Wishes, use_code
from latchkey.password_links import set_password
from latchkey.sign_in.session import who
from tests.support.bad_days import World
from tests.support.memory_world import plain, wired
from tests.support.sign_in import sign_in
from tests.support.sqs import Context, event_of

NOW = 1_800_000_000
SLUG = "northbridge"
ANN, BEN, CAT, ADMIN = (f"0123456789000000000{each}" for each in range(1, 5))
SEND, EXPORT, ROSTER = (f"01jhm6qk00zzzzzzzzzzzzzzz{each}" for each in "123")
EMAIL_KEY = "de5571300ff083b4b18cd7141780efd2"  # of ann@x.example
PIN = "P222-236P-QRW9"  # number 1, generation 1
PASSWORD = "purple-otter-lantern-83"
HASH = "$argon2id$v=19$m=19456,t=2,p=1$MGHQ42rABcZG93JUN+lcfQ$+4oFbO7kXQoqKjTaierC/6FKO8qrne7iEY3CYqT4Tx0"
KEY = f"rosters/{SLUG}/{ROSTER}/{'0' * 32}"


def person(id: str, **facts: Any) -> dict[str, Any]:  # noqa: A002 - the attribute's name
    """A person as the last release has written them."""
    name = facts.get("given_name", "Ann")
    given = {"role": "student", "given_name": name, "family_name": "Lee", "is_admin": False, "status": "active", "version": 0}
    keys = {"pk": f"{SLUG}#P#{id}", "sk": "PERSON", "people_pk": f"{SLUG}#student", "people_sk": f"07#7B#lee#{name.lower()}#{id}"}
    return {**keys, "id": id, **given, "year_group": "7", "registration_group": "7B", **facts}


DIRECTORY: list[dict[str, Any]] = [
    {
        "pk": SLUG,
        "sk": "SCHOOL",
        "schools_pk": "SCHOOLS",
        "schools_sk": SLUG,
        "slug": SLUG,
        "name": "Northbridge Academy",
        "urn": "",
        "town": "",
        "postcode": "",
        "settings": {},
        "last_number": 3,
    },
    {"pk": f"{SLUG}#ROSTERLOCK", "sk": "LOCK", "holder": "", "lease_until": 0},
    person(
        ANN,
        email="ann@x.example",
        email_key=EMAIL_KEY,
        version=3,
        password_set_at=NOW - 9,
        number=2,
        number_key=f"{SLUG}#N#2",
        mis_id="M1",
    ),
    person(
        BEN,
        given_name="Ben",
        number=1,
        number_key=f"{SLUG}#N#1",
        pin={"generation": 1, "expires_at": NOW + 9_000_000, "uses": 0},
    ),
    person(CAT, given_name="Cat", email="cat@x.example", email_key="c" * 32),
    person(ADMIN, given_name="Dee", role="staff", people_pk=f"{SLUG}#staff", email="dee@x.example", is_admin=True),
    {
        "pk": f"{SLUG}#ROSTERS",
        "sk": ROSTER,
        "id": ROSTER,
        "state": "queued",
        "step": "upload",
        "filename": "people.csv",
        "key": KEY,
        "created_at": NOW,
        "created_by": ADMIN,
        "size": 0,
        "total": 0,
        "done": 0,
        "previewed": {},
        "counts": {},
        "ahead": {},
        "warnings": [],
        "lease_until": 0,
        "attempt": 0,
    },
]
CREDENTIALS = [{"pk": f"{SLUG}#P#{ANN}", "sk": "PASSWORD", "hash": HASH, "set_at": NOW - 9}]


def send(state: str, **facts: Any) -> dict[str, Any]:
    """A send of the last release."""
    return {
        "pk": f"{SLUG}#SENDS",
        "sk": SEND,
        "id": SEND,
        "kind": "password_link",
        "state": state,
        "listed": True,
        "created_at": NOW,
        "created_by": ADMIN,
        "ids": [],
        "filter": {"role": "student"},
        "total": 0,
        "chunks": 0,
        "counts": {},
        "open": 0,
        "mails_out": 0,
        "mails_hard": 0,
        "mails_complained": 0,
        "braked": [0, 0, 0],
        "moved_before": 0,
        "planning_until": 0,
        "expires_at": NOW + 34_560_000,
        **facts,
    }


HALF = send("running", total=2, chunks=1, counts={"sent": 1, "planned": 1}, open=1, mails_out=1)
MAILS = (
    f'[["ann@x.example","sent",null,{NOW},[["{ANN}","Ann Lee","student","ann@x.example",3,"bbbed901e358"]]],'
    f'["cat@x.example","planned",null,{NOW},[["{CAT}","Cat Lee","student","cat@x.example",0,"8cc54879809b"]]]]'
)
CHUNK = {
    "pk": f"{SLUG}#SEND#{SEND}",
    "sk": "CHUNK#00001",
    "send": SEND,
    "number": 1,
    "listed": True,
    "mail": "reset",
    "language": "en",
    "links_expire_at": NOW + 99_000,
    "state": "planned",
    "lease_until": 0,
    "attempt": 1,
    "revision": 2,
    "mails": zlib.compress(MAILS.encode()),
    "expires_at": NOW + 34_560_000,
}
RUN = {
    "pk": f"{SLUG}#EXPORTS",
    "sk": EXPORT,
    "id": EXPORT,
    "state": "queued",
    "created_at": NOW,
    "created_by": ADMIN,
    "scope": "school",
    "scope_value": "",
    "format": "mail_merge_csv",
    "audience": "students",
    "never_logged_in": False,
    "total": 0,
    "done": 0,
    "rows": 0,
    "left_out": 0,
    "lease_until": 0,
    "attempt": 0,
    "expires_at": NOW + 34_560_000,
}
FORGOT = {"kind": "forgot", "by": "email", "key": EMAIL_KEY, "from": "e3dd840fe04c19139ae69c2233aae141"}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World(monkeypatch.setattr)
    put(made, "directory", *DIRECTORY)
    put(made, "credentials", *CREDENTIALS)
    return made


def put(world: World, table: str, *items: dict[str, Any]) -> None:
    """Put literal items into a table."""
    for item in items:
        wire = {name: wired(value) for name, value in item.items()}
        world.tables.tables.setdefault(f"{table}_table", {})[item["pk"], item["sk"]] = wire


def found(world: World, table: str, item: dict[str, Any]) -> dict[str, Any]:
    """An item as it stands now, in plain values."""
    wire = world.tables.tables[f"{table}_table"][item["pk"], item["sk"]]
    return {name: plain(value) for name, value in wire.items()}


def fits(now: dict[str, Any], then: dict[str, Any]) -> None:
    """What this release has written the last one can read: nothing that it needs has gone or is of another type."""
    for name, value in then.items():
        assert name in now, f"{name} is gone from {then['pk']}"
        assert type(now[name]) is type(value), f"{name} of {then['pk']} is of another type"


def test_somebody_signs_in(world: World) -> None:
    token, signed_in = sign_in(world.wiring("portal"), SLUG, "ann@x.example", PASSWORD, source_ip="203.0.113.9")
    assert signed_in.person.id == ANN
    assert who(world.wiring("portal"), token).person.id == ANN
    fits(found(world, "directory", DIRECTORY[2]), DIRECTORY[2])
    fits(found(world, "credentials", CREDENTIALS[0]), CREDENTIALS[0])


@pytest.mark.parametrize("asked", [FORGOT, {"kind": "renew", "person": ANN}])
def test_a_message_that_waits_for_a_link_makes_one_that_works(world: World, asked: dict[str, str]) -> None:
    world.put("requests_queue", school=SLUG, request=SEND, at=NOW, **asked)
    world.run()
    (mail,) = world.ses.to("ann@x.example")
    (link,) = mail.links
    set_password.use(world.wiring("portal"), link.partition("#")[2], "seven tall herons wade")
    assert sign_in(world.wiring("portal"), SLUG, "ann@x.example", "seven tall herons wade", source_ip="203.0.113.9")
    now = found(world, "directory", DIRECTORY[2])
    assert now["version"] == 4
    fits(now, DIRECTORY[2])


OTHERS = [{"kind": "password_changed", "person": ANN}, {"kind": "test", "person": ADMIN, "mail": "reset"}]


@pytest.mark.parametrize("asked", OTHERS)
def test_other_mails_that_wait_go_out(world: World, asked: dict[str, str]) -> None:
    world.put("requests_queue", school=SLUG, request=SEND, at=NOW, **asked)
    world.run()
    assert len(world.ses.mails) == 1
    assert world.sqs.dead == []


def test_a_send_that_waits_to_be_planned_goes_to_its_end(world: World) -> None:
    put(world, "activity", send("queued"))
    world.put("plan_queue", kind="send", school=SLUG, send=SEND)
    world.run()
    now = found(world, "activity", HALF)
    assert (now["state"], now["counts"]["sent"], now["counts"]["skipped"]) == ("finished", 2, 1)
    fits(now, send("queued"))


@pytest.mark.parametrize("more", [{}, {"listed": True}, {"last": 1}, {"chunks": 1, "waited": True}])
def test_a_send_that_is_half_done_is_finished_and_nobody_gets_a_second_mail(world: World, more: dict[str, Any]) -> None:
    put(world, "activity", HALF, CHUNK)
    world.put("deliver_queue", school=SLUG, send=SEND, chunk=1, **more)
    world.run()
    assert [mail.to for mail in world.ses.mails] == ["cat@x.example"]
    now = found(world, "activity", HALF)
    assert (now["state"], now["counts"]["sent"], now["open"]) == ("finished", 2, 0)
    fits(now, HALF)
    fits(found(world, "activity", CHUNK), CHUNK)
    rows = json.loads(zlib.decompress(found(world, "activity", CHUNK)["mails"]))
    assert [row[:3] for row in rows] == [["ann@x.example", "sent", None], ["cat@x.example", "sent", None]]
    assert [row[4] for row in rows] == [row[4] for row in json.loads(MAILS)], "links stay as they were planned"


def test_a_worker_of_the_last_release_that_died_with_a_chunk_is_followed(world: World) -> None:
    lost = MAILS.replace('"planned"', '"sending"')
    put(world, "activity", HALF | {"counts": {"sent": 1, "sending": 1}})
    put(world, "activity", CHUNK | {"state": "sending", "lease_until": NOW + 130, "mails": zlib.compress(lost.encode())})
    world.put("deliver_queue", school=SLUG, send=SEND, chunk=1)
    world.run()
    assert [mail.to for mail in world.ses.mails] == ["cat@x.example"]
    assert found(world, "activity", HALF)["state"] == "finished"


def test_a_send_that_is_being_cancelled_is_cancelled(world: World) -> None:
    put(world, "activity", HALF | {"state": "cancelled", "revoke": True}, CHUNK)
    world.put("plan_queue", kind="cancel", school=SLUG, send=SEND, chunk=1)
    world.put("deliver_queue", school=SLUG, send=SEND, chunk=1)
    world.run()
    assert world.ses.mails == []
    assert found(world, "activity", HALF)["counts"]["cancelled"] == 1
    assert found(world, "directory", DIRECTORY[2])["version"] == 4, "the link that was out is dead"


def test_an_event_about_a_mail_of_the_last_release_is_written_down(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    put(world, "activity", HALF, CHUNK)
    told = {
        "eventType": "Delivery",
        "mail": {
            "timestamp": "2027-01-15T08:00:00.000Z",
            "destination": ["ann@x.example"],
            "tags": {"ses:configuration-set": ["latchkey"], "send": [SEND], "chunk": ["1"], "school": [SLUG]},
        },
        "delivery": {"timestamp": "2027-01-15T08:00:05.000Z", "recipients": ["ann@x.example"]},
    }
    event = {"version": "0", "detail-type": "Email Delivered", "source": "aws.ses", "detail": told}
    monkeypatch.setattr(feedback_door, "system", lambda: world.wiring("mail_feedback"))
    assert feedback_door.handle(event_of([event], "FEEDBACK_QUEUE"), Context()) == {"batchItemFailures": []}
    assert found(world, "activity", HALF)["counts"]["delivered"] == 1


def test_an_export_that_waits_is_made_with_the_codes_that_are_out(world: World) -> None:
    put(world, "activity", RUN)
    world.put("export_queue", school=SLUG, export=EXPORT)
    world.run()
    now = found(world, "activity", RUN)
    assert (now["state"], now["rows"]) == ("finished", 2)
    assert PIN.encode() in world.s3.objects[f"exports_bucket/{now['key']}"]
    fits(now, RUN)
    ben = found(world, "directory", DIRECTORY[3])
    assert ben["pin"]["generation"] == 1
    fits(ben, DIRECTORY[3])


def test_a_code_that_the_last_release_has_printed_opens_its_account(world: World) -> None:
    portal = world.wiring("portal")
    code = check_code(portal, SLUG, PIN, "203.0.113.9")
    used = use_code(portal, code, Wishes(password=PASSWORD, username="ben.lee"))
    assert used.person.id == BEN
    assert sign_in(portal, SLUG, "ben.lee", PASSWORD, source_ip="203.0.113.9")[1].person.id == BEN
    fits(found(world, "directory", DIRECTORY[3]), DIRECTORY[3])


def test_a_roster_that_was_uploaded_to_the_last_release_is_read_and_applied(world: World) -> None:
    rows = "mis_id,role,given_name,family_name,year_group\nM7,student,Eve,Fox,8\n"
    world.s3.objects[f"uploads_bucket/{KEY}"] = rows.encode()
    object_ = {"bucket": {"name": "uploads_bucket"}, "object": {"key": KEY, "size": len(rows)}}
    event = {"eventVersion": "2.1", "eventSource": "aws:s3", "eventName": "ObjectCreated:Post", "s3": object_}
    world.sqs.send_message(QueueUrl="roster_queue", MessageBody=json.dumps({"Records": [event]}))
    world.run()
    run = found(world, "directory", DIRECTORY[-1])
    assert (run["state"], run["previewed"]["new"]) == ("previewed", 1)
    fits(run, DIRECTORY[-1])
    put(world, "directory", run | {"state": "running", "step": "apply", "done": 0, "lease_until": 0, "applied_by": ADMIN})
    put(world, "directory", DIRECTORY[1] | {"holder": ROSTER, "lease_until": NOW + 60})
    world.put("roster_queue", kind="apply", school=SLUG, roster=ROSTER)
    world.run()
    assert found(world, "directory", DIRECTORY[-1])["state"] == "finished"
    school = found(world, "directory", DIRECTORY[0])
    assert school["last_number"] == 4
    fits(school, DIRECTORY[0])
    assert world.sqs.dead == []
