"""Workbooks that somebody might upload: made by xlsxwriter as Excel makes them, or part by part as an attacker would."""

import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import xlsxwriter

from latchkey.office_files.model.table_files import TableFile, table_file
from latchkey.rosters.model import words

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_CODES = '<numFmts count="1"><numFmt numFmtId="200" formatCode="0000000"/></numFmts>'


def written(fill: Callable[[Any], None], **options: Any) -> bytes:
    """A workbook of xlsxwriter."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, options) as book:
        fill(book)
    return out.getvalue()


def excel(*sheets: tuple[str, Iterable[Sequence[Any]]]) -> bytes:
    """A workbook of these sheets, each value as its type says."""

    def fill(book: Any) -> None:
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)

    return written(fill, strings_to_formulas=False, strings_to_urls=False)


def raw(
    *sheets: str,
    strings: str | None = None,
    hidden: Iterable[int] = (),
    properties: str = "",
    others: Iterable[tuple[str, bytes]] = (),
    prefix: str = "",
) -> bytes:
    """A workbook of parts: ``sheets`` are what stands in each ``sheetData``, or a whole part if they begin with ``<?``."""
    numbers = range(1, len(sheets) + 1)
    listed = "".join(
        f'<sheet name="Sheet{n}" sheetId="{n}" r:id="r{n}"{" state=" + chr(34) + "hidden" + chr(34) if n in hidden else ""}/>'
        for n in numbers
    )
    relations = [f'<Relationship Id="r{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers]
    relations.append(f'<Relationship Id="rs" Type="{_OFFICE}/styles" Target="/xl/styles.xml"/>')
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": _related([f'<Relationship Id="r" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>']),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}">{properties}<sheets>{listed}</sheets></workbook>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{_CODES}<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="200"/></cellXfs></styleSheet>',
    }
    if strings is not None:
        relations.append(f'<Relationship Id="rt" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/>')
        parts["xl/sharedStrings.xml"] = strings if strings.startswith("<?") else f'<sst xmlns="{MAIN}">{strings}</sst>'
    parts["xl/_rels/workbook.xml.rels"] = _related(relations)
    space = f"xmlns:{prefix[:-1]}" if prefix else "xmlns"
    for n, sheet in zip(numbers, sheets, strict=True):
        whole = f'<{prefix}worksheet {space}="{MAIN}"><{prefix}sheetData>{sheet}</{prefix}sheetData></{prefix}worksheet>'
        parts[f"xl/worksheets/sheet{n}.xml"] = sheet if sheet.startswith("<?") else whole
    return packed([*parts.items(), *others])


def packed(parts: Iterable[tuple[str, str | bytes]], level: int = 1) -> bytes:
    """A zip of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as bundle:
        for name, content in parts:
            bundle.writestr(name, content)
    return out.getvalue()


def _related(relations: Iterable[str]) -> str:
    return f'<Relationships xmlns="{_PACKAGE}">{"".join(relations)}</Relationships>'


def texts(number: int, *cells: str) -> str:
    """A row of texts that stand in their cells."""
    made = "".join(f'<c t="inlineStr"><is><t xml:space="preserve">{cell}</t></is></c>' for cell in cells)
    return f'<row r="{number}">{made}</row>'


HEADER = texts(1, "mis_id", "role", "given_name", "family_name")


def opened(content: bytes) -> TableFile:
    """The table in a file, for ``table``."""
    return table_file(io.BytesIO(content))


def table(content: bytes | TableFile) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """``(header, [(line, cells)])``."""
    found = (opened(content) if isinstance(content, bytes) else content).open(words.is_known)
    rows = [pair for lines, some, _ in found.batches() for pair in zip(lines, some, strict=True)]
    return found.header, rows
