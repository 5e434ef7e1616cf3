"""Choosing people by what they have in common: what is offered, with its numbers, and what a form says."""

from dataclasses import dataclass
from typing import Any

import pytest

from latchkey.errors import Invalid
from latchkey.people.model.choosing import LEVELS, MOST, Choice, Offered, parse_choice
from latchkey.people.model.person import Role


@dataclass(frozen=True)
class Someone:
    role: Role = "student"
    year_group: str | None = "7"
    registration_group: str | None = "7A"


PEOPLE = [
    Someone(year_group="10", registration_group="10C"),
    Someone(),
    Someone(),
    Someone(registration_group="7-10"),
    Someone(registration_group="7-2"),
    Someone(year_group="R", registration_group=None),
    Someone("teacher", None, None),
    Someone("parent", None, None),
]
OFFERED = Offered.of(PEOPLE)


def test_what_is_offered_stands_in_list_order_with_its_numbers() -> None:
    assert [(box.name, box.people) for box in OFFERED.years] == [("year.R", 1), ("year.7", 4), ("year.10", 1)]
    assert [(box.value, box.people, box.year) for box in OFFERED.groups] == [
        ("7-2", 1, "7"),
        ("7-10", 1, "7"),
        ("7A", 2, "7"),
        ("10C", 1, "10"),
    ]
    assert [(box.words, box.people) for box in OFFERED.roles] == [("Students", 6), ("Parents", 1), ("Teachers", 1)]
    assert OFFERED.total == len(PEOPLE)
    assert Offered.of([]).years == []


@pytest.mark.parametrize(
    ("fields", "number"),
    [
        ({"who": "school", "year.7": "on"}, 8),
        ({"who": "years", "year.7": "on", "year.10": "on"}, 5),
        ({"who": "groups", "group.7a": "on", "group.10C": "on"}, 3),
        ({"who": "groups", "groups_typed": "7a, 10c,"}, 3),
        ({"who": "roles", "role.student": "on", "role.parent": "on"}, 7),
        ({"who": "years", "year.Year 7": "on"}, 4),
        ({"who": "chosen"}, 108),
        ({"who": "nonsense"}, 0),
        ({}, 0),
    ],
)
def test_the_number_follows_the_choice(fields: dict[str, str], number: int) -> None:
    assert OFFERED.said(fields, chosen=108) == number


def test_a_choice_survives_its_own_fields_and_is_a_filter() -> None:
    for choice in (Choice("school"), Choice("years", ("7", "10")), Choice("groups", ("7A",)), Choice("chosen")):
        assert parse_choice(choice.as_fields(), LEVELS) == choice
    assert Choice("years", ("7", "10")).as_filter() == {"year_group": ["7", "10"]}
    assert Choice("groups", ("7A",)).as_filter() == {"registration_group": ["7A"]}
    assert Choice("roles", ("student",)).as_filter() == {"role": ["student"]}
    assert Choice("school").as_filter() == {}


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({}, "Choose which people you mean."),
        ({"who": "everyone"}, "Choose which people you mean."),
        ({"who": "roles", "role.student": "on"}, "You ticked “student”, but chose roles"),  # not offered here
        ({"who": "years"}, "Tick at least one year group."),
        ({"who": "groups", "groups_typed": " , "}, "Tick at least one registration group."),
        ({"who": "school", "year.7": "on"}, "You ticked “7”, but chose everybody. Which do you mean?"),
        ({"who": "years", "year.7": "on", "group.7A": "on"}, "You ticked “7A”, but chose year groups."),
        ({"who": "chosen", "groups_typed": "a,b,c,d,e"}, "“a”, “b”, “c” and 2 more"),
        ({"year.7": "on"}, "but chose nothing"),
        ({"who": ["years"], "year.7": "on"}, "Which do you mean?"),
        ({"who": "groups", "group." + "x" * 101: "on"}, "Choose at most 250 groups"),
        ({"who": "groups", "group.": "on"}, "Choose at most 250 groups"),
        ({"who": "groups", **{f"group.{number}": "on" for number in range(251)}}, "Choose at most 250 groups"),
    ],
    ids=str,
)
def test_what_cannot_be_meant_is_asked_back(fields: dict[str, Any], why: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_choice(fields, ("school", "years", "groups", "chosen"))
    assert why in refused.value.fields["who"]


def test_of_too_many_groups_the_names_are_typed() -> None:
    assert not Offered.of([Someone(registration_group=f"G{number}") for number in range(MOST)]).too_many
    assert Offered.of([Someone(registration_group=f"G{number}") for number in range(MOST + 1)]).too_many
