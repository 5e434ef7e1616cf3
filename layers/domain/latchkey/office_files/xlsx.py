"""Tables as an XLSX workbook, written in a stream with flat memory (docs/decisions/0017-workbooks.md).

Every cell is text, and stays text when somebody edits it, so no spreadsheet takes one for a formula, a link, a number or a
date. What XML cannot hold is written as spreadsheets write it themselves, ``_xHHHH_`` (ECMA-376 Part 1, 22.9.2.19), so nothing
is lost. The file says nothing about who made it, and when: the same rows give the same bytes.
"""

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

MOST_ROWS: Final = 1_048_575  # in one sheet, below its header; Excel's limit
LONGEST: Final = 32_767  # UTF-16 units in one cell; Excel's limit
_LEVEL: Final = 1  # of 9: half the time of the usual 6 for a file that is a quarter larger
_AT_ONCE: Final = 16  # one odd name slows down its own few rows only
# Cells with a bar between and around them that hold one of these, or what cannot be printed, need a closer look.
_ODD: Final = ("&", "<", ">", "_x", "| ", " |")
_EMPTY: Final = re.compile(r'<c r="[A-Z]+[0-9]+" s="1" t="inlineStr"><is><t></t></is></c>')
_ESCAPED: Final = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]+_)")  # LibreOffice unescapes _x00_ too
_HALF: Final = re.compile("[\ud800-\udfff]")
_NOT_IN_XML: Final = re.compile("[\x00-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_A_NAME: Final = re.compile(r"[\[\]:*?/\\]|^'|'$")

_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_CONTENT_TYPES: Final = (
    f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Default Extension="xml" ContentType="{_TYPE}.worksheet+xml"/>'  # however many sheets there will be
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>'
)
_RELATIONS: Final = (
    f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
# Styles: 0 is the usual, 1 text (number format 49, "@"), 2 text in bold.
_STYLES: Final = (
    f'{_XML}<styleSheet xmlns="{_MAIN}"><fonts count="2">'
    '<font><sz val="11"/><name val="Calibri"/><family val="2"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="3">'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


class _Out:
    """What zipfile writes to: it cannot be read or sought, only written."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write

    def write(self, data: bytes, /) -> int:
        self._write(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is kept."""

    def close(self) -> None:
        """Whoever gave ``write`` ends the file."""


class Workbook:
    """A workbook; ``write`` gets its bytes as they come. Begin a sheet, add its rows, begin the next, finish."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._zip = ZipFile(_Out(write), "w")
        self._names: list[str] = []
        self._used: set[str] = set()
        self._heading = ""
        for path, text in (("[Content_Types].xml", _CONTENT_TYPES), ("_rels/.rels", _RELATIONS), ("xl/styles.xml", _STYLES)):
            self._put(path, text)

    def sheet(self, name: str, header: Sequence[str], widths: Sequence[float], heading: str = "") -> None:
        """Begin a sheet: its columns with their widths in characters. ``heading`` stands on top of each printed page.

        A name that Excel does not take, or that stands on a sheet already, is changed as little as possible.
        """
        self._end_sheet()
        self._begin_again = partial(self.sheet, name, header, widths, heading)
        self._names.append(self._free(name))
        self._heading = heading
        self._wide = len(header)
        cells = (f'<c r="{letters(place)}#" s="1" t="inlineStr"><is><t>%s</t></is></c>' for place in range(self._wide))
        self._template = f'<row r="#">{"".join(cells)}</row>'
        self._next = 2
        self._entry = self._zip.open(_entry(f"xl/worksheets/sheet{len(self._names)}.xml"), "w")
        columns = "".join(
            f'<col min="{place}" max="{place}" width="{width}" style="1" customWidth="1"/>'
            for place, width in enumerate(widths, start=1)
        )
        first = ' tabSelected="1"' if len(self._names) == 1 else ""
        self._entry.write(
            f'{_XML}<worksheet xmlns="{_MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
            f'<sheetViews><sheetView{first} workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft"'
            ' state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>'
            f"<cols>{columns}</cols><sheetData>{_row(header, 1, style=2)}".encode()
        )

    def add(self, rows: Sequence[Sequence[str]]) -> None:
        """The next rows of the sheet, each as long as its header. What does not fit goes on in a further sheet like it."""
        while len(rows) > (room := MOST_ROWS + 2 - self._next):
            self._add(rows[:room])
            rows = rows[room:]
            self._begin_again()
        self._add(rows)

    def _add(self, rows: Sequence[Sequence[str]]) -> None:
        for start in range(0, len(rows), _AT_ONCE):
            self._entry.write(self._rows(rows[start : start + _AT_ONCE]))

    def finish(self) -> None:
        """The workbook is whole."""
        self._end_sheet()
        sheets, relations, titles = "", "", ""
        for place, name in enumerate(self._names):
            sheets += f'<sheet name={quoteattr(name)} sheetId="{place + 1}" r:id="rId{place + 1}"/>'
            target = f"worksheets/sheet{place + 1}.xml"
            relations += f'<Relationship Id="rId{place + 1}" Type="{_OFFICE}/worksheet" Target="{target}"/>'
            quoted = escape(name.replace("'", "''"))
            titles += f'<definedName name="_xlnm.Print_Titles" localSheetId="{place}">\'{quoted}\'!$1:$1</definedName>'
        relations += f'<Relationship Id="rId{len(self._names) + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/>'
        self._put(
            "xl/workbook.xml",
            f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><bookViews><workbookView/></bookViews>'
            f"<sheets>{sheets}</sheets><definedNames>{titles}</definedNames></workbook>",
        )
        self._put(
            "xl/_rels/workbook.xml.rels", f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>'
        )
        self._zip.close()

    def _rows(self, rows: Sequence[Sequence[str]]) -> bytes:
        first, self._next = self._next, self._next + len(rows)
        text = f"|{'|'.join(['|'.join(row) for row in rows])}|"
        if (
            len(text) > LONGEST // 2
            or text.count("|") != sum(map(len, rows)) + 1
            or not text.isprintable()
            or any(sign in text for sign in _ODD)
        ):
            return "".join([_row(row, number) for number, row in enumerate(rows, start=first)]).encode()
        template = self._template
        made = "".join([template.replace("#", str(number)) % tuple(row) for number, row in enumerate(rows, start=first)])
        return (_EMPTY.sub("", made) if "||" in text else made).encode()

    def _end_sheet(self) -> None:
        if not self._names:
            return
        area = f"A1:{letters(self._wide - 1)}{self._next - 1}"
        heading = escape(_NOT_IN_XML.sub(" ", self._heading[:100]).replace("&", "&&"))
        self._entry.write(
            '</sheetData><printOptions gridLines="1"/>'
            '<pageMargins left="0.5" right="0.5" top="0.8" bottom="0.6" header="0.3" footer="0.3"/>'
            f'<pageSetup paperSize="9" orientation="{"landscape" if self._wide > 8 else "portrait"}" fitToHeight="0"/>'
            f"<headerFooter><oddHeader>&amp;L{heading}&amp;R&amp;A</oddHeader>"
            "<oddFooter>&amp;R&amp;P / &amp;N</oddFooter></headerFooter>"
            f'<ignoredErrors><ignoredError sqref="{area}" numberStoredAsText="1"/></ignoredErrors></worksheet>'.encode()
        )
        self._entry.close()

    def _put(self, path: str, text: str) -> None:
        self._zip.writestr(_entry(path), text)

    def _free(self, name: str) -> str:
        """At most 31 UTF-16 units, none of which Excel refuses, and not yet in use in any case."""
        plain = _NOT_IN_A_NAME.sub("-", _NOT_IN_XML.sub("-", name)).strip() or "Sheet"
        plain = f"{plain}-" if plain.casefold() == "history" else plain
        found, number = _cut(plain, 31), 1
        while found.casefold() in self._used:
            number += 1
            end = f" ({number})"
            found = _cut(plain, 31 - len(end)) + end
        self._used.add(found.casefold())
        return found


def letters(place: int) -> str:
    """The letters of a column: A for 0, Z for 25, AA for 26."""
    return letters(place // 26 - 1) + chr(65 + place % 26) if place >= 26 else chr(65 + place)


def _entry(path: str) -> ZipInfo:
    entry = ZipInfo(path)  # of 1 January 1980
    entry.compress_type = ZIP_DEFLATED
    entry._compresslevel = _LEVEL  # type: ignore[attr-defined]  # noqa: SLF001 - public since Python 3.13 only
    return entry


def _row(row: Sequence[str], number: int, style: int = 1) -> str:
    found = [
        f'<c r="{letters(place)}{number}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{_text(cell)}</t></is></c>'
        for place, cell in enumerate(row)
        if cell
    ]
    return f'<row r="{number}">{"".join(found)}</row>'


def _text(cell: str) -> str:
    if len(cell) > LONGEST // 2:
        cell = _cut(cell, LONGEST)
    return escape(_ESCAPED.sub(lambda found: f"_x{ord(found[0]):04X}_", _HALF.sub("\ufffd", cell)))


def _cut(text: str, most: int) -> str:
    """The text in at most so many UTF-16 units, and no half character at its end."""
    units = text.encode("utf-16-le", "replace")
    return text if len(units) <= 2 * most else units[: 2 * most].decode("utf-16-le", "ignore")
