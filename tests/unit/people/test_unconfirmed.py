"""Whose addresses nobody has confirmed, and what may be confirmed for how long."""

from dataclasses import replace

import pytest

from latchkey.people.model.person import NewEmail, Person
from latchkey.people.model.unconfirmed import (
    PROVISIONAL,
    WAITS,
    asked_for,
    given_by_school,
    has_confirmed,
    is_over,
    is_provisional,
    to_confirm,
)
from latchkey.records.model.fields import with_facts

NOW = 1_800_000_000
OLD = Person(
    id="p" * 20,
    role="parent",
    given_name="A",
    family_name="B",
    email="a@x.example",
    email_key="k",
    password_set_at=NOW,
    version=1,
)
TYPED = replace(OLD, email_typed="k", provisional_until=NOW + PROVISIONAL)
ROSTER = replace(OLD, mis_id="P1")


@pytest.mark.parametrize(
    ("person", "unconfirmed"),
    [
        (TYPED, True),
        (OLD, True),
        (ROSTER, False),
        (replace(OLD, used_link="f" * 32), False),
        (replace(TYPED, email_key="other"), False),
        (replace(TYPED, role="student"), True),
        (replace(OLD, role="teacher"), False),
        (replace(OLD, password_set_at=None), False),
    ],
)
def test_who_is_unconfirmed(person: Person, unconfirmed: bool) -> None:
    assert person.address_is_unconfirmed == unconfirmed
    assert is_provisional(person) == (unconfirmed and person.role == "parent")
    assert to_confirm(person, NOW) == (["a@x.example"] if unconfirmed else [])
    assert has_confirmed(person, "a@x.example") == (person.role != "student" and not unconfirmed)


def test_only_a_provisional_account_ends_and_only_at_its_time() -> None:
    assert [is_over(TYPED, NOW + PROVISIONAL + each) for each in (-1, 0, 1)] == [False, True, True]
    assert not is_over(OLD, NOW * 2)
    assert not is_over(replace(TYPED, email_typed=None, used_link="f"), NOW * 2)


@pytest.mark.parametrize(
    ("wish", "now", "found"),
    [
        (NewEmail("b@x.example", NOW, 1), NOW + WAITS - 1, "b@x.example"),
        (NewEmail("b@x.example", NOW, 1), NOW + WAITS, None),
        (NewEmail("b@x.example", NOW, 0), NOW, None),
        (NewEmail("a@x.example", NOW, 1), NOW, None),
        (None, NOW, None),
    ],
)
def test_how_long_a_wish_waits(wish: NewEmail | None, now: int, found: str | None) -> None:
    person = replace(ROSTER, new_email=wish)
    assert asked_for(person, now) == found
    assert to_confirm(person, now) == ([found] if found else [])


def test_both_may_wait() -> None:
    person = replace(TYPED, new_email=NewEmail("b@x.example", NOW, 1))
    assert to_confirm(person, NOW) == ["a@x.example", "b@x.example"]


@pytest.mark.parametrize("person", [OLD, TYPED, ROSTER])
def test_an_address_that_the_school_gives_counts_as_confirmed(person: Person) -> None:
    assert not with_facts(person, {"email": "school@x.example"}, b"k" * 32).address_is_unconfirmed
    same = with_facts(person, {"given_name": "C"}, b"k" * 32)
    assert same.address_is_unconfirmed == person.address_is_unconfirmed
    assert given_by_school(person, replace(person, email=None)).email_typed == person.email_typed
