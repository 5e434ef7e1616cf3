"""The grid of slots: no second holds more than the rate, and little of the rate is wasted."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchkey.mail.model.pace import CALL_MAILS, GUARD, LATE, grid

START = 1_795_000_000.0
rates = st.floats(0.05, 5000) | st.sampled_from([0.5, 1.0, 1.5, 14.0, 50.0, 51.0, 90.0, 200.0, 500.0])


@given(rates, st.lists(st.integers(1, 60), min_size=1, max_size=30), st.randoms())
def test_no_second_holds_more_than_the_rate_however_late_calls_begin(rate: float, wishes: list[int], chance: object) -> None:
    lanes = grid(rate)
    number = lanes.first(START)
    calls: list[tuple[float, int]] = []
    for wish in wishes:
        for slot in lanes.slots(number, wish):
            skew = chance.uniform(LATE - GUARD, GUARD - LATE) / 2  # type: ignore[attr-defined]
            calls.append((slot.at + skew + chance.uniform(0, LATE), slot.mails))  # type: ignore[attr-defined]
        number += wish
    window = max(1.0, 1 / rate)
    for start, _ in calls:
        assert sum(mails for at, mails in calls if start <= at < start + window) <= max(1, rate)


@given(rates, st.integers(0, 10**6), st.integers(1, 500))
def test_slots_hold_every_mail_once_in_calls_that_ses_takes(rate: float, ahead: int, mails: int) -> None:
    lanes = grid(rate)
    first = lanes.first(START) + ahead
    slots = list(lanes.slots(first, mails))
    assert sum(slot.mails for slot in slots) == mails
    assert all(1 <= slot.mails <= min(lanes.most, CALL_MAILS) for slot in slots)
    assert all(one.at < other.at for one, other in pairwise(slots))
    assert slots[0].at == lanes.time(first)


@pytest.mark.parametrize("rate", [14.0, 50.0, 90.0, 200.0, 500.0, 1000.0])
def test_95_percent_of_the_rate_are_used(rate: float) -> None:
    lanes = grid(rate)
    first = lanes.first(START)
    number = first + int(rate) * 600
    assert int(rate) * 600 / (lanes.time(number) - lanes.time(first)) >= 0.95 * rate


@pytest.mark.parametrize(
    ("rate", "most", "calls"), [(0.2, 1, 0.2), (1, 1, 1), (14, 14, 1), (50, 50, 1), (90, 45, 2), (200, 50, 4)]
)
def test_a_rate_takes_as_few_calls_as_its_mails_fit_in(rate: float, most: int, calls: float) -> None:
    lanes = grid(float(rate))
    assert lanes.most == most
    assert 1e6 / lanes.spacing == pytest.approx(calls, rel=0.05)
