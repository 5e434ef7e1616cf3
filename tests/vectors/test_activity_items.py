"""Literal items of the tables activity, credentials and sessions: see test_directory_items.py. Never change these."""

import json
import zlib
from dataclasses import replace
from typing import Any

import pytest

from latchkey.login_details.model.runs import Export, ExportRequest
from latchkey.login_details.model.scope import Scope
from latchkey.mail.model.account import MailAccount
from latchkey.mail.stores.known_rate import known_rate
from latchkey.sends.model.send import Chunk, Mail, Selection, Send, Tally
from latchkey.sends.stores.reminders import Reminder
from latchkey.shared.stores.claims import Kind
from latchkey.shared.stores.counters import Budget
from latchkey.sign_in.stores.sessions import Session
from tests.support.memory_world import NOW, MemoryWorld

SCHOOL = "northbridge"
PERSON, OTHER, ADMIN = "01234567890000000001", "01234567890000000002", "01234567890000000004"
RUN, EARLIER = "01jhm6qk00zzzzzzzzzzzzzzzz", "01jhm6qk00yyyyyyyyyyyyyyyy"


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld()


# Sends and chunks

FULL_SEND = Send(
    id=RUN,
    kind="password_link",
    state="paused",
    origin="admin",
    created_at=NOW,
    created_by=ADMIN,
    selection=Selection(filter={"role": "student"}, source=EARLIER, pick="failed", skip_signed_in=True, skip_sent_within=60),
    total=9,
    chunks=1,
    counts={"planned": 2, "sent": 7},
    finished_at=NOW + 9,
    reason="brake_bounces",
    tally=Tally(7, 2, 1),
    braked=Tally(3, 2, 1),
    retries=(EARLIER,),
    revoke=True,
    moving_since=NOW + 1,
    moved_before=4,
    start_at=NOW + 2,
    approval="given",
    need="people",
    approve_by=NOW + 3,
)
SEND_ITEM: dict[str, Any] = {
    "pk": "northbridge#SENDS",
    "sk": RUN,
    "id": RUN,
    "kind": "password_link",
    "state": "paused",
    "listed": True,
    "created_at": 1_800_000_000,
    "created_by": "01234567890000000004",
    "ids": [],
    "filter": {"role": "student"},
    "source": EARLIER,
    "pick": "failed",
    "skip_signed_in": True,
    "skip_sent_within": 60,
    "total": 9,
    "chunks": 1,
    "counts": {"planned": 2, "sent": 7},
    "open": 2,
    "mails_out": 7,
    "mails_hard": 2,
    "mails_complained": 1,
    "braked": [3, 2, 1],
    "retries": [EARLIER],
    "revoke": True,
    "moving_since": 1_800_000_001,
    "moved_before": 4,
    "start_at": 1_800_000_002,
    "approval": "given",
    "need": "people",
    "approve_by": 1_800_000_003,
    "finished_at": 1_800_000_009,
    "reason": "brake_bounces",
    "planning_until": 0,
    "expires_at": 1_834_560_000,
}


def test_a_send_of_an_admin(world: MemoryWorld) -> None:
    sends = world.wiring("console").sends(SCHOOL)
    assert sends.make(FULL_SEND)
    assert world.item("activity", "northbridge#SENDS", RUN) == SEND_ITEM
    later = {
        "waiting": "quota",
        "waiting_since": 1_800_000_004,
        "approved_by": "01234567890000000002",
        "skips": {"left": 1},
        "planning_until": 1_800_000_005,
    }
    world.put("activity", SEND_ITEM | later)
    assert sends.get(RUN) == replace(
        FULL_SEND, waiting="quota", waiting_since=NOW + 4, approved_by=OTHER, skips={"left": 1}, planning_until=NOW + 5
    )


OLDEST_SEND: dict[str, Any] = {
    "pk": "northbridge#REQUESTS",
    "sk": RUN,
    "id": RUN,
    "kind": "forgot_password",
    "state": "running",
    "listed": False,
    "created_at": NOW,
    "created_by": "portal",
}


def test_the_oldest_item_of_a_send_for_one_persons_request(world: MemoryWorld) -> None:
    world.put("activity", OLDEST_SEND)
    found = world.wiring("plan_send").sends(SCHOOL).get(RUN, origin="person")
    assert found == Send(id=RUN, kind="forgot_password", state="running", origin="person", created_at=NOW, created_by="portal")


