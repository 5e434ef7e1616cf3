"""Codes are given where none works, and left alone where one does."""

from dataclasses import replace
from threading import Barrier, Thread
from typing import Any

import pytest

from latchkey.codes.issue_codes import issue_codes
from latchkey.codes.model.changes import expiry
from latchkey.codes.model.codes import voided
from latchkey.errors import TryLater
from latchkey.people.model.person import CodeState, Person
from latchkey.schools.model.school import DAY, School, Settings, SingleSignOn
from latchkey.shared.stores import dynamo
from tests.support.exports import student
from tests.support.system import START, TestSystem

BOTH = ("pin", "parent")
SCHOOL = School(slug="northbridge", name="Northbridge Academy")
ENDS = expiry(START, SCHOOL)
NEW = CodeState(1, ENDS, given_at=START)


def put(system: TestSystem, *people: Person) -> list[Person]:
    system.wiring("read_roster").directory("northbridge").put_new(people)
    return list(people)


def now_in_table(system: TestSystem, person: Person) -> Person:
    found = system.wiring("build_export").directory("northbridge").person(person.id)
    assert found is not None
    return found


def test_codes_of_one_day_end_together_at_the_end_of_a_day() -> None:
    midnight = START - START % DAY
    assert expiry(START, SCHOOL) == midnight + 91 * DAY
    assert {expiry(moment, SCHOOL) for moment in (midnight, midnight + 1, midnight + DAY - 1)} == {ENDS}
    assert expiry(midnight + DAY, SCHOOL) == ENDS + DAY
    week = replace(SCHOOL, settings=Settings(code_life=7 * DAY))
    assert expiry(midnight, week) == midnight + 8 * DAY


def test_a_first_code_of_each_kind(system: TestSystem) -> None:
    people = put(system, student(1), student(2))
    issued = issue_codes(system.wiring("build_export"), SCHOOL, people, BOTH)
    assert [person.id for person in issued.people] == [person.id for person in people]
    assert {(person.pin, person.parent_code) for person in issued.people} == {(NEW, NEW)}
    assert issued.new == {"pin": 2, "parent": 2}
    assert [now_in_table(system, person) for person in people] == issued.people


def test_again_is_the_same_and_writes_nothing(system: TestSystem) -> None:
    put(system, student(1))
    wiring = system.wiring("build_export")
    first = issue_codes(wiring, SCHOOL, [student(1)], BOTH).people
    system.clock.now += 30 * DAY
    again = issue_codes(wiring, SCHOOL, [now_in_table(system, student(1))], BOTH)
    assert again.people == first
    assert not again.new


@pytest.mark.parametrize(
    ("pin", "parent", "expected"),
    [
        (CodeState(3, ENDS), CodeState(4, ENDS, 4), (3, 4)),
        (CodeState(3, ENDS, 1), CodeState(4, ENDS, 5), (4, 5)),
        (CodeState(3, START), CodeState(4, START, 2), (4, 5)),
        (CodeState(3, START + 1), CodeState(4, START + 1, 2), (3, 4)),
        (None, CodeState(4, ENDS), (1, 4)),
        (CodeState(3, ENDS, failed=9), CodeState(4, ENDS, failed=10), (3, 5)),
        (voided(CodeState(3, ENDS)), voided(CodeState(4, ENDS, 2)), (4, 5)),
    ],
)
def test_codes_that_no_longer_work_are_renewed_and_others_kept(
    system: TestSystem, pin: CodeState | None, parent: CodeState, expected: tuple[int, int]
) -> None:
    people = put(system, student(1, pin=pin, parent_code=parent))
    found = issue_codes(system.wiring("build_export"), SCHOOL, people, BOTH).people[0]
    assert found.pin is not None
    assert found.parent_code is not None
    assert (found.pin.generation, found.parent_code.generation) == expected
    assert (found.pin.uses, found.pin.expires_at > START) == (0, True)
    assert now_in_table(system, found) == found


def test_only_the_kinds_that_are_asked_for(system: TestSystem) -> None:
    people = put(system, student(1))
    found = issue_codes(system.wiring("build_export"), SCHOOL, people, ("parent",)).people[0]
    assert (found.pin, found.parent_code) == (None, NEW)


def test_who_signs_in_at_school_gets_no_pin(system: TestSystem) -> None:
    school = replace(SCHOOL, settings=Settings(sso=SingleSignOn(roles=("student",))))
    people = put(system, student(1))
    found = issue_codes(system.wiring("build_export"), school, people, BOTH)
    assert (found.people[0].pin, found.new) == (None, {"parent": 1})


