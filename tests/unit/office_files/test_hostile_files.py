"""Files made to hurt: each ends soon, in rows or in a refusal that says where.

Memory grows neither with the file nor with what it claims.
"""

import io
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from latchkey.office_files.model import archive, sheets, workbook
from latchkey.office_files.model.unusable import Unusable
from tests.support.workbooks import HEADER, MAIN, excel, opened, packed, raw, table, texts

MB = 1024 * 1024
ADA = texts(2, "S1", "student", "Ada", "Khan")
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
OUTSIDE = '<!DOCTYPE x SYSTEM "file:///etc/passwd" [<!ENTITY a SYSTEM "http://attacker.example/">]>'


def refused(content: bytes) -> str:
    with pytest.raises(Unusable) as caught:
        table(content)
    detail = caught.value.detail
    assert detail.isprintable()
    assert len(detail) < 400
    return detail


def sheet_of(inside: str, before: str = "") -> str:
    return f'<?xml version="1.0"?>{before}<worksheet xmlns="{MAIN}">{inside}</worksheet>'


@contextmanager
def at_most(size: int) -> Iterator[None]:
    """No more than so many bytes more at any time."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < size
    finally:
        tracemalloc.stop()


# Text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"mis_id,role,surname\n" + b"x" * 50 * MB, "line of more than a million"),
        (b'mis_id,role,surname\n"' + b"x" * 200_000 + b'",a,b\n', "131,072 characters after row 1"),
        (b'mis_id,role,surname\nS1,student,"Khan\n' + b"a,b,c\n" * 2 * MB, "131,072 characters after row 1"),
        (b"x," * MB, "line of more than a million"),
        (b",".join(b"c%d" % number for number in range(1001)), "more than 1,000 columns"),
        (b"+/v8-+AG0AaQBzAF8AaQBk-", "encoding that we do not read"),
        (b"m\0i\0s\0_\0i\0d\0,\0" * 9, "not a file of text"),
        (b"mis_id,role,surname\nS1,\x81\xff,x\n", "see line 2"),
        (b"", "is empty"),
        (b"\n\n,,,\n", "is empty"),
    ],
)
def test_text_that_is_no_table_is_refused_with_its_place(content: bytes, words: str) -> None:
    with at_most(len(content) + 12 * MB):
        assert words in refused(content)


def test_a_report_of_201_columns_is_read() -> None:
    header = ["mis_id", "role", "surname", *(f"Column {number}" for number in range(198))]
    assert table((",".join(header) + "\n" + ",".join("x" * 201) + "\n").encode())[1] == [(2, ["x"] * 201)]
    assert table(excel(("Report", [header, ["x"] * 201])))[1] == [(2, ["x"] * 201)]


def test_a_nul_costs_nobody() -> None:
    assert table(b"mis_id,role,surname\nS1,student,Kh\0an\n")[1] == [(2, ["S1", "student", "Kh\0an"])]


# Workbooks


@pytest.mark.parametrize("before", [LAUGHS, OUTSIDE])
def test_no_part_may_define_entities(before: str) -> None:
    whole = excel(("People", [["mis_id", "role", "surname"]]))
    with zipfile.ZipFile(io.BytesIO(whole)) as bundle:
        parts = {name: bundle.read(name) for name in bundle.namelist()}
    for name in ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml", "_rels/.rels"):
        start, end = parts[name].split(b"?>", 1)
        bad = {**parts, name: start + b"?>" + before.encode() + end}
        assert "entities or a document type" in refused(packed(bad.items())), name
    assert table(packed(parts.items())) == (["mis_id", "role", "surname"], [])


def test_an_entity_that_is_not_defined_is_no_xml() -> None:
    assert "no XML" in refused(raw(HEADER + texts(2, "&lol;")))


@pytest.mark.parametrize("claimed", ["A1:XFD1048576", "A1", "A1:A99999999", "nonsense"])
def test_what_a_sheet_claims_about_its_size_is_not_believed(claimed: str) -> None:
    inside = f'<dimension ref="{claimed}"/><cols><col min="1" max="16384" width="9"/></cols><sheetData>{HEADER}{ADA}</sheetData>'
    with at_most(2 * MB):
        assert len(table(raw(sheet_of(inside)))[1]) == 1


def test_the_last_cell_that_there_can_be_costs_nothing() -> None:
    corner = '<row r="1048576"><c r="A1048576"><v>1</v></c><c r="XFD1048576"><v>2</v></c></row>'
    with at_most(2 * MB):
        assert table(raw(HEADER + corner))[1] == [(1_048_576, ["1", "", "", ""])]


def test_empty_rows_with_a_style_are_no_rows() -> None:
    empty = "".join(f'<row r="{number}" s="1"><c r="A{number}" s="1"/></row>' for number in range(3, 100_000))
    last = '<row r="100001"><c r="A100001" t="str"><v>S2</v></c></row>'
    content = raw(HEADER + ADA + empty + last)
    with at_most(3 * MB):
        assert [line for line, _ in table(content)[1]] == [2, 100_001]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (HEADER + texts(2, "x" * 140_000), "Cell in row 2 of the sheet Sheet1 has more than 131,072"),
        (HEADER + texts(2, *["x" * 130_000] * 9), "Row 2 of the sheet Sheet1 holds more than a million"),
        (f'<row r="1">{"<c/>" * 16_385}</row>', "cells of row 1 are out of order"),
        (texts(1, *["x"] * 1_002), "more than 1,000 columns"),
        ('<row r="2"/><row r="2"/>', "out of order after row 2"),
        ('<row r="0"/>', "out of order"),
        ('<row r="1048577"/>', "out of order"),
        (f'<row r="{"9" * 5000}"/>', "out of order"),
        ('<row r="1"><c r="B1"/><c r="A1"/></row>', "cells of row 1 are out of order"),
        ('<row r="1"><c r="XFE1"><v>1</v></c></row>', "cells of row 1 are out of order"),
        ('<row r="1"><c r="é1"/></row>', "in no column"),
        ('<row r="1"><c r="ABCD1"/></row>', "in no column"),
        ('<row r="1"><c t="s"><v>0</v></c></row>', "refers to a text that is not in the file"),
        ('<row r="1"><c r="A1" t="s"><v>-1</v></c></row>', "Cell A1 of the sheet Sheet1 refers to a text"),
        (f'<row r="1"><c t="s"><v>{"9" * 9999}</v></c></row>', "refers to a text"),
        ("<x>" * 100 + "</x>" * 100, "nested too deep"),
        (f'<x a="{"y" * 2_000_000}"/>', "longer than a million"),
        (f"<!--{'y' * 2_000_000}-->", "longer than a million"),
        ("<row>", "no XML"),
        ("\x01", "no XML"),
    ],
)
def test_a_sheet_that_is_damaged_is_refused_with_its_place(rows: str, words: str) -> None:
    content = raw(rows)
    with at_most(12 * MB):
        assert words in refused(content)


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ('<c s="99999"><v>1</v></c>', "1"),
        ('<c s="-1"><v>1</v></c>', "1"),
        (f'<c s="{"9" * 5000}"><v>1</v></c>', "1"),
        ('<c s="1"><v>1e308</v></c>', "1e+308"),
        ('<c s="1"><v>nan</v></c>', "nan"),
        ('<c s="2"><v>inf</v></c>', "inf"),
        ('<c s="2"><v>-0.0</v></c>', "0000000"),
        ("<c><v>not a number</v></c>", "not a number"),
        ('<c t="b"><v>x</v></c>', "TRUE"),
        ('<c t="e"><v>#REF!</v></c>', "#REF!"),
        ('<c t="d"><v>2026-10-07T00:00:00</v></c>', "2026-10-07"),
        ('<c t="zzz"><v>1</v></c>', "1"),
        ('<c t="str"><v>_xD83D__xDE00__xD800_</v></c>', "😀\ufffd"),
        ("<c><f>SUM(A1:A9)</f><v>45</v></c>", "45"),
        ("<c><v><![CDATA[<row>]]></v></c>", "<row>"),
    ],
)
def test_odd_cells_are_read_as_far_as_they_go(cell: str, shown: str) -> None:
    assert table(raw(HEADER + f'<row r="2">{cell}</row>'))[1] == [(2, [shown, "", "", ""])]


def test_what_a_person_sees_is_looked_for_with_look_alikes_unread() -> None:
    header, _ = table(raw(texts(1, "mis_id", "role", "surname", "\u0435mail") + ADA))
    assert header[3] == "\u0435mail"  # a Cyrillic letter: not our word, so nobody's address


def test_shared_strings_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_TEXT", 1000)
    assert "more text than we read" in refused(raw(HEADER, strings="<si><t>0123456789</t></si>" * 101))
    assert "131,072" in refused(raw(HEADER, strings=f"<si><t>{'x' * 140_000}</t></si>"))
    monkeypatch.setattr(sheets, "MOST_STRINGS", 100)
    assert "more text than we read" in refused(raw(HEADER, strings="<si/>" * 101))


def test_half_a_gigabyte_of_strings_is_not_even_unpacked() -> None:
    out = io.BytesIO(raw(HEADER))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as bundle, bundle.open("xl/sharedStrings.xml", "w") as part:
        for _ in range(32):
            part.write(b"<si><t>" + b"x" * MB)
    relations = '<Relationship Id="rt" Type="http://x/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    with zipfile.ZipFile(out) as bundle:
        parts = [(name, bundle.read(name)) for name in bundle.namelist()]
    made = {
        name: content.replace(b"</Relationships>", relations.encode()) if "workbook.xml" in name else content
        for name, content in parts
    }
    content = packed(made.items(), level=9)
    with at_most(8 * MB):
        assert "times its size" in refused(content)


def test_cells_sheets_and_texts_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_CELLS", 100)
    assert "more than 100 cells up to row 26" in refused(raw(HEADER + "".join("<row><c/><c/><c/><c/></row>" for _ in range(30))))
    assert "more than 255 sheets" in refused(raw(*["<row/>"] * 256))
    monkeypatch.setattr(workbook, "_LARGEST_BATCH", 1000)
    assert "hold more text" in refused(raw(HEADER + "".join(texts(number, "x" * 600) for number in range(2, 5))))


def test_all_parts_together_are_not_larger_than_they_may_be() -> None:
    package = archive.Package(io.BytesIO(raw(HEADER + ADA, HEADER + ADA)), most=1000)
    package.open("_rels/.rels")
    package.open("_rels/.rels")
    with pytest.raises(Unusable, match="unpacks to more"):
        package.open("xl/worksheets/sheet1.xml"), package.open("xl/worksheets/sheet2.xml")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda parts: parts.pop("xl/workbook.xml"), "lacks xl/workbook.xml"),
        (lambda parts: parts.pop("xl/_rels/workbook.xml.rels"), "is empty"),
        (lambda parts: parts.pop("xl/worksheets/sheet1.xml"), "is empty"),
        (lambda parts: parts.update({"xl/worksheets/sheet1.xml": b"<chartsheet/>"}), "not a sheet of cells"),
        (lambda parts: parts.update({"xl/worksheets/sheet1.xml": b""}), "no XML"),
        (lambda parts: parts.update({"xl/worksheets/sheet1.xml": b'<?xml version="1.0" encoding="utf-7"?><worksheet/>'}), ""),
        (lambda parts: parts.update({"xl/worksheets/sheet1.xml": b'<?xml version="1.0" encoding="zlib"?><worksheet/>'}), ""),
        (lambda parts: parts.update({"xl/styles.xml": b"<styleSheet>"}), "no XML"),
    ],
)
def test_a_workbook_with_a_wrong_part_is_refused(change: Callable[[dict[str, bytes]], object], words: str) -> None:
    with zipfile.ZipFile(io.BytesIO(raw(HEADER + ADA))) as bundle:
        parts = {name: bundle.read(name) for name in bundle.namelist()}
    change(parts)
    assert words in refused(packed(parts.items()))


def test_a_sheet_in_another_encoding_is_read() -> None:
    wide = f'<?xml version="1.0" encoding="UTF-16"?><worksheet xmlns="{MAIN}"><sheetData>{HEADER}{ADA}</sheetData></worksheet>'
    with zipfile.ZipFile(io.BytesIO(raw(""))) as bundle:
        parts = {name: bundle.read(name) for name in bundle.namelist()}
    parts["xl/worksheets/sheet1.xml"] = wide.encode("utf-16")
    assert table(packed(parts.items()))[1] == [(2, ["S1", "student", "Ada", "Khan"])]


def test_a_reference_to_another_computer_is_no_part() -> None:
    relation = b'<Relationship Id="r" TargetMode="External" Type="x/officeDocument" Target="http://attacker.example/"/>'
    rels = b"<Relationships>" + relation + b"</Relationships>"
    assert "not a workbook" in refused(packed([("[Content_Types].xml", "<Types/>"), ("_rels/.rels", rels)]))


def test_a_bomb_of_zips_is_not_unpacked() -> None:
    inner = packed([("x.csv", b"0" * 9 * MB)], level=9)
    for _ in range(4):
        inner = packed([(f"{number}.zip", inner) for number in range(16)], level=9)
    with at_most(4 * MB):
        assert "must hold one table" in refused(inner)


# Anything


def rows_or_refused(content: bytes) -> None:
    try:
        file = opened(content)
        header, rows = table(file)
    except Unusable:
        return
    assert all(len(cells) == len(header) for _, cells in rows)
    assert all(isinstance(warning, str) for warning in file.warnings)


GOOD = raw(HEADER + ADA + '<row r="3"><c s="1"><v>46302</v></c><c t="s"><v>0</v></c></row>', strings="<si><t>Ada</t></si>")
_PLACES = st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=6)


@given(st.binary(max_size=300) | st.text(alphabet='\t\r\n",;|x\0\ufeff=+', max_size=200).map(str.encode))
@example(b"PK\x05\x06" + b"\0" * 18)
@example(b"\xff\xfe")
@example(b"\xff\xfea")
def test_any_bytes_are_rows_or_refused(content: bytes) -> None:
    rows_or_refused(content)


@given(_PLACES, st.integers(0, len(GOOD)))
def test_a_workbook_with_any_bytes_changed_is_rows_or_refused(places: list[tuple[int, int]], end: int) -> None:
    content = bytearray(GOOD)
    for place, byte in places:
        content[place] = byte
    rows_or_refused(bytes(content))
    rows_or_refused(bytes(content[:end]))


_NAMES = st.sampled_from(
    ["row", "c", "v", "t", "is", "f", "r", "rPh", "x:c", "worksheet", "sheetData", "si", "sst", "numFmt", "xf"]
)
_VALUES = st.sampled_from(
    ["", "1", "2", "A1", "B2", "XFD1", "s", "n", "b", "str", "inlineStr", "d", "-1", "99999999", "é", "yyyy;;@"]
)
_ATTRIBUTES = st.dictionaries(st.sampled_from(["r", "s", "t", "numFmtId", "formatCode"]), _VALUES, max_size=3)


def _element(name: str, attributes: dict[str, str], inside: list[str]) -> str:
    given_attributes = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<{name}{given_attributes}>{''.join(inside)}</{name}>"


_TREES = st.recursive(
    st.text(alphabet="0123456789.eE+-TA_xé ", max_size=12),
    lambda inside: st.builds(_element, _NAMES, _ATTRIBUTES, st.lists(inside, max_size=5)),
    max_leaves=20,
)


@given(_TREES, _TREES, _TREES)
def test_any_elements_in_any_order_are_rows_or_refused(rows: str, strings: str, styles: str) -> None:
    content = raw(HEADER + rows, sheet_of(f"<sheetData>{rows}</sheetData>"), strings=strings)
    rows_or_refused(content)
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        parts = {name: bundle.read(name) for name in bundle.namelist()}
    parts["xl/styles.xml"] = f"<styleSheet><cellXfs>{styles}</cellXfs></styleSheet>".encode()
    rows_or_refused(packed(parts.items()))