CHUNK = Chunk(
    send=RUN,
    number=7,
    origin="admin",
    mail="reset",
    language="cy",
    expires_at=NOW + 99,
    mails=(
        Mail(
            to="ann@x.example",
            accounts=(
                MailAccount(person=PERSON, name="Ann Lee", role="student", login="ann.lee", version=3, stamp="a1b2c3d4e5f6"),
                MailAccount(person=OTHER, name="Zoë Lee", role="parent", login="ann@x.example", version=0, stamp="0" * 12),
            ),
            at=NOW,
        ),
        Mail(to="ben@x.example", accounts=(), state="bounced", reason="hard", at=NOW + 1, detail="550 no such user"),
    ),
    state="sending",
    lease_until=NOW + 60,
    attempt=2,
    revision=5,
    test=True,
)
MAILS = (
    '[["ann@x.example","planned",null,1800000000,'
    '[["01234567890000000001","Ann Lee","student","ann.lee",3,"a1b2c3d4e5f6"],'
    '["01234567890000000002","Zo\\u00eb Lee","parent","ann@x.example",0,"000000000000"]]],'
    '["ben@x.example","bounced","hard",1800000001,[],"550 no such user"]]'
)
PACKED = bytes.fromhex(
    "789c6d8fc10a833010447f25ec39c8468db5b7f6de2f689a43a25b7a48a3a8013fbf1bb062a173d961601e3bc6808bf1b216b4baf7180824"
    "8c8113ea41c61482542d6e92c600aab2aa75736acfdf141557ae318a1be5f2bca49ee2c28e2145c859c55ef9b2abfa9af4b3012bff724aee"
    "dc87474224bfc14637edace38b28010f026b33d3d3ef0e3fa4d8e51df072139f7d8992c64ad01a451cc49cba9748334d4cf9003f004ac8"
)
CHUNK_ITEM: dict[str, Any] = {
    "pk": "northbridge#SEND#01jhm6qk00zzzzzzzzzzzzzzzz",
    "sk": "CHUNK#00007",
    "send": RUN,
    "number": 7,
    "listed": True,
    "mail": "reset",
    "language": "cy",
    "links_expire_at": 1_800_000_099,
    "state": "sending",
    "lease_until": 1_800_000_060,
    "attempt": 2,
    "revision": 5,
    "test": True,
    "mails": PACKED,
    "expires_at": 1_834_560_099,
}


def test_a_chunk_and_its_packed_mails(world: MemoryWorld) -> None:
    ledger = world.wiring("plan_send").ledger(SCHOOL)
    ledger.write_chunks([CHUNK])
    written = world.item("activity", CHUNK_ITEM["pk"], "CHUNK#00007") or {}
    assert json.loads(zlib.decompress(written.pop("mails"))) == json.loads(MAILS)  # by whichever zlib and JSON are at hand
    assert written == {name: value for name, value in CHUNK_ITEM.items() if name != "mails"}
    world.put("activity", CHUNK_ITEM)
    assert ledger.chunk(RUN, 7) == CHUNK


def test_the_oldest_item_of_a_chunk(world: MemoryWorld) -> None:
    newer = {"language", "lease_until", "attempt", "revision", "test"}
    world.put("activity", {name: value for name, value in CHUNK_ITEM.items() if name not in newer})
    older = replace(CHUNK, language="en", lease_until=0, attempt=0, revision=0, test=False)
    assert world.wiring("plan_send").ledger(SCHOOL).chunk(RUN, 7) == older


@pytest.mark.parametrize("kind", ["send", "export", "roster"])
def test_what_an_idempotency_key_stands_for(world: MemoryWorld, kind: Kind) -> None:
    kinds: dict[Kind, tuple[str, dict[str, Any]]] = {
        "send": ("northbridge#KEYS", {"send": RUN, "expires_at": 1_802_592_000}),
        "export": ("northbridge#EXPORTKEYS", {"export": RUN, "expires_at": 1_800_086_400}),
        "roster": ("northbridge#ROSTERKEYS", {"roster": RUN, "expires_at": 1_800_086_400}),
    }
    pk, rest = kinds[kind]
    claims = world.wiring("console").claims(SCHOOL)
    assert claims.claim(kind, "a" * 32, RUN, NOW) == RUN
    assert world.item("activity", pk, "a" * 32) == {"pk": pk, "sk": "a" * 32, **rest}
    world.put("activity", {"pk": pk, "sk": "b" * 32, **rest})
    assert claims.claim(kind, "b" * 32, EARLIER, NOW) == RUN


