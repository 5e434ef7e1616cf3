"""Whose address nobody has confirmed stays so when their look-up keys are rotated."""

import pytest

from latchkey.people.model.change import PersonChange
from latchkey.people.model.person import Person
from latchkey.people.model.person_keys import keys_of, moved, with_keys
from tests.support.system import TestSystem

OLD, NEW = b"o" * 32, b"n" * 32
KEY = keys_of(OLD, "p@x.example", None)["email_key"]


@pytest.mark.parametrize("typed", [KEY, None, "f" * 32])
def test_an_address_is_as_unconfirmed_under_the_new_key_as_it_was(system: TestSystem, typed: str | None) -> None:
    person = Person(
        id="1" * 20,
        role="student",
        given_name="A",
        family_name="B",
        email="p@x.example",
        email_key=KEY,
        email_typed=typed,
    )
    assert person.address_is_unconfirmed is (typed == KEY)
    after = moved(person, OLD, NEW)
    assert after.email_key != KEY
    assert after.address_is_unconfirmed == with_keys(person, NEW).address_is_unconfirmed == person.address_is_unconfirmed
    directory = system.wiring("operate").directory("northbridge")
    directory.put_new([person])
    assert directory.move_keys([PersonChange(person, after)]) == 0
    assert directory.person(person.id) == after
