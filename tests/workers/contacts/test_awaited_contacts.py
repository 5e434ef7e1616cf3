"""Contacts that were started and whose file never came end; nothing else does."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from latchkey.errors import TryLater
from latchkey.shared.await_file import SLOW, UPLOAD_LIFE
from latchkey.shared.stores.queues import Queue
from tests.support.console import running_console
from tests.support.contacts import CONTACTS, SCHOOL, Desk, sims, student, table

NOE = student(0, "Noé", "Blair")
CONTENT = table(sims(NOE, ("Mrs", "Ana", "Blair"), email="ana.blair@mail.example"))
REASON = "No file came within a quarter of an hour, so this upload has ended. Nothing was changed. Start it again."


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with running_console(monkeypatch) as console:
        console.add([NOE])
        yield Desk(console, monkeypatch)


@pytest.fixture
def put(monkeypatch: pytest.MonkeyPatch) -> list[tuple[dict[str, Any], int]]:
    """The messages that are put, and their delays."""
    found: list[tuple[dict[str, Any], int]] = []
    monkeypatch.setattr(Queue, "put", lambda _, message, *, delay=0, group="": found.append((dict(message), delay)))
    return found


def awaited(run: str) -> dict[str, Any]:
    return {"v": 1, "kind": "await_contacts", "school": SCHOOL, "contacts": run}


def test_no_file_no_contacts(desk: Desk, put: list[tuple[dict[str, Any], int]]) -> None:
    run = desk.start(None)
    message = {"kind": "await_contacts", "school": SCHOOL, "contacts": run}
    assert put == [(message, UPLOAD_LIFE)]
    desk.wait(UPLOAD_LIFE)
    assert desk.read(awaited(run)) == 0
    assert put[1:] == [(message, SLOW)], "an upload that began in time may still be on its way"
    assert desk.run(run)["state"] == "queued"
    desk.wait(SLOW)
    assert desk.read(awaited(run), awaited(run)) == 0
    ended = desk.run(run)
    assert (ended["state"], ended["reason"], ended["finished_at"] is not None) == ("failed", REASON, True)
    assert len(put) == 2
    events = [each["action"] for each in desk.console.system.wiring("console").audit(SCHOOL).page()[0]]
    assert [each for each in events if each.startswith("contacts.")] == ["contacts.refused", "contacts.start"]
    assert REASON in desk.console.page(f"{CONTACTS}/{run}").body.decode()


def test_a_file_whose_event_was_lost_is_read(desk: Desk) -> None:
    run = desk.start(CONTENT)
    desk.wait(UPLOAD_LIFE)
    assert desk.read(awaited(run)) == 0
    assert (desk.run(run)["step"], desk.uploads()) == ("files", [])
    assert desk.read(desk.came(run), awaited(run)) == 0, "the event comes after all"
    assert desk.finish(run)["state"] == "finished"


def test_a_file_that_comes_late_to_its_end_is_deleted_unread(desk: Desk) -> None:
    run = desk.start(None)
    desk.wait(UPLOAD_LIFE + SLOW)
    assert desk.read(awaited(run)) == 0
    desk.put(run, CONTENT)
    assert desk.read(desk.came(run)) == 0
    assert (desk.run(run)["state"], desk.uploads()) == ("failed", [])


def test_another_run_and_another_school_notice_nothing(desk: Desk) -> None:
    abandoned, waiting = desk.start(None), desk.start(None)
    desk.wait(UPLOAD_LIFE + SLOW)
    assert desk.read({**awaited(abandoned), "school": "southgate"}) == 0
    assert desk.run(abandoned)["state"] == "queued"
    assert desk.read(awaited(abandoned), awaited("0" * 26)) == 0
    assert [desk.run(each)["state"] for each in (abandoned, waiting)] == ["failed", "queued"]


def test_contacts_whose_message_cannot_be_put_are_not_started(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any, **__: Any) -> None:
        raise TryLater

    monkeypatch.setattr(Queue, "put", refused)
    assert desk.console.post(CONTACTS, {"filename": "contacts.csv"}).status_code == 503
    assert json.loads(desk.console.get(CONTACTS).body)["items"] == []


def test_the_same_key_gets_a_form_for_the_rest_of_the_time_and_none_afterwards(desk: Desk) -> None:
    def start() -> Any:
        return desk.console.post(CONTACTS, {"filename": "contacts.csv", "idempotency_key": "one-upload"})

    first = start()
    desk.wait(UPLOAD_LIFE - 1)
    again = start()
    assert (again.status_code, again.json_body["id"]) == (201, first.json_body["id"])
    desk.wait(1)
    late = start()
    assert (late.status_code, "another key" in late.json_body["detail"]) == (409, True)