# Exports

FULL_EXPORT = Export(
    id=RUN,
    state="running",
    created_at=NOW,
    created_by=ADMIN,
    wanted=ExportRequest(
        scope=Scope("ids", "", (PERSON, OTHER)),
        format="slips",
        audience="students",
        never_logged_in=True,
        expiring_within=14,
        rows="family",
        columns=("name", "code"),
        large_print=True,
    ),
    kind="void",
    stage="file",
    position=("7", "7B", PERSON),
    stage_at=NOW + 1,
    total=9,
    done=8,
    rows=7,
    left_out=2,
    unprintable=1,
    codes={"pin": 5},
    lease_until=NOW + 60,
    attempt=2,
    finished_at=NOW + 9,
    key=f"exports/northbridge/{RUN}/{'0' * 32}.pdf",
    reason="Why not",
)
EXPORT_ITEM: dict[str, Any] = {
    "pk": "northbridge#EXPORTS",
    "sk": RUN,
    "id": RUN,
    "state": "running",
    "created_at": 1_800_000_000,
    "created_by": "01234567890000000004",
    "kind": "void",
    "stage": "file",
    "position": ["7", "7B", "01234567890000000001"],
    "stage_at": 1_800_000_001,
    "scope": "ids",
    "scope_value": "",
    "scope_ids": ["01234567890000000001", "01234567890000000002"],
    "format": "slips",
    "audience": "students",
    "never_logged_in": True,
    "expiring_within": 14,
    "row_kind": "family",
    "columns": ["name", "code"],
    "large_print": True,
    "total": 9,
    "done": 8,
    "rows": 7,
    "left_out": 2,
    "unprintable": 1,
    "codes": {"pin": 5},
    "lease_until": 1_800_000_060,
    "attempt": 2,
    "finished_at": 1_800_000_009,
    "key": "exports/northbridge/01jhm6qk00zzzzzzzzzzzzzzzz/00000000000000000000000000000000.pdf",
    "reason": "Why not",
    "expires_at": 1_834_560_000,
}


def test_an_export(world: MemoryWorld) -> None:
    exports = world.wiring("console").exports(SCHOOL)
    assert exports.make(FULL_EXPORT)
    assert world.item("activity", "northbridge#EXPORTS", RUN) == EXPORT_ITEM
    world.put("activity", EXPORT_ITEM)
    assert exports.get(RUN) == FULL_EXPORT


def test_an_export_of_those_whom_a_filter_means(world: MemoryWorld) -> None:
    wiring = world.wiring("console")
    scope = Scope("filter", filter={"role": "student", "reason": ["code_expired", "no_address"]})
    wanted = ExportRequest(scope=scope, format="slips", audience="students")
    made = Export(id=RUN, state="queued", created_at=NOW, created_by=ADMIN, wanted=wanted)
    assert wiring.exports(SCHOOL).make(made)
    item = world.item("activity", "northbridge#EXPORTS", RUN) or {}
    assert (item["scope"], item["scope_value"]) == ("filter", "")
    assert item["scope_filter"] == {"role": "student", "reason": ["code_expired", "no_address"]}
    assert wiring.exports(SCHOOL).get(RUN) == made
    wiring.meant(SCHOOL).keep(RUN, [PERSON, "01234567890000000002"], NOW)
    assert world.item("activity", f"northbridge#EXPORT#{RUN}", "PEOPLE#00001") == {
        "pk": f"northbridge#EXPORT#{RUN}",
        "sk": "PEOPLE#00001",
        "people": ["01234567890000000001", "01234567890000000002"],
        "expires_at": 1_802_592_000,
    }
    assert wiring.meant(SCHOOL).read(RUN) == (PERSON, "01234567890000000002")


