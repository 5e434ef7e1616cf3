"""A roster that is loaded while a school's look-up key is replaced: everybody in it has the newest key, and no change is lost."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

import operate.handler as operate_door
from latchkey.people.model.change import PersonChange
from latchkey.people.model.person import MailProblem, Person
from latchkey.shared.model.identifiers import lookup
from tests.support.console import running_console
from tests.support.rosters import SCHOOL, Desk, row
from tests.support.sqs import Context


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with running_console(monkeypatch) as console:
        monkeypatch.setattr(operate_door, "system", lambda: console.system.wiring("operate"))
        yield Desk(console, monkeypatch)


def begin() -> None:
    event = {"command": "rotate_lookup_key", "school": SCHOOL, "confirm": True}
    assert operate_door.handle(event, Context())["state"] == "waiting"


def key(desk: Desk, epoch: int, kind: str, value: Any) -> str:
    return lookup(desk.worker.lookup_key(SCHOOL, epoch), kind, value)


def person(desk: Desk, number: int) -> Person:
    found = desk.person(row(number)["mis_id"])
    assert found is not None
    return found


def test_new_changed_and_unchanged_people(desk: Desk) -> None:
    rows = [row(1, email="a@x.example", username="ann"), row(2, email="b@x.example", username="ben"), row(3, username="carl")]
    desk.load(rows)
    begin()
    rows = [rows[0], rows[1] | {"family_name": "Adams"}, rows[2] | {"email": "c@x.example"}, row(4, email="d@x.example")]
    found = desk.load(rows)["counts"]
    assert (found["new"], found["changed"], found["unchanged"], found["rejected"]) == (1, 2, 1, 0)
    for number, epoch in ((1, 0), (2, 1), (3, 1), (4, 1)):
        now = person(desk, number)
        assert now.email_key == key(desk, epoch, "email", now.email)
        assert now.username is None or now.username_key == key(desk, epoch, "username", now.username)


def test_a_mark_of_an_address_stays_with_it(desk: Desk) -> None:
    rows = [row(number, email=f"a{number}@x.example") for number in (1, 2)]
    desk.load(rows)
    directory = desk.worker.directory(SCHOOL)
    for number in (1, 2):
        now = person(desk, number)
        directory.note_mail_problem(now.id, MailProblem("bounced", 5, str(now.email_key)))
    begin()
    desk.load([rows[0] | {"family_name": "Adams"}, rows[1] | {"email": "new@x.example"}])
    assert [person(desk, number).problem for number in (1, 2)] == ["bounced", None]


def test_a_key_that_is_replaced_between_reading_and_writing_holds_no_change_up(desk: Desk) -> None:
    desk.load([row(1, email="a@x.example")])
    ann, directory = person(desk, 1), desk.worker.directory(SCHOOL)
    directory.change(ann.id, {"email_key": key(desk, 1, "email", "a@x.example")})
    assert directory.take_over([PersonChange(ann, replace(ann, family_name="Adams"))]) == 0
    now = person(desk, 1)
    assert (now.family_name, now.email_key) == ("Adams", key(desk, 1, "email", "a@x.example"))
