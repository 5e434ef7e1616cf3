"""Erasing a person, by the console and in the ledger."""

import json
from collections import Counter

from latchkey.people.model.person import Person
from latchkey.records.erase_person import erase_person
from latchkey.sends.model.send import Chunk, Selection
from tests.support.mail_road import MailRoad

ADMIN = Person(id="a" * 20, role="staff", given_name="Ada", family_name="Admin", is_admin=True)


def erase(road: MailRoad, person: Person) -> None:
    """By the console, and then by the worker, as often as there are messages."""
    console = road.system.wiring("console")
    school = console.schools.get("northbridge")
    assert school is not None
    erase_person(console, school, ADMIN, person.id)
    message = {"v": 1, "kind": "forget", "school": "northbridge", "person": person.id}
    assert road.plan([json.dumps(message)]) == []
    road.system.clock.now += 900
    bodies = [json.dumps({**message, "kind": "erase", "origin": "admin"})]
    while bodies:
        assert road.plan(bodies) == []
        bodies = [body for body in road.system.messages("PLAN_QUEUE") if json.loads(body)["kind"] == "erase"]


def chunks(road: MailRoad, send: str) -> list[Chunk]:
    return list(road.system.wiring("console").ledger("northbridge").chunks(send))


def test_name_and_address_go_out_of_the_ledger_and_counts_add_up(road: MailRoad) -> None:
    people = [road.person(number) for number in range(1, 4)]
    sends = [road.start() for _ in range(12)]  # more than one message goes through
    road.plan()
    road.deliver()
    road.ask(road.forgot("p1@x.example"))
    road.plan()
    road.deliver()
    counts = [road.send(send).counts for send in sends]
    erase(road, people[0])
    own, _ = road.system.wiring("console").sends("northbridge").page(origin="person")
    assert len(own) == 1
    for send in (*sends, own[0].id):
        held = repr(chunks(road, send))
        assert people[0].id in held
        for word in ("G0001", "p1@x.example", "'p1'"):
            assert word not in held
    assert "p2@x.example" in repr(chunks(road, sends[0]))
    assert [road.send(send).counts for send in sends] == counts


def test_what_waits_is_cancelled_and_a_mail_of_two_keeps_the_other(road: MailRoad) -> None:
    ann, ben = (road.person(number, email="home@x.example") for number in (1, 2))
    cat = road.person(3)
    send = road.start(Selection(ids=(ann.id, cat.id)))
    road.plan()
    both = road.start(Selection(ids=(ann.id, ben.id)))
    road.plan()
    road.deliver([body for body in road.chunks() if both in body])
    erase(road, ann)
    (shared,) = chunks(road, both)[0].mails
    assert (shared.to, [account.name for account in shared.accounts]) == ("home@x.example", ["", ben.name])
    states = Counter(mail.state for mail in chunks(road, send)[0].mails)
    assert states == {"cancelled": 1, "planned": 1}
    assert road.send(send).counts["cancelled"] == 1
    assert "home@x.example" not in repr(chunks(road, send))


def test_doing_it_twice_changes_nothing_more(road: MailRoad) -> None:
    ann = road.person(1)
    send = road.start()
    road.plan()
    road.deliver()
    erase(road, ann)
    before = chunks(road, send)
    message = {"v": 1, "kind": "erase", "school": "northbridge", "person": ann.id, "origin": "admin"}
    assert road.plan([json.dumps(message)]) == []
    assert chunks(road, send) == before


def test_without_a_copy_nothing_is_forgotten(road: MailRoad) -> None:
    """The message came, and the transaction that erases did not: whoever it names is still there, with all that is theirs."""
    ann = road.person(1)
    road.start()
    message = {"v": 1, "kind": "forget", "school": "northbridge", "person": ann.id}
    assert road.plan([json.dumps(message)]) == []
    assert road.system.wiring("console").directory("northbridge").person(ann.id) == ann


def test_a_message_that_is_none_is_refused(road: MailRoad) -> None:
    good = {"v": 1, "kind": "erase", "school": "northbridge", "person": "a" * 20, "origin": "admin"}
    for wrong in ({"origin": "x"}, {"person": "x"}, {"after": 7}, {"after": "#"}, {"origin": None}):
        assert len(road.plan([json.dumps({**good, **wrong})])) == 1
