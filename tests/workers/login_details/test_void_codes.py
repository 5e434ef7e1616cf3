"""Ending codes: exact in number whatever crashes, in pieces where there are many, and beside everything else."""

from dataclasses import replace
from threading import Barrier, Thread
from typing import Any

import pytest

from latchkey.codes.issue_codes import issue_codes
from latchkey.codes.model.codes import works
from latchkey.login_details import void_codes, walk_students
from latchkey.login_details.build_export import build_export
from latchkey.login_details.model.runs import LEASE, Export, ExportRequest
from latchkey.login_details.model.scope import Scope
from latchkey.login_details.start_export import start_export
from latchkey.login_details.stores.runs import Exports
from latchkey.people.model.person import CodeState, Person
from latchkey.schools.model.school import DAY, School
from tests.support.exports import asked, deliver, student
from tests.support.system import START, TestSystem

ADMIN = student(0, role="staff", is_admin=True, number=None)
LIVE = CodeState(1, START + 30 * DAY)


@pytest.fixture
def school(system: TestSystem) -> School:
    made = system.school("northbridge")
    people = [student(number, pin=LIVE, parent_code=replace(LIVE, uses=number % 6)) for number in range(1, 121)]
    system.wiring("read_roster").directory("northbridge").put_new(people)
    return made


def start(system: TestSystem, school: School) -> Export:
    return void_codes.start_void(system.wiring("console"), school, ADMIN, ExportRequest(scope=Scope())).run


def everyone(system: TestSystem) -> list[Person]:
    return system.wiring("console").directory("northbridge").by_ids(student(number).id for number in range(1, 121))


@pytest.mark.parametrize("crash", [1, 2, 3])
@pytest.mark.parametrize("after", [True, False])
def test_a_crash_at_any_write_counts_no_code_twice_and_none_never(
    system: TestSystem, school: School, monkeypatch: pytest.MonkeyPatch, crash: int, after: bool
) -> None:
    run = start(system, school)
    bodies = system.messages("EXPORT_QUEUE")
    monkeypatch.setattr(walk_students, "AT_ONCE", 50)
    honest, calls = Exports._change_with, []

    def breaks(self: Exports, *args: Any) -> None:
        calls.append(1)
        if len(calls) == crash and not after:
            raise RuntimeError("power cut")
        honest(self, *args)
        if len(calls) == crash and after:
            raise RuntimeError("power cut")

    monkeypatch.setattr(Exports, "_change_with", breaks)
    assert deliver(system, monkeypatch, bodies) == 1
    assert deliver(system, monkeypatch, bodies, attempt=2) == 0
    done = system.wiring("console").exports("northbridge").get(run.id)
    assert done is not None
    assert (done.state, dict(done.codes)) == ("finished", {"pin": 120, "parent": 100})
    assert not [
        each for each in everyone(system) if works(each.pin, "pin", START, 0) or works(each.parent_code, "parent", START, 0)
    ]


def test_a_run_whose_time_is_short_goes_on_in_another_invocation(
    system: TestSystem, school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = start(system, school)
    assert run.total == 0
    monkeypatch.setattr(walk_students, "AT_ONCE", 50)
    done = []
    for _ in range(3):
        (body,) = system.messages("EXPORT_QUEUE")
        worked = build_export(system.wiring("build_export"), *asked(body), left=lambda: 44.0)
        assert worked is not None
        done.append((worked.state, dict(worked.codes)["pin"]))
    assert done == [("queued", 50), ("queued", 100), ("queued", 120)]
    (body,) = system.messages("EXPORT_QUEUE")
    worked = build_export(system.wiring("build_export"), *asked(body))
    assert worked is not None
    assert (worked.state, dict(worked.codes)) == ("finished", {"pin": 120, "parent": 100})


def test_a_worker_that_lost_its_turn_voids_nothing_more(
    system: TestSystem, school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = start(system, school)
    monkeypatch.setattr(walk_students, "AT_ONCE", 50)
    wiring = system.wiring("build_export")
    honest, calls = Exports._change_with, []

    def overtaken(self: Exports, *args: Any) -> None:
        calls.append(1)
        if len(calls) == 2:
            system.clock.now += LEASE
            assert build_export(wiring, "northbridge", run.id) is not None
        honest(self, *args)

    monkeypatch.setattr(Exports, "_change_with", overtaken)
    from latchkey.errors import TryLater

    with pytest.raises(TryLater):
        build_export(wiring, "northbridge", run.id)
    done = wiring.exports("northbridge").get(run.id)
    assert done is not None
    assert (done.state, dict(done.codes)) == ("finished", {"pin": 120, "parent": 100})


def test_a_code_that_is_replaced_while_a_run_ends_codes_is_ended_too(
    system: TestSystem, school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read is a moment old; the write finds out and looks again."""
    start(system, school)
    directory = system.wiring("read_roster").directory("northbridge")
    honest, calls = Exports._change_with, []

    def meanwhile(self: Exports, *args: Any) -> None:
        if not calls:
            calls.append(1)
            directory.change(student(1).id, {"pin": {"generation": 2, "expires_at": LIVE.expires_at, "uses": 0}})
        honest(self, *args)

    monkeypatch.setattr(Exports, "_change_with", meanwhile)
    assert deliver(system, monkeypatch, system.messages("EXPORT_QUEUE")) == 0
    assert everyone(system)[0].pin == CodeState(2, LIVE.expires_at, voided=True)


def test_voiding_and_printing_at_once_leave_each_student_with_one_state(system: TestSystem, school: School) -> None:
    """Whoever comes first: each code ends either void, or as a newer one that was given after the void."""
    console = system.wiring("console")
    runs = [start(system, school), start_export(console, school, ADMIN, ExportRequest(scope=Scope())).run]
    begin, errors = Barrier(2), []

    def work(run: Export) -> None:
        begin.wait()
        try:
            build_export(system.wiring("build_export"), "northbridge", run.id)
        except BaseException as error:
            errors.append(error)

    threads = [Thread(target=work, args=(run,)) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    for person in everyone(system):
        assert person.pin is not None
        first = person.pin.generation == 1 and person.pin.voided
        assert first or person.pin.generation == 2, "the code that was to be voided is dead"
    issued = issue_codes(system.wiring("build_export"), school, everyone(system)[:99], ("pin", "parent"))
    assert all(works(each.pin, "pin", START, 0) for each in issued.people)
