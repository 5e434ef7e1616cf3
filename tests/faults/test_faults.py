"""After everything that can go wrong: everybody in one state, nobody lost, few mails twice, the rate never exceeded."""

import pytest

from tests.faults.report import Report, report
from tests.faults.world import Odds, World, without_real_waiting


def run(monkeypatch: pytest.MonkeyPatch, seed: int, people: int, **facts: object) -> Report:
    world = World(seed, people, **facts)  # type: ignore[arg-type]
    without_real_waiting(world, monkeypatch.setattr)
    world.run()
    return report(world)


def check(found: Report, people: int) -> None:
    assert found.states.keys() <= {"sent", "failed"}
    assert sum(found.states.values()) == people
    assert {state: count for state, count in found.counted.items() if count} == found.states
    assert found.state == "finished"
    assert found.lost == 0
    assert found.states["failed"] == found.refused
    assert found.twice <= found.ambiguous
    assert found.other_links == 0
    assert found.fullest_second <= found.rate


def test_ten_thousand_people_and_everything_that_can_go_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    found = run(monkeypatch, 1, 10_000)
    check(found, 10_000)
    for fault in ("calls throttled", "answers lost", "workers killed before the call", "workers killed after the call"):
        assert found.faults[fault] > 0
    for fault in ("workers killed at any time", "table conflicts", "tables busy", "dead letters put back after 1 h"):
        assert found.faults[fault] > 0
    assert found.table_calls < 12 * 200  # chunks: what goes wrong is put right with a few calls more, not with many


@pytest.mark.parametrize(("seed", "rate"), [(2, 1.5), (3, 14.0), (4, 60.0), (5, 90.0), (6, 200.0), (7, 500.0)])
def test_other_worlds(monkeypatch: pytest.MonkeyPatch, seed: int, rate: float) -> None:
    odds = Odds() if rate > 10 else Odds(killed_before=0.002, killed_after=0.002)  # 50 calls a chunk, not one
    check(run(monkeypatch, seed, 600, rate=rate, odds=odds), 600)


def test_the_same_seed_is_the_same_world(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = (run(monkeypatch, 9, 300) for _ in range(2))
    assert (one.faults, one.seconds, one.twice) == (other.faults, other.seconds, other.twice)


CALM = Odds(0, 0, 0, 0, 0, 0, 0, 0, copies=1, poison=0)


def calm(monkeypatch: pytest.MonkeyPatch, rate: float, people: int, workers: int) -> tuple[Report, World]:
    """A send in which nothing goes wrong, with pollers that find a message as soon as it can be seen."""
    world = World(3, people, rate=rate, workers=workers, odds=CALM)
    world.polls = 0.05, 0.5
    without_real_waiting(world, monkeypatch.setattr)
    world.run()
    found = report(world)
    check(found, people)
    assert found.twice == 0
    return found, world


@pytest.mark.parametrize(("rate", "people", "workers"), [(14.0, 5_000, 2), (50.0, 10_000, 2)])
def test_without_faults_98_percent_of_the_rate_is_used(
    monkeypatch: pytest.MonkeyPatch, rate: float, people: int, workers: int
) -> None:
    found, world = calm(monkeypatch, rate, people, workers)
    assert found.used >= 0.98 - 1 / (people / rate)  # of the last second nobody can use more than there is left to mail
    assert world.worked <= 1.3 * people / rate + 60, "a second worker sleeps beside the one that uses the rate"


def test_many_workers_share_a_fast_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    found, _ = calm(monkeypatch, 200.0, 10_000, 8)
    assert found.used >= 0.95


def test_two_workers_lose_no_slots_of_a_fast_rate_while_one_reads_people(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slot comes each quarter of a second, and a call of SES takes as long: a worker that reads much between two misses one."""
    found, _ = calm(monkeypatch, 200.0, 10_000, 2)
    assert found.used >= 0.975
