"""Counters: raised atomically, given back, and each mark of one told once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from latchkey.shared.stores.counters import Budget, Counters, Tally
from tests.support.system import START, TestSystem

NOW = int(START)
BUDGET = Budget("tries", 5, 600)
MARKS = (3, 5)


@pytest.fixture
def counters(system: TestSystem) -> Counters:
    return system.wiring("portal").counters("CREDENTIALS_TABLE", "northbridge")


def test_a_budget_is_spent_given_back_and_comes_back(counters: Counters) -> None:
    assert [counters.spend(BUDGET, "key", NOW) for _ in range(6)] == [True] * 5 + [False]
    assert counters.count(BUDGET, "key", NOW, -1) == 5
    assert counters.read(BUDGET, "key", NOW) == Tally(5)
    assert counters.spend(BUDGET, "key", NOW + 600)
    assert counters.read(BUDGET, "other", NOW) == Tally(0)


def test_a_mark_is_told_once_however_it_was_reached(counters: Counters) -> None:
    def reached(change: int) -> int:
        tally = counters.tally(BUDGET, "key", NOW, change)
        return counters.reached(BUDGET, "key", NOW, tally, MARKS)

    assert [reached(change) for change in (2, 2, -2, 1, 1, 1, 1, -4, 4)] == [0, 3, 0, 0, 0, 5, 0, 0, 0]
    assert counters.read(BUDGET, "key", NOW) == Tally(6, 5)
    tally = counters.tally(BUDGET, "key", NOW + 600, 9)
    assert counters.reached(BUDGET, "key", NOW + 600, tally, MARKS) == 5, "two marks at once are one"


def test_of_many_who_see_a_mark_at_once_one_tells_it(counters: Counters) -> None:
    tallies = [counters.tally(BUDGET, "key", NOW) for _ in range(8)]
    with ThreadPoolExecutor(8) as threads:
        told = list(threads.map(lambda tally: counters.reached(BUDGET, "key", NOW, tally, MARKS), tallies[2:]))
    assert max(told) == 5
    assert len([mark for mark in told if mark]) == len({mark for mark in told if mark})


def test_several_budgets_are_spent_together_or_not_at_all(counters: Counters) -> None:
    short, long = Budget("short", 3, 900), Budget("long", 5, 86_400)

    def over(now: int, key: str = "key") -> Budget | None:
        return counters.spend_all([short, long], key, now).over

    assert [over(NOW) for _ in range(4)] == [None, None, None, short]
    assert [over(NOW + 900) for _ in range(3)] == [None, None, long], "what was refused was counted in neither"
    assert over(NOW + 900, "another") is None
    counters.give_back([short, long], "key", NOW + 900)
    assert [over(NOW + 900) for _ in range(2)] == [None, long], "one is given back, and no more"
    changes = [counters.clear_of([short, long], each, NOW + 900) for each in ("key", "third")]
    changes[0][0].transact_with(changes)
    assert counters.spend_all([short, long], "key", NOW + 900).most == 1
    assert over(NOW + 86_400) is None


def test_who_is_late_learns_what_was_told_meanwhile(counters: Counters) -> None:
    early, late = counters.tally(BUDGET, "key", NOW, 3), counters.tally(BUDGET, "key", NOW, 2)
    assert counters.reached(BUDGET, "key", NOW, late, MARKS) == 5
    assert counters.reached(BUDGET, "key", NOW, early, MARKS) == 0
