"""Export runs in the table: one worker at a time, and nothing is written by one who lost its turn."""

import pytest

from latchkey.login_details.model.runs import Export, Scope, Wanted
from latchkey.login_details.stores.runs import Exports
from latchkey.shared.stores.dynamo import ConditionFailed
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
        "wanted": Wanted(scope=Scope("year_group", "7"), audience="parents", never_logged_in=True),
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
    with pytest.raises(ConditionFailed) as missing:
        other.lease(ID, START, 60)
    assert missing.value.item is None


def test_one_worker_at_a_time(exports: Exports) -> None:
    make(exports)
    mine = exports.lease(ID, START, 60)
    assert (mine.state, mine.attempt) == ("running", 1)
    with pytest.raises(ConditionFailed) as held:
        exports.lease(ID, START + 59, 60)
    assert held.value.item is not None
    assert held.value.item["state"] == "running"
    theirs = exports.lease(ID, START + 60, 60)
    assert theirs.attempt == 2
    with pytest.raises(ConditionFailed):
        exports.change(mine, {"state": "finished"})
    assert exports.change(theirs, {"state": "finished", "rows": 5, "lease_until": 0}).rows == 5


@pytest.mark.parametrize("state", ["finished", "failed"])
def test_what_has_ended_is_not_taken_again(exports: Exports, state: str) -> None:
    make(exports, state=state)
    with pytest.raises(ConditionFailed):
        exports.lease(ID, START, 60)


def test_turning_needs_the_state_that_was_seen(exports: Exports) -> None:
    made = make(exports)
    exports.lease(ID, START, 60)
    with pytest.raises(ConditionFailed):
        exports.turn(made, {"state": "failed"})


def test_a_key_stands_for_the_first_export(exports: Exports) -> None:
    assert exports.claim("key", "first", START) == "first"
    assert exports.claim("key", "second", START) == "first"
    assert exports.claim("other", "second", START) == "second"
    assert exports.page() == ([], None), "keys are not in the list"


def test_newest_first_in_pages(exports: Exports) -> None:
    for number in range(5):
        make(exports, f"{number:026d}")
    first, following = exports.page(limit=3)
    second, end = exports.page(after=following, limit=3)
    assert [each.id[-1] for each in first + second] == ["4", "3", "2", "1", "0"]
    assert end is None
