"""The day's work of schools: figures are kept once a day, whatever fails, comes twice or is gone by then."""

from collections.abc import Iterator

import pytest

import daily.handler as door
from latchkey.people.model.person import Person
from latchkey.readiness.model.figures import KEPT, day_of
from latchkey.readiness.start_day import STALE
from latchkey.shared.model.ids import person_id
from tests.support.days import Days, message
from tests.support.system import START, TestSystem, running_system

DAY = 86_400


def person(number: int, school: str = "northbridge", **facts: object) -> Person:
    given = {"role": "student", "given_name": "Ann", "family_name": "Lee", "email": f"p{number}@x.example", "year_group": "7"}
    return Person(id=person_id(school, str(number)), **{**given, **facts})  # type: ignore[arg-type]


READY = {"password_set_at": START - DAY, "last_login_at": START - 60}


@pytest.fixture
def days(monkeypatch: pytest.MonkeyPatch) -> Iterator[Days]:
    with running_system() as system:
        system.school("northbridge")
        system.school("southgate")
        people = [person(1), person(2, email=None), person(3, year_group="8"), person(4, role="parent", year_group=None)]
        system.wiring("operate").directory("northbridge").put_new([*people, person(5, status="left")])
        yield Days(system, monkeypatch)


def kept(system: TestSystem, school: str = "northbridge") -> list[tuple[str, int, int]]:
    figures = system.wiring("daily").figures(school).since("", int(system.clock()))
    return [(each.day, each.of().ready, each.of().total) for each in figures]


def test_each_school_has_its_figures_and_who_left_is_in_none(days: Days) -> None:
    assert days.begin() == 2
    assert days.work() == 0
    today = day_of(int(days.system.clock()))
    assert kept(days.system) == [(today, 0, 4)]
    assert kept(days.system, "southgate") == [(today, 0, 0)]
    (found,) = days.system.wiring("console").figures("northbridge").since("", int(days.system.clock()))
    assert found.years == ("7", "8")
    assert (found.of("student", "7").total, found.of("student", "8").total, found.of("parent").total) == (2, 1, 1)
    assert dict(found.of("student").reasons) == {"never_sent": 2, "no_address": 1}


def test_twice_on_a_day_is_once_with_the_later_figures(days: Days) -> None:
    days.day()
    days.system.wiring("operate").directory("northbridge").put_new([person(9)])
    days.system.clock.now += 600
    days.day()
    assert [(ready, total) for _, ready, total in kept(days.system)] == [(0, 5)]


def test_days_follow_each_other_and_none_is_kept_for_more_than_two_years(days: Days) -> None:
    for _ in range(3):
        days.day()
        days.system.clock.now += DAY
    assert len(kept(days.system)) == 3
    days.system.clock.now += KEPT - 2 * DAY  # DynamoDB deletes what is over some hours later
    assert len(kept(days.system)) == 1


def test_a_school_that_was_deleted_meanwhile_has_no_figures(days: Days) -> None:
    days.begin()
    days.system.wiring("operate").schools.end("northbridge", int(days.system.clock()))
    assert days.work() == 0
    assert kept(days.system) == []
    assert len(kept(days.system, "southgate")) == 1


def test_a_message_of_yesterday_is_not_worked_on(days: Days) -> None:
    now = int(days.system.clock())
    assert days.work([message("northbridge", now - STALE)]) == 0
    assert kept(days.system) == []
    assert days.work([message("northbridge", now - STALE + 1)]) == 0
    assert len(kept(days.system)) == 1


@pytest.mark.parametrize(
    "body", ["{}", '{"v": 1, "kind": "school"}', '{"v": 1, "kind": "send", "school": "northbridge", "at": 1}']
)
def test_what_is_no_message_of_ours_fails(days: Days, body: str) -> None:
    assert days.work([body]) == 1


def test_a_part_that_fails_keeps_no_other_from_its_turn_and_is_done_again(days: Days, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def breaks(*_: object) -> None:
        done.append("breaks")
        raise RuntimeError("a fault of ours")

    tasks = {"breaks": breaks, **door.TASKS, "last": lambda *_: done.append("last")}
    monkeypatch.setattr(door, "TASKS", tasks)
    days.begin()
    bodies = days.bodies()
    assert days.work(bodies) == 2
    assert done == ["breaks", "last"] * 2
    assert len(kept(days.system)) == 1, "what comes behind it was done"
    monkeypatch.setattr(door, "TASKS", {**tasks, "breaks": lambda *_: None})
    assert days.work(bodies, attempt=2) == 0
    assert len(kept(days.system)) == 1


def test_a_worker_that_dies_after_its_write_harms_nothing(days: Days, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    def dies(*_: object) -> None:
        raise Killed

    days.begin()
    bodies = days.bodies()
    monkeypatch.setattr(door, "TASKS", {**door.TASKS, "dies": dies})
    with pytest.raises(Killed):
        days.work(bodies[:1])
    monkeypatch.undo()
    again = Days(days.system, monkeypatch)
    assert again.work(bodies, attempt=2) == 0
    assert len(kept(days.system)) == 1


def test_who_can_log_in_counts_as_ready(days: Days) -> None:
    directory = days.system.wiring("operate").directory("northbridge")
    directory.put_new([person(7, **READY)])
    days.day()
    assert [(ready, total) for _, ready, total in kept(days.system)] == [(1, 5)]
