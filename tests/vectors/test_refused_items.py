"""Literal items and messages of refused mail: see test_activity_items.py. Never change these."""

import json
from dataclasses import replace
from typing import Any

import pytest

import plan_send.handler as plan_door
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from latchkey.sends.model.domains import DomainCounts, Domains
from latchkey.sends.model.mailbox_test import MailboxTest
from latchkey.sends.model.refusals import fault_of, shown
from latchkey.sends.model.send import Refused, Selection, Send
from latchkey.sends.model.trust import Trust
from latchkey.sends.trust_addresses import trust_domain
from latchkey.shared.model.messages import Message
from tests.support.memory_world import NOW, MemoryWorld

SCHOOL, ADMIN = "northbridge", "01234567890000000004"
RUN, EARLIER = "01jhm6qk00zzzzzzzzzzzzzzzz", "01jhm6qk00yyyyyyyyyyyyyyyy"


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld()


COUNTS: dict[str, Any] = {
    "pk": "northbridge#MAILDOMAINS",
    "sk": "COUNTS",
    "revision": 1,
    "since": 1_800_000_000,
    "domains": {"pupils.example": [6, 5, 4, 3, 2, 1], "other": [1, 0, 0, 0, 0, 1]},
}


def test_a_domain_that_nobody_uses(world: MemoryWorld) -> None:
    world.put("activity", COUNTS | {"last": "0" * 16, "domains": {"quiet.example": [60, 60, 0, 0, 0, 0]}})
    console = world.wiring("console")
    assert console.mail_domains(SCHOOL).get().silent(NOW + 86_400) == [("quiet.example", 60)], "an item from before"
    world.wiring("mail_feedback").mail_domains(SCHOOL).add([{"x.example": DomainCounts(sent=1)}], NOW + 5)
    item = world.item("activity", "northbridge#MAILDOMAINS", "COUNTS")
    assert item is not None
    assert item["silent"] == {"quiet.example": NOW + 5}


TEST: dict[str, Any] = {
    "pk": "northbridge#MAILTESTS",
    "sk": RUN,
    "created_at": 1_800_000_000,
    "created_by": ADMIN,
    "addresses": ["a@pupils.example", "b@pupils.example"],
    "expires_at": 1_800_604_800,
}


def test_a_test_of_mailboxes(world: MemoryWorld) -> None:
    made = MailboxTest(id=RUN, created_at=NOW, created_by=ADMIN, addresses=("a@pupils.example", "b@pupils.example"))
    world.wiring("console").mailbox_tests(SCHOOL).make(made)
    assert world.item("activity", "northbridge#MAILTESTS", RUN) == TEST
    assert world.wiring("plan_send").mailbox_tests(SCHOOL).get(RUN) == made