def test_the_oldest_item_of_an_export(world: MemoryWorld) -> None:
    newer = {"kind", "stage", "position", "stage_at", "scope_ids", "expiring_within", "row_kind", "columns", "large_print"}
    newer |= {"unprintable", "codes", "finished_at", "key", "reason"}
    world.put("activity", {name: value for name, value in EXPORT_ITEM.items() if name not in newer})
    older = Export(
        id=RUN,
        state="running",
        created_at=NOW,
        created_by=ADMIN,
        wanted=ExportRequest(scope=Scope("ids"), format="slips", audience="students", never_logged_in=True),
        total=9,
        done=8,
        rows=7,
        left_out=2,
        lease_until=NOW + 60,
        attempt=2,
    )
    assert world.wiring("console").exports(SCHOOL).get(RUN) == older


def test_when_codes_were_last_voided(world: MemoryWorld) -> None:
    system = world.wiring("build_export")
    exports = system.exports(SCHOOL)
    world.put("activity", EXPORT_ITEM)
    event = system.audit(SCHOOL).record_of("build_export", "codes.voided", NOW + 9, {"export": RUN})
    exports.finish(replace(FULL_EXPORT, state="finished"), event)
    word = {"pk": "northbridge#VOIDED", "sk": "LAST", "at": 1_800_000_009, "export": RUN}
    assert world.item("activity", "northbridge#VOIDED", "LAST") == word
    assert world.item("activity", "northbridge#EXPORTS", RUN) == EXPORT_ITEM | {"state": "finished"}
    assert exports.last_void() == NOW + 9


# Audit, counters, reminders, the account's rate


def test_an_audit_event(world: MemoryWorld) -> None:
    event = {
        "pk": "northbridge#AUDIT",
        "actor": "01234567890000000004",
        "action": "send.start",
        "at": 1_800_000_000,
        "facts": {"send": RUN, "ids": 2},
        "expires_at": 2_020_752_000,
    }
    world.wiring("console").audit(SCHOOL).record(ADMIN, "send.start", NOW, {"send": RUN, "ids": 2})
    written = world.only_item("activity", "northbridge#AUDIT")
    sk = written.pop("sk")
    assert written == event
    assert (len(sk), sk[:10]) == (26, "01mcc5rm00")  # 48 bits of milliseconds: ids sort by time
    older = MemoryWorld()
    older.put("activity", event | {"sk": RUN})
    found = {"id": RUN, "actor": ADMIN, "action": "send.start", "at": NOW, "facts": {"send": RUN, "ids": 2}}
    assert older.wiring("console").audit(SCHOOL).page() == ([found], None)


@pytest.mark.parametrize("table", ["activity", "credentials"])
def test_a_counter(world: MemoryWorld, table: str) -> None:
    counters = world.wiring("portal").counters(f"{table.upper()}_TABLE", SCHOOL)
    budget = Budget("sign-in", 10, 900)
    item = {"pk": "northbridge#T#sign-in#key", "sk": "1800000000", "count": 3, "expires_at": 1_800_001_800}
    assert counters.count(budget, "key", NOW + 899, 3) == 3
    assert world.item(table, "northbridge#T#sign-in#key", "1800000000") == item
    world.put(table, item | {"count": 10})
    assert not counters.spend(budget, "key", NOW)


@pytest.mark.parametrize("table", ["activity", "credentials"])
def test_several_counters_of_one_key(world: MemoryWorld, table: str) -> None:
    """They stand in the item of the longest, each under the window that it is in."""
    counters = world.wiring("portal").counters(f"{table.upper()}_TABLE", SCHOOL)
    budgets, key = (
        (Budget("sign-in", 10, 900), Budget("sign-in-day", 100, 86_400)),
        ("northbridge#T#sign-in-day#key", "1799971200"),
    )
    item = {"pk": key[0], "sk": key[1], "sign-in:10@1800000000": 1, "sign-in-day:100@1799971200": 1, "expires_at": 1_800_144_000}
    assert counters.spend_all(budgets, "key", NOW).over is None
    assert world.item(table, *key) == item
    world.put(table, item | {"sign-in:10@1800000000": 10})
    assert counters.spend_all(budgets, "key", NOW).over == budgets[0]
    place, cleared = counters.clear_of(budgets, "key", NOW)
    place.update(cleared)
    assert world.item(table, *key) == item | {"sign-in:10@1800000000": 0, "sign-in-day:100@1799971200": 0}


