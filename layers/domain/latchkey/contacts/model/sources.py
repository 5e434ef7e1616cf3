"""Which shape an uploaded contacts export has: decided by what the file holds, not by its name."""

from collections.abc import Callable, Mapping
from typing import BinaryIO, Final

from latchkey.contacts.model import words
from latchkey.contacts.model.contact import Source
from latchkey.contacts.model.ctf import CtfSource
from latchkey.contacts.model.table_source import TableSource
from latchkey.office_files.model.archive import MAGIC, Zip
from latchkey.office_files.model.tables import Table
from latchkey.office_files.model.text import encoding_of
from latchkey.office_files.model.unusable import Unusable

FILE: Final = "The file"
_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"
_LOOKED_AT: Final = 512
AS_WINDOWS: Final = "The file is not in UTF-8; it was read as Windows-1252, as Excel and SIMS write it."


def open_contacts(file: BinaryIO, chosen: Mapping[str, int] | None = None) -> Source:
    """The contacts in a file. ``Unusable`` says why there are none, ``ColumnsUnknown`` that an admin has to name columns."""

    def again() -> BinaryIO:
        file.seek(0)
        return file

    if not file.read(8).startswith((MAGIC, b"PK\x05\x06")):
        return _plain(again, chosen)
    bundle = Zip(again())
    names = bundle.names
    if len(names) != 1:
        raise Unusable("The zip must hold one file: the contacts export.")
    return _plain(lambda: bundle.open(names[0]), chosen)


def _plain(open_file: Callable[[], BinaryIO], chosen: Mapping[str, int] | None) -> Source:
    start = open_file().read(_LOOKED_AT)
    if start.startswith(_OLD_EXCEL):
        raise Unusable('The file is an old Excel workbook (.xls). Save it as "CSV UTF-8 (comma delimited)" and upload that.')
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return CtfSource(open_file)
    encoding = encoding_of(open_file(), FILE)
    warnings = [AS_WINDOWS] if encoding == "cp1252" else []

    def table() -> Table:
        return Table(open_file(), FILE, encoding=encoding, known=words.is_known)

    return TableSource(table, chosen, warnings)
