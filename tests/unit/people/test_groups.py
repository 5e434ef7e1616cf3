"""Year and registration groups: what people write, and what a roster makes of it, is one rule."""

import pytest

from latchkey.people.model import groups
from latchkey.people.model.people_filter import parse
from latchkey.people.model.person import Person
from latchkey.rosters.model import cells

ANN = Person(
    id="a" * 20, role="student", given_name="Ann", family_name="Lee", year_group="7", registration_group="7A", status="active"
)


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("7", "7"),
        ("07", "7"),
        ("Y7", "7"),
        ("y07", "7"),
        ("Year 7", "7"),
        ("YEAR7", "7"),
        ("yr 12", "12"),
        ("reception", "R"),
        ("n1", "N1"),
    ],
)
def test_the_filter_takes_what_a_roster_takes(text: str, year: str) -> None:
    assert cells.year_group(text) == groups.year_group(text) == year
    assert parse({"year_group": text}).year_groups == (year,)


@pytest.mark.parametrize("text", ["15", "0", "7A", "Year", "٧", "year seven", "7 7"])
def test_what_is_no_year_group_stays_as_it_was_typed(text: str) -> None:
    assert groups.year_group(text) is None
    assert parse({"year_group": text}).year_groups == (text,)
    with pytest.raises(cells.Wrong):
        cells.year_group(text)


@pytest.mark.parametrize("text", ["7A", "7a", " 7a "])
def test_a_registration_group_is_found_however_it_is_written(text: str) -> None:
    assert parse({"registration_group": text}).matches(ANN)
    assert not parse({"registration_group": text + "b"}).matches(ANN)


@pytest.mark.parametrize("given", [{"year_group": "Y7"}, {"year_group": "07", "registration_group": "7a"}])
def test_both_together(given: dict[str, str]) -> None:
    assert parse(given).matches(ANN)
    assert parse(parse(given).as_mapping()) == parse(given)


def test_nobody_without_a_group_is_in_one() -> None:
    assert not groups.same(None, "7A")
    assert groups.same("8 oak", "8  Oak")
