"""Rosters in workbooks: what Excel makes of ids, dates and groups costs nobody, and what was left unread is named."""

from datetime import date
from typing import Any

from tests.support.rosters import parse
from tests.support.workbooks import excel, packed, written

HEADER = ["Adno", "Type", "Forename", "Surname", "Reg Group", "Email", "Leaving date", "Leaver"]


def roster(*rows: list[Any], **formats: str) -> bytes:
    """A workbook below a title, as a report is saved: ``formats`` by the letter of the column."""

    def fill(book: Any) -> None:
        sheet = book.add_worksheet("Pupils")
        sheet.merge_range(0, 0, 0, 7, "All pupils, printed on 7 October 2026")
        sheet.write_row(2, 0, HEADER)
        given = {ord(letter) - 65: book.add_format({"num_format": code}) for letter, code in formats.items()}
        for number, row in enumerate(rows, start=3):
            for place, value in enumerate(row):
                sheet.write(number, place, value, given.get(place))
        book.add_worksheet("Notes").write(0, 0, "Ask Jo about 7B")

    return written(fill)


def test_what_excel_makes_of_cells_is_read_as_it_is_seen() -> None:
    found = parse(
        roster(
            [1901, "Student", "Ada", "Khan", date(2026, 10, 7), "#N/A", None, None],
            [1902, "Student", "Zoë", "O’Neil", "7B", "zoe@x.example", date(2026, 3, 7), None],
            [1903, "Student", "Cai", "Rhys", "7B", None, date(2027, 3, 7), None],
            [1904, "Student", "Tom", "Lee", "7B", None, None, True],
            A="000000",
            E="d-mmm",
            G="mm/dd/yyyy",
        )
    )
    assert [(row.mis_id, row.family_name, row.leaves) for row in found.rows] == [
        ("001901", "Khan", False),
        ("001902", "O’Neil", True),  # 7 March, not 3 July
        ("001903", "Rhys", False),
        ("001904", "Lee", True),
    ]
    assert [row.line for row in found.rows] == [4, 5, 6, 7]
    assert found.rows[0].registration_group == "7-Oct"
    assert [(each.line, each.column) for each in found.warned] == [(4, "Reg Group")]
    assert found.rows[0].email is None
    assert "Only the sheet Pupils was read. Not read: Notes." in found.warnings


def test_a_word_of_look_alike_letters_is_no_word_of_ours_and_is_named() -> None:
    header = ["mis_id", "role", "surname", "\u0435mail"]  # a Cyrillic letter
    found = parse(excel(("People", [header, ["S1", "student", "Khan", "somebody@else.example"]])))
    assert found.rows[0].email is None
    assert any("\u0435mail" in warning for warning in found.warnings)


def test_a_zip_of_a_workbook_is_a_roster() -> None:
    book = excel(("People", [["mis_id", "role", "surname"], ["S1", "student", "Khan"]]))
    assert [row.mis_id for row in parse(packed([("pupils.xlsx", book)])).rows] == ["S1"]
