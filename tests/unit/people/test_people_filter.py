"""The filter of lists, sends and exports."""

import pytest

from latchkey.errors import Invalid
from latchkey.people.model.people_filter import PeopleFilter, parse
from latchkey.people.model.person import Person

ANN = Person(
    id="0123456789abcdefghjk",
    role="student",
    given_name="Ann-Marie",
    family_name="O'Neil",
    email="ann@x.example",
    username="aoneil",
    year_group="7",
    registration_group="7A",
)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, True),
        ({"role": "student"}, True),
        ({"role": "parent"}, False),
        ({"year_group": "7", "registration_group": "7A"}, True),
        ({"year_group": "8"}, False),
        ({"q": "ann"}, True),
        ({"q": "MARIE o'n"}, True),
        ({"q": "neil"}, False),
        ({"q": "aone"}, True),
        ({"q": "ann@x"}, True),
        ({"q": "ann bob"}, False),
        ({"missing_email": "true"}, False),
        ({"never_logged_in": "true"}, True),
    ],
)
def test_who_is_meant(wanted: dict[str, str], found: bool) -> None:
    assert parse(wanted).matches(ANN) is found


@pytest.mark.parametrize(
    "wanted",
    [
        {"role": "admin"},
        {"role": ["student"]},
        {"q": {"$startsWith": "a"}},
        {"used_link": "a"},
        {"filter[version][$gt]": "0"},
        {"missing_email": "maybe"},
        {"q": "a" * 101},
        {"sort": "version"},
        {"role": []},
        {"role": {"S": "student"}},
        {"q": {}},
        {"q": False},
        {"year_group": 0},
        {"year_group": "\ud800"},
        {"registration_group": "7\x00A"},
        {"missing_email": None},
        {"never_logged_in": {"NULL": True}},
    ],
)
def test_unknown_fields_and_values_are_refused(wanted: dict[str, object]) -> None:
    with pytest.raises(Invalid) as caught:
        parse(wanted)
    assert set(caught.value.fields) == set(wanted)


def test_a_filter_survives_its_way_through_a_query_string() -> None:
    wanted = PeopleFilter(role="student", year_group="7", q="ann", missing_email=True)
    assert parse(wanted.as_mapping()) == wanted
