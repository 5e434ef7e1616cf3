"""What somebody is known by stands beside the legal name in a row of a roster."""

from latchkey.rosters.model.rows import Checker
from latchkey.rosters.model.runs import Row
from latchkey.rosters.model.words import ROLES


def rows(**columns: list[str]) -> list[Row]:
    lines = range(2, 2 + len(next(iter(columns.values()))))
    given = {"mis_id": [f"S{line}" for line in lines], "role": ["student"] * len(lines), **columns}
    return Checker(ROLES, {}).batch(lines, given, [False] * len(lines), []).rows


def names(row: Row) -> tuple[str, str, str | None, str | None]:
    return row.given_name, row.family_name, row.preferred_given_name, row.preferred_family_name


def test_preferred_names_are_kept_apart_from_the_legal_ones() -> None:
    found = rows(
        given_name=["Thomas", "Ann", "Ben"],
        family_name=["Lee", "Fox", "Ash"],
        preferred_given_name=["Tam", "", "-"],
        preferred_family_name=["", "Elm ", ""],
    )
    assert [names(row) for row in found] == [
        ("Thomas", "Lee", "Tam", None),
        ("Ann", "Fox", None, "Elm"),
        ("Ben", "Ash", None, None),
    ]
    assert not any(row.leaves for row in found)


def test_a_file_that_has_only_preferred_names_has_names() -> None:
    (row,) = rows(preferred_given_name=["Tam"], preferred_family_name=["Lee"])
    assert names(row)[:2] == ("Tam", "Lee")


def test_without_such_columns_nobody_has_another_name() -> None:
    (row,) = rows(given_name=["Thomas"], family_name=["Lee"])
    assert names(row) == ("Thomas", "Lee", None, None)
