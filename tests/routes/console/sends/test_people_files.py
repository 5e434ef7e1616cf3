"""Files of a large message's people: a worker makes them, and their page says when they are there."""

import csv
import io
from random import Random
from typing import Any

import pytest

from latchkey.errors import NotFound
from latchkey.sends.download_recipients import see_file
from latchkey.sends.model.people_file import LIFE, PATIENCE
from tests.routes.console.sends.test_sends import SENDS
from tests.support.console import HEAD, Console
from tests.support.exports import deliver, files
from tests.support.large_send import Large, numbers_read


@pytest.fixture
def large(console: Console, monkeypatch: pytest.MonkeyPatch) -> Large:
    return Large(console, monkeypatch)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    return numbers_read(monkeypatch)


def asked(large: Large, **query: str) -> str:
    """The path of a file that a worker has to make."""
    answer = large.console.get(f"{SENDS}/{large.send}/recipients/download", **query)
    assert answer.status_code == 303, answer.body
    place = str(answer.headers["Location"])
    assert place.startswith(f"{SENDS}/{large.send}/recipients/files/")
    return place


def worked(large: Large, monkeypatch: pytest.MonkeyPatch, attempt: int = 1) -> int:
    return deliver(large.console.system, monkeypatch, large.console.system.messages("EXPORT_QUEUE"), attempt)


def lines(large: Large) -> list[dict[str, str]]:
    (data,) = (data for key, data in files(large.console.system).items() if key.startswith("recipients/"))
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


@pytest.mark.parametrize("wanted", [{}, {"show": "not_used"}, {"q": "given1"}])
def test_a_worker_makes_it_of_those_whom_the_list_has(
    large: Large, read: list[int], monkeypatch: pytest.MonkeyPatch, wanted: dict[str, str]
) -> None:
    large.turn(Random(3))
    large.follow()
    read.clear()
    path = asked(large, **wanted)
    assert read == [], "the answer reads no ledger"
    waiting = large.console.get(path).json_body
    assert (waiting["state"], waiting["download"]) == ("queued", None)
    assert large.console.get(f"{path}/download").json_body["code"] == "not_ready"
    assert b"data-live=" in large.console.page(path).body
    assert worked(large, monkeypatch) == 0
    made = large.console.get(path).json_body
    rows = large.rows(**wanted)
    assert (made["state"], made["rows"]) == ("finished", len(rows))
    assert sorted(line["Person"] for line in lines(large)) == sorted(row["person"] for row in rows)
    assert b"The file is ready" in large.console.page(path).body
    link = large.console.get(made["download"])
    assert link.status_code == 303
    assert "/recipients/northbridge/" in link.headers["Location"]


def test_a_message_that_comes_twice_makes_one_file(large: Large, monkeypatch: pytest.MonkeyPatch) -> None:
    large.follow()
    asked(large)
    system = large.console.system
    bodies = system.messages("EXPORT_QUEUE")
    assert deliver(system, monkeypatch, [*bodies, *bodies]) == 0
    assert len([key for key in files(system) if key.startswith("recipients/")]) == 1


def test_for_tutors_it_has_a_sheet_for_each_group(large: Large, monkeypatch: pytest.MonkeyPatch) -> None:
    large.follow()
    path = asked(large, format="xlsx", by="group")
    assert worked(large, monkeypatch) == 0
    made = large.console.get(path).json_body
    assert (made["format"], made["by"], made["state"]) == ("xlsx", "group", "finished")


def test_it_waits_for_a_roll_and_says_so_when_it_cannot_be_made(large: Large, monkeypatch: pytest.MonkeyPatch) -> None:
    large.follow()
    path = asked(large)
    monkeypatch.setattr("latchkey.sends.download_recipients.read_kept_roll", lambda *_: None)
    bodies = large.console.system.messages("EXPORT_QUEUE")
    assert deliver(large.console.system, monkeypatch, bodies) == 1
    assert large.console.get(path).json_body["state"] == "queued"
    assert deliver(large.console.system, monkeypatch, bodies, attempt=99) == 1
    assert large.console.get(path).json_body["state"] == "failed"
    assert b"Ask for the file again" in large.console.page(path).body


def test_one_of_too_many_has_failed_at_once(large: Large, monkeypatch: pytest.MonkeyPatch) -> None:
    large.follow()
    path = asked(large)
    monkeypatch.setattr("latchkey.sends.download_recipients.MOST", 7)
    assert worked(large, monkeypatch) == 0
    assert large.console.get(path).json_body["state"] == "failed"
    assert not [key for key in files(large.console.system) if key.startswith("recipients/")]


def test_one_that_never_comes_has_failed_and_after_a_day_it_is_forgotten(large: Large) -> None:
    large.follow()
    name = asked(large).rpartition("/")[2]
    system = large.console.system.wiring("console")
    found, start = see_file(system, "northbridge", large.send, name)[0], large.now
    assert [found.state_at(start + after) for after in (PATIENCE, PATIENCE + 1)] == ["queued", "failed"]
    large.console.system.clock.now += LIFE
    with pytest.raises(NotFound):
        see_file(system, "northbridge", large.send, name)


def test_it_is_found_with_its_own_message_and_id_only(large: Large) -> None:
    large.follow()
    path = asked(large)
    name = path.rpartition("/")[2]
    for other in (f"{SENDS}/{'0' * 26}/recipients/files/{name}", path[:-1] + "~", f"{path}x"):
        assert large.console.get(other).status_code == 404, other


def test_each_download_stands_in_the_audit_trail_with_who_has_it(large: Large, monkeypatch: pytest.MonkeyPatch) -> None:
    def downloads() -> list[tuple[str, int]]:
        events: list[dict[str, Any]] = large.console.get("/admin/northbridge/audit").json_body["items"]
        return [(event["actor"], event["facts"]["rows"]) for event in events if event["action"] == "send.download"]

    large.follow()
    path = asked(large)
    assert worked(large, monkeypatch) == 0
    assert downloads() == []
    for times in (1, 2):
        assert large.console.get(f"{path}/download").status_code == 303
        assert downloads() == [(HEAD, 200)] * times
