"""Export runs in the table: one worker at a time, and nothing is written by one who lost its turn."""

from dataclasses import replace

import pytest

from latchkey.errors import Changed, NotFound, TryLater
from latchkey.login_details.model.runs import NOT_QUEUED, Export, ExportRequest
from latchkey.login_details.model.scope import Scope
from latchkey.login_details.stores.runs import Exports
from tests.support.system import START, TestSystem

ID = "0" * 26


@pytest.fixture
def exports(system: TestSystem) -> Exports:
    return system.wiring("console").exports("northbridge")


def make(exports: Exports, export: str = ID, **facts: object) -> Export:
    given = {
        "id": export,
        "state": "queued",
        "created_at": START,
        "created_by": "a" * 20,
        "wanted": ExportRequest(scope=Scope("year_group", "7"), audience="parents", never_logged_in=True),
        "total": 5,
    }
    made = Export(**{**given, **facts})  # type: ignore[arg-type]
    assert exports.make(made)
    return made


def test_what_is_written_is_read(exports: Exports) -> None:
    made = make(exports, finished_at=START + 1, key="exports/x", reason="why", rows=3, left_out=1, done=3)
    assert exports.get(ID) == made


def test_an_export_is_made_once(exports: Exports) -> None:
    made = make(exports)
    assert not exports.make(made)


def test_a_school_has_its_own_exports(system: TestSystem, exports: Exports) -> None:
    make(exports)
    other = system.wiring("console").exports("southgate")
    assert other.get(ID) is None
    assert other.page() == ([], None)
    with pytest.raises(NotFound):
        other.lease(ID, START, 60)


def test_one_worker_at_a_time(exports: Exports) -> None:
    make(exports)
    mine = exports.lease(ID, START, 60)
    assert (mine.state, mine.attempt) == ("running", 1)
    with pytest.raises(TryLater):
        exports.lease(ID, START + 59, 60)
    theirs = exports.lease(ID, START + 60, 60)
    assert theirs.attempt == 2
    for write in (
        exports.save_progress,
        exports.give_back,
        lambda run: exports.fail(run, "Why"),
        lambda run: exports.void(run, {}),
    ):
        with pytest.raises(Changed):
            write(mine)
    assert exports.save_progress(replace(theirs, done=5, position=("7", "7B", "x"))).position == ("7", "7B", "x")
    assert exports.begin_file(theirs, 9, START + 61) == replace(
        theirs, stage="file", stage_at=START + 61, done=0, total=9, position=()
    )
    assert exports.fail(theirs, "Why not").reason == "Why not"


@pytest.mark.parametrize("state", ["finished", "failed"])
def test_what_has_ended_is_not_taken_again(exports: Exports, state: str) -> None:
    make(exports, state=state)
    assert exports.lease(ID, START, 60) == exports.get(ID)
    assert exports.lease(ID, START, 60).state == state


def test_what_a_worker_has_is_not_failed_for_want_of_a_message(exports: Exports) -> None:
    made = make(exports)
    exports.lease(ID, START, 60)
    with pytest.raises(Changed):
        exports.not_queued(made)


def test_what_was_not_queued_is_revived_once(exports: Exports) -> None:
    made = make(exports)
    failed = exports.not_queued(made)
    assert (failed.state, failed.reason, failed.was_not_queued) == ("failed", NOT_QUEUED, True)
    assert exports.revive(failed) == made
    with pytest.raises(Changed):
        exports.revive(failed)


def test_what_is_given_back_is_free_at_once(exports: Exports) -> None:
    make(exports)
    assert exports.give_back(exports.lease(ID, START, 60)).state == "queued"
    assert exports.lease(ID, START, 60).attempt == 2


def test_newest_first_in_pages(exports: Exports) -> None:
    for number in range(5):
        make(exports, f"{number:026d}")
    first, following = exports.page(limit=3)
    second, end = exports.page(after=following, limit=3)
    assert [each.id[-1] for each in first + second] == ["4", "3", "2", "1", "0"]
    assert end is None
