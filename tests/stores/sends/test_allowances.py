"""What an admin sends alone: entries that add up under the revision that was read."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from latchkey.sends.stores.allowances import Allowances
from latchkey.shared.model.ids import new_id
from tests.support.system import START, TestSystem

NOW, DAY = int(START), 86_400
ADMIN, OTHER = "a" * 20, "b" * 20


@pytest.fixture
def allowances(system: TestSystem) -> Allowances:
    return system.wiring("console").allowances("northbridge")


def test_n_fits_and_one_more_does_not(allowances: Allowances) -> None:
    assert allowances.reserve(ADMIN, new_id(), 60, at=NOW, now=NOW, above=100)
    assert not allowances.reserve(ADMIN, new_id(), 41, at=NOW, now=NOW, above=100)
    assert allowances.reserve(ADMIN, new_id(), 40, at=NOW, now=NOW, above=100)
    assert (allowances.spent(ADMIN, NOW), allowances.spent(OTHER, NOW)) == (100, 0)
    assert allowances.reserve(OTHER, new_id(), 100, at=NOW, now=NOW, above=100)


def test_a_day_ends_to_the_second(allowances: Allowances) -> None:
    assert allowances.take(ADMIN, new_id(), 100, now=NOW, above=100)
    assert not allowances.take(ADMIN, new_id(), 1, now=NOW + DAY - 1, above=100)
    assert allowances.take(ADMIN, new_id(), 100, now=NOW + DAY, above=100)
    assert allowances.spent(ADMIN, NOW + DAY) == 100


def test_taking_puts_the_true_number_in_place_of_the_reserved_one(allowances: Allowances) -> None:
    send = new_id()
    assert allowances.reserve(ADMIN, send, 60, at=NOW, now=NOW, above=100)
    assert allowances.reserve(ADMIN, send, 1, at=NOW, now=NOW, above=100)  # the same request again lowers nothing
    assert allowances.spent(ADMIN, NOW) == 60
    assert allowances.take(ADMIN, send, 80, now=NOW + 5, above=100)
    assert allowances.spent(ADMIN, NOW) == 80
    assert not allowances.take(ADMIN, send, 101, now=NOW + 6, above=100)
    assert allowances.spent(ADMIN, NOW) == 0  # it waits for approval now


def test_giving_back_frees_it_and_without_a_rule_it_is_counted_all_the_same(allowances: Allowances) -> None:
    send = new_id()
    assert allowances.take(ADMIN, send, 1_000, now=NOW, above=None)
    assert allowances.spent(ADMIN, NOW) == 1_000
    allowances.give_back(ADMIN, send, NOW)
    allowances.give_back(ADMIN, send, NOW)
    assert allowances.spent(ADMIN, NOW) == 0


def test_of_many_at_once_just_as_many_as_fit(allowances: Allowances) -> None:
    with ThreadPoolExecutor(4) as pool:
        fits = list(pool.map(lambda _: allowances.reserve(ADMIN, new_id(), 30, at=NOW, now=NOW, above=100), range(6)))
    assert sorted(fits) == [False] * 3 + [True] * 3
    assert allowances.spent(ADMIN, NOW) == 90
