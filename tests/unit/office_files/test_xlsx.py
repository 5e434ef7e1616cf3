"""Workbooks: every cell is text, nothing is lost, the file is made in a stream and says nothing about anybody."""

import io
import zipfile
from collections.abc import Sequence
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from latchkey.office_files.xlsx import LONGEST, MOST_ROWS, Workbook, letters
from tests.support.hostile_names import HOSTILE, LONG

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
cells = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(HOSTILE[: -len(LONG)])


def made(*sheets: tuple[str, Sequence[Sequence[str]]], heading: str = "") -> bytes:
    out = io.BytesIO()
    book = Workbook(out.write)
    for name, rows in sheets:
        book.sheet(name, rows[0], [10] * len(rows[0]), heading)
        book.add(rows[1:])
    book.finish()
    return out.getvalue()


def part(data: bytes, path: str) -> ElementTree.Element:
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert parts.testzip() is None
        return ElementTree.fromstring(parts.read(path))


def read(data: bytes) -> list[list[str]]:
    """What openpyxl reads; it leaves the escapes of inline strings to its caller, and says None where nothing is."""
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    return [[unescape(cell.value) if cell.value is not None else "" for cell in row] for row in sheet.iter_rows()]


def test_every_name_comes_out_as_it_went_in() -> None:
    rows = [["number", "name", "end"], *[[str(number), name, "end"] for number, name in enumerate(HOSTILE)]]
    assert read(made(("Names", rows))) == rows


def test_an_odd_name_is_seen_among_harmless_ones() -> None:
    """Rows are looked through together, so each kind of oddity has to be found when it is the only one."""
    for name in HOSTILE[: -len(LONG)]:
        rows = [["name", "end"], ["Ann", "end"], [name, "end"], ["Ben", "end"]]
        assert read(made(("Names", rows))) == rows, ascii(name)


@settings(deadline=None)
@given(rows=st.lists(st.lists(cells, min_size=3, max_size=3), max_size=40))
def test_so_does_every_text(rows: list[list[str]]) -> None:
    """The quick way for harmless rows and the careful one give the same."""
    rows = [["a", "b", "c"], *rows]
    found = read(made(("Names", rows)))
    assert found + [["", "", ""]] * (len(rows) - len(found)) == rows


@pytest.mark.parametrize("name", [" Ann", "Ann ", " ", "\tAnn", "Ann\n"])
def test_blanks_around_a_name_are_kept_by_programs_that_drop_them_unless_told(name: str) -> None:
    sheet = part(made(("Names", [["name", "end"], [name, "end"]])), "xl/worksheets/sheet1.xml")
    text = sheet.findall(f".//{MAIN}t")[2]
    assert (text.text, text.get("{http://www.w3.org/XML/1998/namespace}space")) == (name, "preserve")


def test_every_cell_is_text_and_stays_text_when_it_is_edited() -> None:
    data = made(("Names", [["name"], *[[name] for name in HOSTILE]]))
    sheet = part(data, "xl/worksheets/sheet1.xml")
    assert {cell.get("t") for cell in sheet.iter(f"{MAIN}c")} == {"inlineStr"}
    assert {child.tag for cell in sheet.iter(f"{MAIN}c") for child in cell} == {f"{MAIN}is"}
    assert not [each for each in sheet.iter() if each.tag in {f"{MAIN}f", f"{MAIN}v", f"{MAIN}hyperlink"}]
    formats = [each.get("numFmtId") for each in part(data, "xl/styles.xml").findall(f"{MAIN}cellXfs/{MAIN}xf")]
    assert {formats[int(cell.get("s", "0"))] for cell in sheet.iter(f"{MAIN}c")} == {"49"}


def test_cells_stand_where_they_say_whatever_is_empty() -> None:
    header = [f"column {number}" for number in range(30)]
    data = made(("Wide", [header, [""] * 27 + ["ab", "", "z"], [""] * 30, ["first", *[""] * 28, "<last>"]]))
    places = [cell.get("r") for cell in part(data, "xl/worksheets/sheet1.xml").iter(f"{MAIN}c")]
    assert places[30:] == ["AB2", "AD2", "A4", "AD4"]


