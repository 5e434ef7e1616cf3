"""Marking many as left by the worker, whose role is asked for each call."""

from latchkey.records.mark_left import mark_left, undo_left
from latchkey.records.turn_leavers import turn_leavers
from latchkey.sends.model.send import Selection
from tests.support.console import HEAD_TEACHER, make_person
from tests.support.system import TestSystem

SCHOOL = "northbridge"


def test_the_worker_may_do_what_it_needs(system: TestSystem) -> None:
    console, worker = system.wiring("console"), system.wiring("read_roster")
    people = [make_person(number) for number in range(1, 151)]
    system.school(SCHOOL, name="Northbridge Academy")
    console.directory(SCHOOL).put_new([HEAD_TEACHER, *people])
    school = console.schools.get(SCHOOL)
    assert school is not None
    run = mark_left(console, school, HEAD_TEACHER, Selection(filter={"role": "student"}), "left")
    assert len(run.people) == 150
    done = turn_leavers(worker, SCHOOL, run.id)
    assert done is not None
    assert (done.state, done.done) == ("applied", 150)
    assert {each.status for each in console.directory(SCHOOL).by_ids(run.people)} == {"left"}
    undo_left(console, SCHOOL, HEAD_TEACHER, run.id)
    assert turn_leavers(worker, SCHOOL, run.id) == turn_leavers(worker, SCHOOL, run.id)
    assert {each.status for each in console.directory(SCHOOL).by_ids(run.people)} == {"active"}
