"""Short numbers: handed out once, and none that spells a word."""

from dataclasses import replace

import pytest

from latchkey.codes.model.codes import number_is_usable
from latchkey.codes.stores.numbers import Numbers
from latchkey.shared.stores.dynamo import Update
from tests.support.system import TestSystem


@pytest.fixture
def numbers(system: TestSystem) -> Numbers:
    system.school("northbridge")
    return system.wiring("read_roster").numbers("northbridge")


def test_numbers_are_handed_out_once(numbers: Numbers) -> None:
    first, second = numbers.reserve(3), numbers.reserve(2)
    assert [*first, *second] == [1, 2, 3, 4, 5]


def test_a_number_that_spells_a_word_is_given_to_nobody(system: TestSystem, numbers: Numbers) -> None:
    bad = next(number for number in range(1, 10_000) if not number_is_usable(number))
    system.wiring("read_roster").table("DIRECTORY_TABLE").update(
        Update(pk="northbridge", sk="SCHOOL", set={"last_number": bad - 2})
    )
    assert numbers.reserve(3) == [bad - 1, bad + 1, bad + 2]
    assert numbers.reserve(1) == [bad + 3]


def test_changing_a_school_does_not_hand_out_numbers_again(system: TestSystem, numbers: Numbers) -> None:
    numbers.reserve(3)
    schools = system.wiring("operate").schools
    school = schools.get("northbridge")
    assert school is not None
    schools.change(replace(school, name="New name"))
    assert list(numbers.reserve(1)) == [4]
