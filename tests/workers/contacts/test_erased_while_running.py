"""Somebody is erased while their contacts are read, or while the files are written: nothing about them is written behind that."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from latchkey.contacts.model.runs import LISTS, Run
from latchkey.contacts.stores.kept import KeptParents
from latchkey.records.erase_person import erase_person
from latchkey.records.forget_erased import forget_erased
from tests.support.console import HEAD_TEACHER, running_console
from tests.support.contacts import SCHOOL, Desk, sims, student, table

NOE, TESS = student(0, "Noé", "Blair"), student(1, "Tess", "Moor")
CONTENT = table(
    sims(NOE, ("Mrs", "Ana", "Blair"), email="ana.blair@mail.example"),
    sims(TESS, ("Mr", "Jo", "Moor"), email="jo.moor@mail.example"),
    encoding="cp1252",
)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with running_console(monkeypatch) as console:
        console.add([NOE, TESS])
        yield Desk(console, monkeypatch)


def erase(desk: Desk) -> None:
    console = desk.console.system.wiring("console")
    known = console.schools.get(SCHOOL)
    assert known is not None
    erase_person(console, known, HEAD_TEACHER, NOE.id)
    assert forget_erased(desk.console.system.wiring("plan_send"), SCHOOL, NOE.id)


def once(monkeypatch: pytest.MonkeyPatch, name: str, first: Callable[[], None]) -> None:
    """Let something happen just before a store writes for the first time."""
    original, done = getattr(KeptParents, name), list[bool]()

    def writes(self: KeptParents, run: Run, *args: Any) -> None:
        if not done:
            done.append(True)
            first()
        original(self, run, *args)

    monkeypatch.setattr(KeptParents, name, writes)


def kept(desk: Desk, run: str) -> str:
    """Everything that is kept of an upload, as text."""
    console = desk.console.system.wiring("console")
    store, now = console.kept_parents(SCHOOL), console.now()
    lists = [row for name in LISTS for row in store.listed(run, name, now)]
    return repr([[*store.pages(run, now)], store.paper(run, now), lists, console.contacts_runs(SCHOOL).get(run)])


@pytest.mark.parametrize("written", ["write", "write_lists"])
def test_while_the_file_is_read(desk: Desk, monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    run = desk.start(CONTENT)
    once(monkeypatch, written, lambda: erase(desk))
    assert desk.read(desk.came(run)) == 1, "the worker has lost the run"
    assert desk.read(desk.came(run), attempt=2) == 0
    assert desk.finish(run)["state"] == "finished"
    found = kept(desk, run)
    assert (NOE.id in found, "ana.blair" in found, "jo.moor" in found) == (False, False, True)


@pytest.mark.parametrize("written", ["write_lists", "write_paper"])
def test_while_the_files_are_written(desk: Desk, monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    run = desk.start(CONTENT)
    assert desk.read(desk.came(run)) == 0
    (message,) = desk.console.system.messages("EXPORT_QUEUE")
    once(monkeypatch, written, lambda: erase(desk))
    assert desk.write(message) == 1, "the worker has lost the run"
    assert desk.write(message, attempt=2) == 0
    assert desk.run(run)["state"] == "finished"
    assert [row["Forename"] for row in desk.rows(run, "student")] == ["Tess"]
    found = kept(desk, run)
    assert (NOE.id in found, "ana.blair" in found, "jo.moor" in found) == (False, False, True)
