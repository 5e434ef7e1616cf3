"""Names that are nearly what was typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchkey.people.model.person import Person
from latchkey.roll.model.near_names import near_names, slips, written


def people(*names: tuple[str, str]) -> list[Person]:
    return [
        Person(id=f"{number:020d}", role="student", given_name=given_name, family_name=family)
        for number, (given_name, family) in enumerate(names)
    ]


SCHOOL = people(
    ("Jan", "Novák"), ("Łucja", "O’Brien"), ("Mohammed", "Khan"), ("Ann-Marie", "Okonkwo"), ("Sam", "Smith"), ("Sue", "Smyth")
)


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("Novack", ["Novák"]),
        ("nowak", ["Novák"]),
        ("lucia", ["Łucja"]),
        ("Obrian", ["O’Brien"]),
        ("muhammad", ["Mohammed"]),
        ("okonwko", ["Okonkwo"]),
        ("jan novack", ["Jan Novák"]),
        ("smoth", ["Smith", "Smyth"]),
        ("sam smoth", ["Sam Smith", "Sam Smyth"]),
        ("novak", ["Novák"]),
        ("xyzzy", []),
        ("jan xyzzy", []),
        ("no", ["no"]),
        ("zz", []),
        ("sm1th", []),
        ("jan@x", []),
        ("", []),
        ("a b c d e", []),
    ],
)
def test_what_is_offered(typed: str, offered: list[str]) -> None:
    assert near_names(typed, written(SCHOOL)) == offered


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        ("smith", "smith", 0),
        ("smith", "smyth", 1),
        ("smith", "smiht", 1),
        ("smith", "smit", 1),
        ("ab", "ba", 1),
        ("smith", "smooth", 2),
    ],
)
def test_slips_are_counted(one: str, other: str, count: int) -> None:
    assert slips(one, other, 2) == slips(other, one, 2) == count
    assert slips(one, other, count - 1) is None or count == 0


WORD = st.text("abc", max_size=6)


@given(WORD, WORD, st.integers(0, 3))
def test_slips_are_symmetric_and_never_more_than_asked_for(one: str, other: str, most: int) -> None:
    found = slips(one, other, most)
    assert found == slips(other, one, most)
    assert found is None or (found <= most and (found == 0) is (one == other))
