"""Files made to hurt, through the worker: the run fails at once with its reason, and the next school's is read."""

import errno
from collections.abc import Iterator
from typing import Any

import pytest

from latchkey.office_files.model.unusable import Unusable
from latchkey.office_files.stores import scratch
from latchkey.rosters.stores import notes
from latchkey.rosters.stores.notes import TemporaryNotes
from latchkey.shared.stores.uploads import Upload
from tests.support.console import running_console
from tests.support.rosters import Desk, parent, plain
from tests.support.workbooks import HEADER, excel, raw, texts

NO_ROOM = "There is no room on our disk to read this file now. Upload it again later, or in parts."
TOO_MANY = "The file names more people, and links between them, than any school has. Upload it in parts."


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with running_console(monkeypatch) as console:
        yield Desk(console, monkeypatch)


def many_parents() -> bytes:
    return plain([parent(number, *(f"S{number}-{child}" for child in range(20))) for number in range(400)])


def test_a_bomb_fails_at_once_and_the_next_file_is_read(desk: Desk) -> None:
    bomb = raw('<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "a">]><worksheet>&a;</worksheet>')
    run = desk.preview(bomb, "bomb.xlsx")
    assert run["state"] == "failed"
    assert run["reason"].startswith("the sheet Sheet1 defines entities or a document type")
    after = desk.preview(excel(("People", [["mis_id", "role", "surname"], ["S1", "student", "Khan"]])), "people.xlsx")
    assert (after["state"], after["counts"]["new"]) == ("previewed", 1)


def test_a_workbook_goes_from_upload_to_people(desk: Desk) -> None:
    more = texts(2, "S2", "student", "Zoë", "O’Neil") + '<row r="3"><c r="A3" t="str"><v>S3</v></c><c r="B3"><f>A1</f></c></row>'
    run = desk.preview(raw(HEADER + texts(2, "S1", "student", "Ada", "Khan"), HEADER + more), "people.xlsm")
    assert (run["counts"]["new"], run["counts"]["rejected"]) == (2, 1)
    said = " ".join(warning["text"] for warning in run["warnings"])
    assert "2 sheets have the same header" in said
    assert "Cell B3 of the sheet Sheet2 holds a formula without its result" in said
    assert desk.apply(run["id"])["state"] == "finished"
    assert desk.person("S2") is not None


@pytest.mark.parametrize("full", ["disk", "own"])
def test_a_full_disk_is_an_answer_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch, full: str) -> None:
    monkeypatch.setattr(scratch, "LARGEST", 64 * 4096)
    monkeypatch.setattr(scratch, "_SPARE", -32 if full == "disk" else 4096)
    run = desk.preview(many_parents())
    assert (run["state"], run["reason"]) == ("failed", NO_ROOM if full == "disk" else TOO_MANY)


def test_a_disk_that_is_full_for_others_is_one_too() -> None:
    with pytest.raises(Unusable, match="no room on our disk"), TemporaryNotes():
        raise OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(OSError, match="other"), TemporaryNotes():
        raise OSError(errno.EIO, "other")


def test_links_are_counted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "MOST_LINKS", 100)
    run = desk.preview(plain([parent(number, *(f"S{number}-{child}" for child in range(20))) for number in range(6)]))
    assert (run["state"], "Up to row 7 the file has more than 100 links" in run["reason"]) == ("failed", True)
    run = desk.preview(plain([parent(number, *(f"S{number}-{child}" for child in range(20))) for number in range(5)]))
    assert run["state"] == "previewed"


def test_the_same_link_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "MOST_LINKS", 2)
    with TemporaryNotes() as kept:
        for _ in range(3):
            kept.link([("S1", "P1", 2), ("S1", "P2", 2)])
        assert kept.links == 2


def test_a_file_is_not_held_in_memory(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker reads an upload block by block: what it asks S3 for is never the whole."""
    asked: list[int] = []
    fetch = Upload._fetch

    def counted(upload: Upload, start: int) -> bytes:
        block = fetch(upload, start)
        asked.append(len(block))
        return block

    monkeypatch.setattr("latchkey.shared.stores.uploads._BLOCK", 1000)
    monkeypatch.setattr(Upload, "_fetch", counted)
    rows: list[Any] = [["mis_id", "role", "surname"], *([f"S{number}", "student", f"Family{number}"] for number in range(300))]
    content = excel(("People", rows))
    assert desk.preview(content, "people.xlsx")["counts"]["new"] == 300
    assert max(asked) <= 1000 < len(content)