def test_a_reminder(world: MemoryWorld) -> None:
    due, reminder = world.wiring("plan_send").reminders, Reminder(NOW, SCHOOL, RUN)
    item = {"pk": "#DUE", "sk": f"1800000000#northbridge#{RUN}", "at": 1_800_000_000, "school": "northbridge", "send": RUN}
    due.put(reminder)
    assert world.item("activity", "#DUE", item["sk"]) == item | {"expires_at": 1_802_592_000}
    world.put("activity", item)
    assert list(due.until(NOW)) == [reminder]
    due.forget(reminder)
    assert world.item("activity", "#DUE", item["sk"]) is None


def test_the_rate_of_the_account(world: MemoryWorld) -> None:
    """Two releases that run at the same time count in one item, or together they would exceed the rate."""
    system = world.wiring("deliver_links")
    before = {"pk": "#RATE", "sk": "ses", "grid": "50/520000", "most": 50, "spacing": 520_000}  # as a former release counted
    item = {"pk": "#RATE", "sk": "ses", "grid": "50/508500", "most": 50, "spacing": 508_500}
    assert isinstance(system.rate.take(5, 100, urgent=False), list)
    assert world.item("activity", "#RATE", "ses") == item | {"next": 176_991_150_455}
    world.put("activity", item | {"next": 176_991_150_460})
    assert isinstance(world.wiring("deliver_links").rate.take(3, 100, urgent=False), list)
    assert world.item("activity", "#RATE", "ses") == item | {"next": 176_991_150_463}
    assert known_rate(system.table("ACTIVITY_TABLE")) == pytest.approx(100)
    world.put("activity", before | {"next": 173_076_923_110})
    taken = world.wiring("deliver_links").rate.take(3, 100, urgent=True)
    assert isinstance(taken, list)
    assert taken[0].at >= 173_076_923_100 // 50 * 0.52 + 1, "a second lies between what the two count"


# Credentials and sessions


def test_a_password_and_who_has_a_username(world: MemoryWorld) -> None:
    system = world.wiring("portal")
    credentials = system.credentials(SCHOOL)
    table, put = credentials.password_of(PERSON, "$argon2id$...", NOW)
    table.put(put)
    pk = "northbridge#P#01234567890000000001"
    password = {"pk": pk, "sk": "PASSWORD", "hash": "$argon2id$...", "set_at": 1_800_000_000}
    assert world.item("credentials", pk, "PASSWORD") == password
    table, put = credentials.name_of("f" * 32, PERSON, None)
    table.put(put)
    name = {"pk": f"northbridge#U#{'f' * 32}", "sk": "USERNAME", "person": PERSON}
    assert world.item("credentials", name["pk"], "USERNAME") == name
    world.put("credentials", password)
    world.put("credentials", name)
    assert credentials.password_hash(PERSON) == "$argon2id$..."
    assert credentials.holder_of("f" * 32) == PERSON
    credentials.rehash(PERSON, "$argon2id$...", "$argon2id$newer")
    assert world.item("credentials", pk, "PASSWORD") == {"pk": pk, "sk": "PASSWORD", "hash": "$argon2id$newer"}


def test_a_session(world: MemoryWorld) -> None:
    sessions = world.wiring("portal").sessions(SCHOOL)
    session = Session(
        person=PERSON, hash="a" * 64, version=3, stamp="s" * 12, created_at=NOW, seen_at=NOW + 1, expires_at=NOW + 2
    )
    item = {
        "pk": "northbridge#P#01234567890000000001",
        "sk": "a" * 64,
        "version": 3,
        "stamp": "s" * 12,
        "created_at": 1_800_000_000,
        "seen_at": 1_800_000_001,
        "expires_at": 1_800_000_002,
    }
    sessions.put(session)
    assert world.item("sessions", item["pk"], "a" * 64) == item
    world.put("sessions", item)
    assert sessions.all_of(PERSON) == [session]
    sessions.seen(session, NOW + 5)
    assert world.item("sessions", item["pk"], "a" * 64) == item | {"seen_at": 1_800_000_005}
