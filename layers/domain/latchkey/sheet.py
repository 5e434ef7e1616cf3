"""A table as an XLSX workbook. Every cell is text, so no spreadsheet takes one for a formula, a link or a number."""

import io
import re
from collections.abc import Iterable, Sequence

_WIDTH = 24
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def workbook(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """The workbook's bytes: one sheet, the header in bold and always in sight."""
    from xlsxwriter import Workbook  # type: ignore[import-untyped]  # loaded by the first download only

    file = io.BytesIO()
    book = Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("Recipients")
    sheet.set_column(0, len(header) - 1, _WIDTH)
    sheet.freeze_panes(1, 0)
    bold = book.add_format({"bold": True})
    for column, text in enumerate(header):
        sheet.write_string(0, column, text, bold)
    for number, row in enumerate(rows, start=1):
        for column, text in enumerate(row):
            sheet.write_string(number, column, _NOT_IN_XML.sub("\ufffd", text))
    book.close()
    return file.getvalue()
