"""The order of a register: as schools sort their lists."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchkey.people.model.groups import group_key, year_key
from latchkey.people.model.person import Person
from latchkey.people.model.register import prefixes, sort_key


def student(number: int = 0, **facts: Any) -> Person:
    return Person(**{"id": f"{number:020d}", "role": "student", "given_name": "Ann", "family_name": "Lee", **facts})


def in_order(people: list[Person]) -> list[Person]:
    return sorted(people, key=lambda person: sort_key(person).encode())  # as DynamoDB sorts


def test_years_are_numbers_behind_nursery_and_reception() -> None:
    years = ["N", "N1", "N2", "R", *(str(year) for year in range(1, 15))]
    found = in_order([student(year_group=year) for year in reversed(years)])
    assert [person.year_group for person in found] == years


def test_numbers_in_groups_are_numbers() -> None:
    groups = ["7-1", "7-2", "7-9", "7-10", "7-11", "7-100", "7A", "7b", "7B1", "7B2", "7B10", "9Z", "10A", "Maple 2", "Maple 10"]
    found = in_order([student(year_group="7", registration_group=group) for group in reversed(groups)])
    assert [person.registration_group for person in found] == groups


def test_groups_sort_without_case_or_accents() -> None:
    groups = ["Eagle", "École", "Elm", "TŶ COCH", "Tŷ Gwyn"]
    found = in_order([student(registration_group=group) for group in reversed(groups)])
    assert [person.registration_group for person in found] == groups


def test_names_sort_as_a_register_has_them() -> None:
    names = [
        *(("Łucja", "Adamska"), ("Zoë", "Ågren"), ("Ann", "Elm"), ("Eve", "Élan-Fox"), ("Ann", "Fox")),
        *(("Ann", "Lee"), ("Ann Mary", "Lee"), ("Anna", "Lee"), ("Bea", "Lee"), ("Ann", "Lee Fox"), ("Ann", "Lee-Young")),
        *(("Ann", "Leeds"), ("Ann", "MacDonald"), ("Ann", "McAdam"), ("Madonna", ""), ("Ada", "O’Brien"), ("Bea", "Obrien")),
        *(("Cat", "O'Brien"), ("Ann", "Żak"), ("Ann", "Zulu")),
    ]
    people = [student(number, given_name=given, family_name=family) for number, (given, family) in enumerate(names)]
    found = [(person.given_name, person.family_name) for person in in_order(people[::-1])]
    moved = sorted(names, key=names.index)
    moved.remove(("Madonna", ""))
    moved.insert(moved.index(("Ann", "McAdam")), ("Madonna", ""))
    moved.remove(("Eve", "Élan-Fox"))
    moved.insert(moved.index(("Ann", "Elm")), ("Eve", "Élan-Fox"))
    assert found == moved


def test_people_stand_where_they_are_known() -> None:
    known = student(given_name="Thomas", family_name="Zulu", preferred_given_name="Tam", preferred_family_name="Ash")
    assert in_order([student(family_name="Lee"), known])[0] is known


def test_common_keys_are_those_of_older_releases() -> None:
    """So that most people never move: items keep their key until they are next written."""
    assert sort_key(student(year_group="7", registration_group="7B")) == f"07#7B#lee#ann#{0:020d}"
    assert sort_key(student()) == f"##lee#ann#{0:020d}"


TEXT = st.text(max_size=100)


@given(TEXT, TEXT, st.text(max_size=60), st.sampled_from(["", "N", "R", "7", "10", "odd"]))
def test_a_key_is_one_that_the_table_takes(given_name: str, family: str, group: str, year: str) -> None:
    person = student(given_name=given_name, family_name=family, registration_group=group, year_group=year)
    key = sort_key(person)
    assert len(key.encode()) < 1_024
    assert key.endswith(f"#{person.id}")
    assert key == sort_key(person)
    assert any(key.startswith(prefix) for prefix in prefixes(*filter(None, [year])))


@given(st.lists(st.tuples(TEXT, TEXT), min_size=2, max_size=6))
def test_no_two_people_have_one_place(names: list[tuple[str, str]]) -> None:
    keys = [sort_key(student(number, given_name=one, family_name=two)) for number, (one, two) in enumerate(names)]
    assert len(set(keys)) == len(keys)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_groups_with_numbers_sort_as_the_numbers(one: int, other: int) -> None:
    assert (group_key(f"7-{one}") < group_key(f"7-{other}")) is (one < other)


@pytest.mark.parametrize(
    ("years", "expected"),
    [((), ("",)), (("7",), ("07#",)), (("R",), ("00R#", "R#")), (("12", "R", "7"), ("00R#", "07#", "12#", "R#"))],
)
def test_a_year_is_found_under_its_old_key_too(years: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert prefixes(*years) == expected
    assert {f"{year_key(year)}#" for year in years} <= {*expected}
