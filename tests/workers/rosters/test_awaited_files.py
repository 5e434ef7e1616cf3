"""A roster that was started and whose file never came ends; nothing else does."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from latchkey.errors import TryLater
from latchkey.shared.await_file import SLOW, UPLOAD_LIFE
from latchkey.shared.stores.queues import Queue
from tests.support.console import running_console
from tests.support.rosters import ROSTERS, SCHOOL, Desk, plain, row


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with running_console(monkeypatch) as console:
        yield Desk(console, monkeypatch)


@pytest.fixture
def put(monkeypatch: pytest.MonkeyPatch) -> list[tuple[dict[str, Any], int]]:
    """The messages that are put, and their delays."""
    found: list[tuple[dict[str, Any], int]] = []
    monkeypatch.setattr(Queue, "put", lambda _, message, *, delay=0, group="": found.append((dict(message), delay)))
    return found


def awaited(roster: str) -> dict[str, Any]:
    return {"v": 1, "kind": "await_file", "school": SCHOOL, "roster": roster}


def wait(desk: Desk, seconds: int) -> None:
    desk.console.system.clock.now += seconds


def test_no_file_no_roster(desk: Desk, put: list[tuple[dict[str, Any], int]]) -> None:
    roster = desk.start(None)
    message = {"kind": "await_file", "school": SCHOOL, "roster": roster}
    assert put == [(message, UPLOAD_LIFE)]
    wait(desk, UPLOAD_LIFE)
    assert desk.work(awaited(roster)) == 0
    assert put[1:] == [(message, SLOW)], "an upload that began in time may still be on its way"
    assert desk.run(roster)["state"] == "queued"
    wait(desk, SLOW)
    assert desk.work(awaited(roster), awaited(roster)) == 0
    run = desk.run(roster)
    assert (run["state"], run["finished_at"] is not None) == ("failed", True)
    assert (
        run["reason"]
        == "No file came within a quarter of an hour, so this roster has ended. Nothing was changed. Start it again."
    )
    assert len(put) == 2
    assert [event["action"] for event in desk.worker_audit()] == ["roster.refused", "roster.start"]
    page = desk.console.page(f"{ROSTERS}/{roster}")
    assert "No file came within a quarter of an hour" in page.body.decode()


def test_a_file_whose_event_was_lost_is_read(desk: Desk) -> None:
    roster = desk.start(plain([row(1)]))
    wait(desk, UPLOAD_LIFE)
    assert desk.work(awaited(roster)) == 0
    assert desk.run(roster)["state"] == "previewed"
    assert desk.work(desk.came(roster), awaited(roster)) == 0, "the event comes after all"
    assert desk.run(roster)["state"] == "previewed"


def test_a_file_that_comes_late_to_its_end_is_not_read(desk: Desk) -> None:
    roster = desk.start(None)
    wait(desk, UPLOAD_LIFE + SLOW)
    assert desk.work(awaited(roster)) == 0
    desk.put(roster, plain([row(1)]))
    assert desk.work(desk.came(roster)) == 0
    assert desk.run(roster)["state"] == "failed"


def test_another_roster_and_another_school_notice_nothing(desk: Desk) -> None:
    abandoned, waiting = desk.start(None), desk.start(None)
    wait(desk, UPLOAD_LIFE + SLOW)
    assert desk.work({**awaited(abandoned), "school": "southgate"}) == 0
    assert desk.run(abandoned)["state"] == "queued"
    assert desk.work(awaited(abandoned), awaited("0" * 26)) == 0
    assert [desk.run(each)["state"] for each in (abandoned, waiting)] == ["failed", "queued"]


def test_a_roster_whose_message_cannot_be_put_is_not_started(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any, **__: Any) -> None:
        raise TryLater

    monkeypatch.setattr(Queue, "put", refused)
    answer = desk.console.post(ROSTERS, {"filename": "people.csv"})
    assert answer.status_code == 503
    assert json.loads(desk.console.get(ROSTERS).body)["items"] == []
