"""The stores of contacts: runs that one worker has at a time, and parents that go by themselves. On moto and in memory."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from latchkey.contacts.model.contact import Child, Parent
from latchkey.contacts.model.runs import KEPT, Listed, Run
from latchkey.contacts.stores.kept import KeptParents
from latchkey.contacts.stores.runs import ContactsRuns
from latchkey.errors import Changed
from latchkey.shared.stores.pace import Pace
from tests.support.system import START, TestSystem, running_system

RUN = Run(
    id="0" * 26, state="queued", step="upload", filename="c.csv", key="contacts/n/0/1", created_at=START, created_by="a" * 20
)
LEA = Parent(
    id="f" * 32,
    title="Ms",
    given_name="Lea",
    family_name="Moor",
    email="lea@mail.example",
    phones=(("mobile", "07700 900123"),),
    children=(Child(student="s" * 20, relationship="Mother", priority=1, responsible=True, barred="court_order"),),
)


@pytest.fixture(params=["moto", "memory"])
def system(request: pytest.FixtureRequest) -> Iterator[TestSystem]:
    with running_system(moto=request.param == "moto") as made:
        yield made


@pytest.fixture
def runs(system: TestSystem) -> ContactsRuns:
    made = system.wiring("console").contacts_runs("northbridge")
    event = system.wiring("console").audit("northbridge").record_of("a" * 20, "contacts.start", START, {"contacts": RUN.id})
    assert made.make(RUN, event)
    return made


@pytest.fixture
def kept(system: TestSystem) -> KeptParents:
    return system.wiring("read_roster").kept_parents("northbridge")


def test_a_run_is_kept_whole_and_made_once(runs: ContactsRuns, system: TestSystem) -> None:
    assert runs.get(RUN.id) == RUN
    event = system.wiring("console").audit("northbridge").record_of("a" * 20, "contacts.start", START, {})
    assert not runs.make(replace(RUN, filename="other.csv"), event)
    assert runs.page() == ([RUN], None)
    assert runs.get("1" * 26) is None


def test_one_worker_at_a_time_has_a_run_and_the_one_that_lost_it_writes_nothing(runs: ContactsRuns) -> None:
    first = runs.take(RUN, START, 60)
    assert (first.state, first.step, first.attempt) == ("running", "read", 1)
    with pytest.raises(Changed):
        runs.take(first, START + 59, 60)
    second = runs.take(first, START + 60, 60)
    with pytest.raises(Changed):
        runs.note_progress(first, 5, START + 200)
    assert runs.note_progress(second, 5, START + 200, position="abc").position == "abc"
    runs.release(first)
    assert runs.get(RUN.id) is not None
    read = runs.finish_reading(replace(second, shape="long", stated=("priority",), counts={"matched": 1}, asked_at=START))
    assert (read.kept, read.step, read.position, read.begun, read.shape) == (True, "files", "", 2, "long")


def test_columns_are_asked_for_and_named_once(runs: ContactsRuns) -> None:
    asked = runs.ask_for_columns(runs.take(RUN, START, 60), ["a", "b"], {"upn": 0})
    assert (asked.state, asked.header, asked.found) == ("paused", ("a", "b"), {"upn": 0})
    named = runs.set_columns(asked, {"upn": 0, "email": 1})
    assert (named.state, named.step, named.columns) == ("running", "read", {"upn": 0, "email": 1})
    with pytest.raises(Changed):
        runs.set_columns(asked, {})


def test_what_was_replaced_has_no_files_and_gets_none(runs: ContactsRuns) -> None:
    read = runs.finish_reading(runs.take(RUN, START, 60))
    writer = runs.take(read, START, 60)
    runs.replaced(read)
    found = runs.get(RUN.id)
    assert found is not None
    assert (found.kept, found.files, found.state) == (False, {}, "finished")
    with pytest.raises(Changed):
        runs.note_progress(writer, 1, START)
    with pytest.raises(Changed):
        runs.ask_for_files(found, "all", START)


def test_parents_are_kept_whole_for_90_days(kept: KeptParents) -> None:
    bare = Parent(id="0" * 32, title="", given_name="", family_name="Rudd", email="", phones=(), children=())
    kept.write(RUN, [LEA, bare], Pace())
    kept.write(RUN, [LEA, bare], Pace())
    assert [*kept.pages(RUN.id, START + KEPT - 1)] == [[bare, LEA]]
    assert [*kept.pages(RUN.id, START + KEPT)] == [[]]


def test_a_list_takes_the_place_of_the_one_before(kept: KeptParents) -> None:
    rows = [Listed(number, "s" * 20, "Tess Moor", "Lea Moor", "why") for number in range(250)]
    kept.write_lists(RUN, {"not_invited": rows, "unmatched_contacts": rows[:1]})
    assert [*kept.listed(RUN.id, "not_invited", START)] == rows
    assert [*kept.listed(RUN.id, "not_invited", START, first_page=True)] == rows[:100]
    kept.write_lists(RUN, {"not_invited": rows[:5]})
    assert [*kept.listed(RUN.id, "not_invited", START)] == rows[:5]
    assert [*kept.listed(RUN.id, "unmatched_contacts", START)] == rows[:1]
    assert [*kept.listed(RUN.id, "not_invited", START + KEPT)] == []


def test_forgetting_leaves_nothing(kept: KeptParents, system: TestSystem) -> None:
    kept.write(RUN, [LEA], Pace())
    kept.write_lists(RUN, {"not_invited": [Listed(1, "", "", "", "")]})
    kept.write_paper(RUN, ["s" * 20])
    assert kept.paper(RUN.id, START) == ["s" * 20]
    kept.forget(RUN.id)
    items: list[dict[str, Any]] = system.clients("dynamodb").scan(TableName="DirectoryTable")["Items"]
    assert [item for item in items if "#CONTACTS#" in item["pk"]["S"]] == []
    assert kept.paper(RUN.id, START) == []
