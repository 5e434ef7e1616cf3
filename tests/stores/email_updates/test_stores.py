"""Runs and changes of addresses: conditions hold."""

from dataclasses import replace

import pytest

from latchkey.email_updates.model.items import MOST
from latchkey.email_updates.model.runs import LIFE, Row, Run
from latchkey.email_updates.stores.changes import EmailChanges
from latchkey.email_updates.stores.runs import EmailRuns, _to_item
from latchkey.people.model.change import PersonChange
from latchkey.people.model.person import FormerEmail, Person
from latchkey.people.stores.people import Directory
from latchkey.shared.stores.dynamo import Table, pack_item
from tests.support.system import START, TestSystem

SCHOOL, RUN = "northbridge", "01jhm6qk00zzzzzzzzzzzzzzzz"


@pytest.fixture
def directory(system: TestSystem) -> Directory:
    system.school(SCHOOL)
    return system.wiring("read_roster").directory(SCHOOL)


@pytest.fixture
def changes(system: TestSystem) -> EmailChanges:
    return system.wiring("console").email_changes(SCHOOL)


@pytest.fixture
def runs(system: TestSystem) -> EmailRuns:
    return system.wiring("console").email_runs(SCHOOL)


def pupil(number: int, **facts: object) -> Person:
    given: dict[str, object] = {"role": "student", "given_name": f"G{number}", "family_name": "Lee"}
    return Person(id=f"{number:020d}", **{**given, **facts})  # type: ignore[arg-type]


def moved(person: Person) -> PersonChange:
    return PersonChange(person, replace(person, email="new@x.example", email_key="n" * 32))


def make(system: TestSystem, runs: EmailRuns, **facts: object) -> Run:
    given: dict[str, object] = {"state": "applying", "created_at": START, "created_by": "a" * 20, "asked": "f" * 32, "rows": ()}
    run = Run(id=RUN, **{**given, **facts})  # type: ignore[arg-type]
    assert runs.make(run, system.wiring("console").audit(SCHOOL).record_of("a" * 20, "emails.apply", START, {}))
    return run


class TestChanges:
    def test_an_address_and_the_one_before_are_written(self, directory: Directory, changes: EmailChanges) -> None:
        ann = pupil(1, email="a@x.example", email_key="a" * 32, password_set_at=1)
        directory.put_new([ann])
        after = replace(moved(ann).after, former_email=FormerEmail("a@x.example", START))
        assert changes.write([PersonChange(ann, after)]) == set()
        assert directory.person(ann.id) == after

    def test_an_address_is_taken_away_again(self, directory: Directory, changes: EmailChanges) -> None:
        ann = pupil(1, email="a@x.example", email_key="a" * 32)
        directory.put_new([ann])
        changes.write([PersonChange(ann, replace(ann, email=None, email_key=None))])
        assert directory.person(ann.id) == replace(ann, email=None, email_key=None)
        assert directory.by_email_key("a" * 32) == []

    @pytest.mark.parametrize(
        "facts", [{"email": "e@x.example", "email_key": "e" * 32}, {"is_admin": True}, {"status": "left"}, {"password_set_at": 5}]
    )
    def test_who_is_not_as_they_were_is_left_alone_and_named(
        self, directory: Directory, changes: EmailChanges, facts: dict[str, str | bool | int]
    ) -> None:
        people = [pupil(number, email="a@x.example", email_key="a" * 32) for number in range(1, 4)]
        directory.put_new(people)
        directory.change(people[1].id, facts)
        assert changes.write([moved(person) for person in people]) == {people[1].id}
        found = directory.by_ids(person.id for person in people)
        assert [person.email for person in found] == ["new@x.example", facts.get("email", "a@x.example"), "new@x.example"]

    def test_nobody_is_made(self, directory: Directory, changes: EmailChanges) -> None:
        assert changes.write([moved(pupil(1))]) == {pupil(1).id}
        assert directory.person(pupil(1).id) is None

    def test_who_has_no_attribute_is_admin_is_no_admin(
        self, system: TestSystem, directory: Directory, changes: EmailChanges
    ) -> None:
        parent = pupil(1, role="parent")
        system.wiring("operate").table("DIRECTORY_TABLE").update(directory.make_of(parent))
        assert changes.write([moved(parent)]) == set()

    def test_more_than_a_transaction_takes(self, directory: Directory, changes: EmailChanges) -> None:
        people = [pupil(number) for number in range(1, 102)]
        directory.put_new(people)
        assert changes.write([moved(person) for person in people]) == set()
        assert {person.email for person in directory.by_ids(person.id for person in people)} == {"new@x.example"}


class TestRuns:
    def test_a_run_comes_back_as_written_and_is_made_once(self, system: TestSystem, runs: EmailRuns) -> None:
        rows = (
            Row(person="p" * 20, state="changed", before="a@x.example", after="b@x.example"),
            Row(state="unknown", text="Nobody."),
        )
        run = make(system, runs, rows=rows)
        assert runs.get(RUN) == run
        event = system.wiring("console").audit(SCHOOL).record_of("a" * 20, "emails.apply", START, {})
        assert not runs.make(run, event)
        events, _ = system.wiring("console").audit(SCHOOL).page()
        assert len(events) == 1
        assert system.wiring("console").email_runs("southgate").get(RUN) is None

    def test_what_another_request_has_noted_stays(self, system: TestSystem, runs: EmailRuns) -> None:
        run = make(system, runs)
        first = runs.note_applied(run, ["p" * 20])
        assert (first.state, first.lost) == ("applied", ("p" * 20,))
        assert runs.note_applied(run, []) == first

    def test_an_undo_is_noted_once(self, system: TestSystem, runs: EmailRuns) -> None:
        applied = runs.note_applied(make(system, runs), [])
        event = system.wiring("console").audit(SCHOOL).record_of("a" * 20, "emails.undo", START, {})
        undoing = runs.note_undoing(applied, event, START + 5)
        assert (undoing.state, undoing.undone_at) == ("undoing", START + 5)
        assert runs.note_undoing(applied, event, START + 9) == undoing
        undone = runs.note_undone(undoing, ["p" * 20])
        assert (undone.state, undone.kept, undone.undone_at) == ("undone", ("p" * 20,), START + 5)
        assert runs.note_undone(undoing, []) == undone

    def test_pages_are_newest_first(self, system: TestSystem, runs: EmailRuns) -> None:
        make(system, runs)
        found, following = runs.page(limit=1)
        assert [run.id for run in found] == [RUN]
        assert runs.page(after=following, limit=1)[0] == [] if following else True

    def test_the_largest_run_is_an_item_that_the_table_takes(self) -> None:
        """DynamoDB: 400 kB an item, names of attributes included."""
        longest = "a" * 254
        row = Row(person="p" * 26, state="suspicious", text="t" * 320, before=longest, after=longest)
        run = Run(id=RUN, state="undone", created_at=START, created_by="a" * 26, asked="f" * 32, rows=(row,) * MOST)
        ids = [row.person] * MOST
        item = pack_item(_to_item(SCHOOL, run) | {"lost": list(ids), "kept": list(ids)})
        assert len(str(item)) < 400_000

    def test_it_is_deleted_when_undoing_ends(self, system: TestSystem, runs: EmailRuns) -> None:
        make(system, runs)
        table: Table = system.wiring("console").table("ACTIVITY_TABLE")
        item = table.get(f"{SCHOOL}#EMAILS", RUN)
        assert item is not None
        assert item["expires_at"] == START + LIFE
