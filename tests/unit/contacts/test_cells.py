"""Names in one cell, several addresses in one, yes and no in all their words."""

import pytest

from latchkey.contacts.model import cells


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Mrs A Khan", ("Mrs", "A", "Khan")),
        ("Khan, Aisha", ("", "Aisha", "Khan")),
        ("Khan, Mrs A", ("Mrs", "A", "Khan")),
        ("Mrs Khan, Aisha", ("Mrs", "Aisha", "Khan")),
        ("Dr. Lea Moor", ("Dr.", "Lea", "Moor")),
        ("Mr and Mrs Lee", ("Mr and Mrs", "", "Lee")),
        ("Mr & Mrs J Lee", ("Mr & Mrs", "J", "Lee")),
        ("Jan van der Berg", ("", "Jan", "van der Berg")),
        ("Kay  Rudd", ("", "Kay", "Rudd")),
        ("Prince", ("", "", "Prince")),
        ("Mrs", ("", "", "Mrs")),
        ("Khan,", ("", "", "Khan")),
        ("", ("", "", "")),
    ],
)
def test_a_name_in_one_cell_is_taken_apart(text: str, parts: tuple[str, str, str]) -> None:
    assert cells.split_name(text) == parts


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ana@mail.example", (["ana@mail.example"], False)),
        ("ana@mail.example, ian@mail.example", (["ana@mail.example", "ian@mail.example"], False)),
        ("ana@mail.example;ian@mail.example\nana@mail.example", (["ana@mail.example", "ian@mail.example"], False)),
        ("ana@mail.example ian@mail.example", (["ana@mail.example", "ian@mail.example"], False)),
        ("Ana Blair <Ana@Mail.example>", (["ana@mail.example"], False)),
        ("ana@mail.example, nonsense", (["ana@mail.example"], True)),
        ("Blair, Ana <ana@mail.example>", (["ana@mail.example"], False)),
        ("ana@mail.example, x@y, ian@mail.example", (["ana@mail.example", "ian@mail.example"], True)),
        ("n/a", ([], False)),
        ("nonsense", ([], True)),
        ("a" * 1_001, ([], True)),
        ("", ([], False)),
    ],
)
def test_addresses_in_a_cell(text: str, found: tuple[list[str], bool]) -> None:
    assert cells.emails(text) == found


def test_yes_and_no() -> None:
    assert [cells.flag(text) for text in ("T", "yes", "TRUE", "1", "Y", "✓")] == [True] * 6
    assert [cells.flag(text) for text in ("F", "No", "false", "0", "n")] == [False] * 5
    assert [cells.flag(text) for text in ("", "perhaps", "Ms Lea Moor")] == [None] * 3


def test_whatever_stands_in_a_cell_about_court_orders_bars() -> None:
    assert [cells.barred(text) for text in ("T", "Yes", "see file", "Non-molestation order 2024", "?")] == [True] * 5
    assert [cells.barred(text) for text in ("", "F", "No", "n/a", " none ", "0")] == [False] * 6


def test_priorities() -> None:
    assert [cells.priority(text) for text in ("1", " 2 ", "1.0", "3rd", "0", "", "first", "99999")] == [
        1,
        2,
        1,
        3,
        None,
        None,
        None,
        None,
    ]


def test_telephones_are_compared_by_their_digits() -> None:
    assert cells.digits("+44 7700 900123") == cells.digits("07700-900123") == cells.digits("0044 7700 900 123") == "07700900123"
    assert (cells.phone("07700 900123 after 6"), cells.phone("none")) == ("07700 900123 after 6", "")


def test_names_are_compared_without_accents_and_signs() -> None:
    assert cells.folded("O’Brien-Żak") == cells.folded("O'BRIEN Zak") == "obrien zak"