def test_nothing_else_of_a_person_changes(system: TestSystem) -> None:
    before = put(system, student(1, email="a@b.example", version=4, last_login_at=7))[0]
    after = issue_codes(system.wiring("build_export"), SCHOOL, [before], BOTH).people[0]
    assert replace(after, pin=None, parent_code=None) == before
    assert now_in_table(system, before) == after


def test_an_index_that_is_behind_does_not_renew_what_another_run_gave(system: TestSystem) -> None:
    stale = put(system, *[student(number) for number in range(1, 6)])
    wiring = system.wiring("build_export")
    first = issue_codes(wiring, SCHOOL, stale[:3], BOTH).people
    second = issue_codes(wiring, SCHOOL, stale, BOTH)
    assert second.people[:3] == first
    assert second.new == {"pin": 2, "parent": 2}


def test_who_was_deleted_or_left_meanwhile_is_left_out(system: TestSystem) -> None:
    people = put(system, student(1), student(2), student(3))
    directory = system.wiring("read_roster").directory("northbridge")
    directory.change(people[1].id, {"status": "left", "pin": {"generation": 9, "expires_at": 1, "uses": 0}})
    issued = issue_codes(system.wiring("build_export"), SCHOOL, [*people, student(4)], BOTH)
    assert [person.id for person in issued.people] == [people[0].id, people[2].id]
    assert now_in_table(system, people[1]).pin == CodeState(9, 1)


def test_two_admins_at_once_end_with_the_same_codes(system: TestSystem) -> None:
    people = put(system, *[student(number) for number in range(1, 31)])
    wiring = system.wiring("build_export")
    found: list[list[Person]] = []
    start = Barrier(4)

    def run(part: list[Person]) -> None:
        start.wait()
        found.append(issue_codes(wiring, SCHOOL, part, BOTH).people)

    threads = [Thread(target=run, args=(part,)) for part in (people, people[::-1], people[:20], people[10:])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    states = {(person.id, person.pin, person.parent_code) for part in found for person in part}
    assert len(states) == 30, "each student has one PIN and one parent code, whoever printed it"
    assert {now_in_table(system, person).pin for person in people} == {NEW}


def test_writes_that_never_fit_are_tried_later_not_for_ever(system: TestSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    people = put(system, student(1))
    calls = []

    def lose(*_: Any) -> None:
        calls.append(1)
        raise dynamo.ConditionFailed(None)

    monkeypatch.setattr(dynamo.Table, "transact", lose)
    with pytest.raises(TryLater):
        issue_codes(system.wiring("build_export"), SCHOOL, people, BOTH)
    assert len(calls) <= 20


def test_a_code_that_ends_soon_gets_a_later_end_where_that_is_wanted(system: TestSystem) -> None:
    soon, far = CodeState(3, START + DAY, failed=2), CodeState(2, ENDS - DAY, 4)
    people = put(system, student(1, pin=soon, parent_code=far))
    wiring = system.wiring("build_export")
    assert not issue_codes(wiring, SCHOOL, people, BOTH).new
    found = issue_codes(wiring, SCHOOL, people, BOTH, 7)
    assert found.new == {"pin": 1}
    assert (found.people[0].pin, found.people[0].parent_code) == (CodeState(3, ENDS, 0, 2, given_at=START), far)
    assert now_in_table(system, people[0]) == found.people[0]


def test_a_code_that_was_voided_meanwhile_is_not_renewed_but_replaced(system: TestSystem) -> None:
    stale = put(system, student(1, pin=CodeState(3, START + DAY)))
    system.wiring("read_roster").directory("northbridge").change(stale[0].id, {"pin.voided": True})
    found = issue_codes(system.wiring("build_export"), SCHOOL, stale, ("pin",), 7).people[0]
    assert found.pin == CodeState(4, ENDS, given_at=START)
    assert now_in_table(system, found).pin == found.pin


def test_a_use_or_a_wrong_guess_while_a_code_is_renewed_is_kept(system: TestSystem) -> None:
    stale = put(system, student(1, parent_code=CodeState(3, START + DAY)))
    system.wiring("read_roster").directory("northbridge").change(stale[0].id, {"parent_code.uses": 2, "parent_code.failed": 4})
    issue_codes(system.wiring("build_export"), SCHOOL, stale, ("parent",), 7)
    assert now_in_table(system, stale[0]).parent_code == CodeState(3, ENDS, 2, 4, given_at=START)
