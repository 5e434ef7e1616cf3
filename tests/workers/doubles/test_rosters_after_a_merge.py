"""A roster that names an account that was merged into another reaches the one that was kept."""

from collections.abc import Iterator
from typing import Any

import pytest

from latchkey.doubles.merge_people import merge_people
from latchkey.doubles.undo_merge import undo_merge
from latchkey.people.model.person import Person
from tests.support.console import HEAD_TEACHER, running_console
from tests.support.rosters import SCHOOL, Desk, parent, row


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with running_console(monkeypatch) as console:
        yield Desk(console, monkeypatch)


def merge(desk: Desk, keep: str, remove: str) -> Any:
    wired = desk.console.system.wiring("console")
    school = wired.schools.get(SCHOOL)
    assert school is not None
    return merge_people(wired, school, HEAD_TEACHER, person(desk, keep).id, person(desk, remove).id)


def person(desk: Desk, mis_id: str) -> Person:
    found = desk.person(mis_id)
    assert found is not None
    return found


def people(desk: Desk) -> list[tuple[str | None, str]]:
    items = desk.console.get(f"/admin/{SCHOOL}/people", limit="100").json_body["items"]
    return sorted((each["mis_id"], each["given_name"]) for each in items if each["mis_id"])


def test_new_ids_reach_the_kept_account_and_nobody_is_made_anew(desk: Desk) -> None:
    desk.load([row(1), row(2, given_name="Given1", family_name="Family1", username="", email="")])
    merge(desk, "S1", "S2")
    loaded = desk.load([row(2, given_name="Given1", family_name="Other", username="", email="", registration_group="8B")])
    assert (loaded["counts"]["new"], loaded["counts"]["changed"]) == (0, 1)
    found = person(desk, "S1")
    assert (found.mis_id, found.family_name, found.registration_group) == ("S2", "Other", "8B")  # the id that the MIS uses now
    assert desk.person("S2") is None
    assert people(desk) == [("S2", "Given1")]


def test_where_a_file_has_both_ids_the_kept_ones_row_counts(desk: Desk) -> None:
    rows = [row(1), row(2, username="", email="", upn="")]
    desk.load(rows)
    merge(desk, "S1", "S2")
    for given in (rows, rows[::-1]):
        loaded = desk.load(given)
        assert {name: loaded["counts"][name] for name in ("new", "changed", "unchanged", "rejected")} == {
            "new": 0, "changed": 0, "unchanged": 2, "rejected": 0,
        }  # fmt: skip
    assert person(desk, "S1").given_name == "Given1"


def test_two_rows_of_merged_accounts_change_one_person_once(desk: Desk) -> None:
    desk.load([row(number, username="", email="") for number in (1, 2, 3)])
    merge(desk, "S1", "S2")
    merge(desk, "S1", "S3")
    loaded = desk.load([row(2, username="", email="", year_group="8"), row(3, username="", email="", year_group="9")])
    assert (loaded["counts"]["changed"], loaded["counts"]["unchanged"]) == (1, 1)
    assert person(desk, "S1").year_group == "8"


def test_links_follow_too(desk: Desk) -> None:
    desk.load([row(1), row(2), parent(1, "S1"), parent(2, "S1")])
    merge(desk, "P1", "P2")
    desk.load([row(1), row(2), parent(2, "S1", "S2")])
    assert person(desk, "P1").children == (person(desk, "S1").id, person(desk, "S2").id)
    assert person(desk, "S2").parents == (person(desk, "P1").id,)
    assert person(desk, "S1").parents == (person(desk, "P1").id,)


def test_a_parent_who_is_a_teacher_stays_one_and_gets_children(desk: Desk) -> None:
    desk.load([row(1), row(2), parent(1, "S1"), row(9, role="teacher", year_group="", registration_group="")])
    merge(desk, "S9", "P1")
    loaded = desk.load([row(1), row(2), parent(1, "S1", "S2"), row(9, role="teacher", year_group="", registration_group="")])
    assert loaded["counts"]["rejected"] == 0
    found = person(desk, "S9")
    assert (found.role, len(found.children)) == ("teacher", 2)


def test_after_undoing_each_id_is_its_own_again(desk: Desk) -> None:
    desk.load([row(1), row(2, username="", email="")])
    done = merge(desk, "S1", "S2")
    desk.load([row(2, given_name="Given1", family_name="Family1", username="", email="")])
    assert person(desk, "S1").mis_id == "S2"
    wired = desk.console.system.wiring("console")
    school = wired.schools.get(SCHOOL)
    assert school is not None
    undo_merge(wired, school, HEAD_TEACHER, done.id)
    loaded = desk.load([row(1), row(2, username="", email="")])
    assert loaded["counts"]["unchanged"] == 2
    assert people(desk) == [("S1", "Given1"), ("S2", "Given2")]
