"""The pace: no second holds more than the share, and waiting ends where patience does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchkey.model.pace import Pace


class Time:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds


@given(st.floats(0.05, 300), st.lists(st.integers(1, 50), min_size=1, max_size=30), st.lists(st.floats(0, 3), max_size=30))
def test_no_second_holds_more_than_the_rate(rate: float, wishes: list[int], gaps: list[float]) -> None:
    time = Time()
    pace = Pace(time, time.sleep)
    gone: list[tuple[float, int]] = []
    for number, wish in enumerate(wishes):
        taken = pace.take(wish, rate, 10_000)
        assert 1 <= taken <= wish
        gone.append((time.now, taken))
        time.now += gaps[number] if number < len(gaps) else 0
    for start, _ in gone:
        assert sum(count for at, count in gone if start <= at < start + 1) <= max(1, rate)
        if rate < 1:
            assert sum(count for at, count in gone if start <= at < start + 1 / rate) == 1


@pytest.mark.parametrize(("rate", "mails", "seconds"), [(14.0, 140, 9), (1.0, 10, 9), (0.5, 10, 18), (200.0, 2000, 9)])
def test_the_rate_is_used(rate: float, mails: int, seconds: float) -> None:
    time = Time()
    pace = Pace(time, time.sleep)
    while mails:
        mails -= pace.take(min(50, mails), rate, 1000)
    assert time.now == pytest.approx(seconds, abs=0.2)


def test_patience_ends_before_the_sleep() -> None:
    time = Time()
    pace = Pace(time, time.sleep)
    assert pace.take(5, 5, 0) == 5
    assert pace.take(5, 5, 0.5) == 0
    assert time.now == 0
    assert pace.take(5, 5, 2) == 5


@pytest.mark.parametrize(("wanted", "rate"), [(0, 5.0), (5, 0.0), (5, -1.0)])
def test_nothing_goes_where_nothing_may(wanted: int, rate: float) -> None:
    assert Pace().take(wanted, rate, 10) == 0
