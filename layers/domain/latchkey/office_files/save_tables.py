"""A table that is built on the click: CSV or XLSX, kept for a day in the bucket of exports, behind a URL for five minutes."""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from latchkey.errors import Invalid
from latchkey.office_files.csv import MARK, block
from latchkey.shared.stores.files import URL_LIFE, Files

_MEDIA: Final[Mapping[str, str]] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_WIDTH: Final = 24  # characters
_AT_ONCE: Final = 500  # rows that are written together


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook; in CSV they stand below each other, under their header where it is another than the one before.

    ``rows`` are gone through once, each as long as the header; ``widths`` of columns in characters.
    """

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[str]]
    widths: Sequence[float] = ()


def check_form(form: str) -> None:
    """``Invalid`` unless the file can be had so."""
    if form not in _MEDIA:
        raise Invalid(fields={"format": "Choose csv or xlsx."})


def save_tables(files: Files, folder: str, form: str, sheets: Iterable[Sheet]) -> str:
    """Write a file of these sheets; its key. Nobody can guess it, and it is whole or not there."""
    key = f"{folder}/{secrets.token_hex(16)}.{form}"
    with files.upload(key, _MEDIA[form]) as file:
        (_csv if form == "csv" else _xlsx)(file.write, sheets)
        file.finish()
    return key


def url_of(files: Files, key: str, name: str) -> str:
    """A URL that gives such a file under this name; whoever has it can read the file."""
    return files.url(key, URL_LIFE, name=name, media_type=_MEDIA[key.rpartition(".")[2]])


def _csv(write: Callable[[bytes], None], sheets: Iterable[Sheet]) -> None:
    before: list[str] = []
    write(MARK)
    for sheet in sheets:
        if [*sheet.header] != before:
            write((b"\r\n" if before else b"") + block([sheet.header]))
            before = [*sheet.header]
        for rows in _parts(sheet.rows):
            write(block(rows))


def _xlsx(write: Callable[[bytes], None], sheets: Iterable[Sheet]) -> None:
    from latchkey.office_files.xlsx import Workbook  # loaded by the first such download only

    book = Workbook(write)
    for sheet in sheets:
        book.sheet(sheet.name, sheet.header, sheet.widths or [_WIDTH] * len(sheet.header))
        for rows in _parts(sheet.rows):
            book.add(rows)
    book.finish()


def _parts(rows: Iterable[Sequence[str]]) -> Iterable[list[Sequence[str]]]:
    left = iter(rows)
    while part := [*islice(left, _AT_ONCE)]:
        yield part