@pytest.mark.parametrize(("place", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")])
def test_columns_have_the_names_that_excel_gives_them(place: int, name: str) -> None:
    assert letters(place) == name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x" * LONGEST, "x" * LONGEST),
        ("x" * (LONGEST + 1), "x" * LONGEST),
        ("😀" * 16_384, "😀" * 16_383),
        ("x" + "😀" * 16_384, "x" + "😀" * 16_383),
        ("&" * 40_000, "&" * LONGEST),
    ],
)
def test_what_excel_cannot_hold_is_cut_between_characters(text: str, expected: str) -> None:
    assert read(made(("Long", [["name"], [text]]))) == [["name"], [expected]]


def test_half_a_character_is_replaced_not_refused() -> None:
    assert read(made(("Half", [["name"], ["a\ud83db"]]))) == [["name"], ["a\ufffdb"]]


def test_the_header_is_bold_and_always_in_sight() -> None:
    sheet = load_workbook(io.BytesIO(made(("Names", [["name"], ["Ann"]])))).active
    assert sheet is not None
    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].font.b
    assert not sheet["A2"].font.b
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.column_dimensions["A"].width == 10


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["7A", "7A", "7a"], ["7A", "7A (2)", "7a (3)"]),
        (["7/8 [A]:*?\\"], ["7-8 -A-----"]),
        (["'Ann'", "History", ""], ["-Ann-", "History-", "Sheet"]),
        (["x" * 40, "x" * 40], ["x" * 31, "x" * 27 + " (2)"]),
        (["😀" * 20], ["😀" * 15]),
        (["O'Brien & <Co>", "=1+1"], ["O'Brien & <Co>", "=1+1"]),
        (["a\0b\ud83d"], ["a-b-"]),
    ],
)
def test_sheets_have_names_that_excel_takes(names: list[str], expected: list[str]) -> None:
    book = load_workbook(io.BytesIO(made(*[(name, [["a"], ["b"]]) for name in names])))
    assert book.sheetnames == expected


def test_the_same_rows_give_the_same_bytes_and_nothing_about_who_made_them() -> None:
    rows = [["name"], ["Ann"]]
    data = made(("Names", rows), heading="R&D's &P school")
    assert data == made(("Names", rows), heading="R&D's &P school")
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert not [name for name in parts.namelist() if "docProps" in name]
        assert {each.date_time for each in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert load_workbook(io.BytesIO(data)).worksheets[0].oddHeader.left.text == "R&&D's &&P school"


def test_a_heading_that_xml_cannot_hold_does_not_break_the_file() -> None:
    book = load_workbook(io.BytesIO(made(("Names", [["name"], ["Ann"]]), heading="A\0\ud83d<" + "&" * 300)))
    assert book.worksheets[0].oddHeader.left.text == "A  <" + "&&" * 96


def test_bytes_come_as_rows_come() -> None:
    pieces: list[int] = []
    book = Workbook(lambda data: pieces.append(len(data)))
    book.sheet("Names", ["name"], [10])
    sizes = []
    for start in range(0, 40_000, 4_000):
        book.add([[f"{number * 7919 % 99_991}-{number}"] for number in range(start, start + 4_000)])
        sizes.append(sum(pieces))
    assert all(before < after for before, after in pairwise(sizes))
    book.finish()


def test_what_a_sheet_cannot_hold_goes_on_in_a_further_one() -> None:
    out = io.BytesIO()
    book = Workbook(out.write)
    book.sheet("Names", ["name"], [10])
    book._next = MOST_ROWS + 1  # as if all but one had been written
    book.add([["the last"], ["one more"]])
    book.add([["and one"]])
    book.finish()
    first, second = load_workbook(io.BytesIO(out.getvalue())).worksheets
    assert (first.title, first.max_row, first[f"A{MOST_ROWS + 1}"].value) == ("Names", 1_048_576, "the last")
    assert (second.title, [row[0].value for row in second.iter_rows()]) == ("Names (2)", ["name", "one more", "and one"])