def test_the_message_of_a_test_of_mailboxes(world: MemoryWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world.put("activity", TEST)
    world.put("directory", {"pk": SCHOOL, "sk": "SCHOOL", "slug": SCHOOL, "name": "Northbridge", "settings": {}})
    monkeypatch.setattr(plan_door, "system", lambda: world.wiring("plan_send"))
    message = {"v": 1, "kind": "mailbox_test", "school": SCHOOL, "request": RUN, "at": NOW}
    assert plan_door.work(Message(message))["outcome"] == "planned"
    assert world.item("activity", "northbridge#REQUESTS", RUN) is not None


def test_counts_by_domain(world: MemoryWorld) -> None:
    counts = {"pupils.example": DomainCounts(6, 5, 4, 3, 2, 1), "other": DomainCounts(sent=1, dead=1)}
    world.wiring("mail_feedback").mail_domains(SCHOOL).add([counts], NOW)
    item = world.item("activity", "northbridge#MAILDOMAINS", "COUNTS")
    assert item is not None
    assert len(item.pop("last")) == 16
    assert item == COUNTS
    assert world.wiring("console").mail_domains(SCHOOL).get() == Domains(NOW, counts)
    assert DomainCounts(6, 5, 4, 3, 2, 1) == DomainCounts(
        sent=6, delivered=5, used=4, refused_by_us=3, refused_by_filter=2, dead=1
    )


TRUST = Trust(id=RUN, domain="pupils.example", created_at=NOW, created_by=ADMIN)
TRUST_ITEM: dict[str, Any] = {
    "pk": "northbridge#TRUSTS",
    "sk": RUN,
    "domain": "pupils.example",
    "created_at": 1_800_000_000,
    "created_by": ADMIN,
    "state": "queued",
    "looked": 0,
    "taken": 0,
    "expires_at": 1_834_560_000,
}


def test_a_trust(world: MemoryWorld) -> None:
    trusts = world.wiring("console").trusts(SCHOOL)
    trusts.make(TRUST)
    assert world.item("activity", "northbridge#TRUSTS", RUN) == TRUST_ITEM
    assert trusts.get(RUN) == TRUST
    world.put("activity", TRUST_ITEM | {"state": "running", "after": ["student", "7", "7A", ADMIN], "looked": 9, "taken": 2})
    moved = replace(TRUST, state="running", after=("student", "7", "7A", ADMIN), looked=9, taken=2)
    assert trusts.get(RUN) == moved
    assert trusts.move(moved, replace(moved, state="finished", after=(), looked=12))
    assert world.item("activity", "northbridge#TRUSTS", RUN) == TRUST_ITEM | {"state": "finished", "looked": 12, "taken": 2}


def test_a_send_to_those_who_were_refused_and_what_was_refused_of_it(world: MemoryWorld) -> None:
    send = Send(
        id=RUN,
        kind="password_link",
        state="paused",
        origin="admin",
        created_at=NOW,
        created_by=ADMIN,
        selection=Selection(pick="refused", domain="pupils.example"),
        reason="brake_filter",
        refused=Refused(dead=1, filter=2, ours=3),
    )
    sends = world.wiring("console").sends(SCHOOL)
    assert sends.make(send)
    item = world.item("activity", "northbridge#SENDS", RUN)
    assert item is not None
    assert {name: item[name] for name in ("pick", "domain", "reason", "refused_dead", "refused_filter", "refused_ours")} == {
        "pick": "refused",
        "domain": "pupils.example",
        "reason": "brake_filter",
        "refused_dead": 1,
        "refused_filter": 2,
        "refused_ours": 3,
    }
    world.put("activity", item | {"refused_before": [1, 1, 1]})
    assert sends.get(RUN) == replace(send, refused_before=Refused(1, 1, 1))


@pytest.mark.parametrize(
    ("stored", "fault"),
    [
        ("hard", "dead_address"),
        ("hard_no_mailbox", "dead_address"),
        ("hard_suppressed", "dead_address"),
        ("hard_filter", "school_filter"),
        ("soft_filter", "school_filter"),
        ("hard_ours", "our_fault"),
        ("soft_ours", "our_fault"),
        ("delay_filter", "school_filter"),
        ("delay_ours", "our_fault"),
        ("delay", None),
        ("soft", None),
        ("soft_mailbox_full", None),
        ("soft_content", None),
        ("soft_undetermined", None),
    ],
)
def test_reasons_of_the_ledger(stored: str, fault: str | None) -> None:
    assert fault_of(stored) == fault
    assert shown(stored) == (fault or stored)


def test_the_message_of_a_trust(world: MemoryWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    assert world.wiring("operate").schools.make(School(slug=SCHOOL, name="Northbridge Academy"))
    admin = Person(id=ADMIN, role="staff", given_name="Ada", family_name="Admin", is_admin=True)
    made = trust_domain(world.wiring("console"), SCHOOL, admin, "pupils.example").trust
    (put,) = world.sqs.sent
    assert (put["QueueUrl"], json.loads(put["MessageBody"])) == (
        "plan_queue",
        {"v": 1, "kind": "trust", "school": SCHOOL, "trust": made.id},
    )
    monkeypatch.setattr(plan_door, "system", lambda: world.wiring("plan_send"))
    body = f'{{"v":1,"kind":"trust","school":"northbridge","trust":"{made.id}"}}'
    assert plan_door.work(Message(body)) == {
        "kind": "trust",
        "school": SCHOOL,
        "trust": made.id,
        "state": "finished",
        "taken": 0,
    }
