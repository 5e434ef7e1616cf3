"""A file with one table, whatever it is: CSV and other text, an Excel workbook, or a zip of one of these.

What a file is shows in its first bytes; its name says nothing.
"""

import io
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final, Protocol

from latchkey.office_files.model.archive import LARGEST_UNPACKED, MAGIC, Zip, is_package
from latchkey.office_files.model.tables import Table, TooLong
from latchkey.office_files.model.text import Encoding, encoding_of
from latchkey.office_files.model.unusable import Unusable

_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0"
_TABLES: Final = (".csv", ".txt", ".tsv", ".xlsx", ".xlsm")
_LARGEST_INSIDE: Final = 64 * 1024 * 1024  # bytes of a workbook in a zip
Known = Callable[[str], bool]


class AnyTable(Protocol):
    """One pass over a table."""

    @property
    def file(self) -> str: ...
    @property
    def header(self) -> list[str]: ...
    @property
    def header_row(self) -> int: ...
    def batches(self) -> Iterator[tuple[list[int], list[list[str]], list[TooLong]]]:
        """``(lines, rows, too long)``: rows as long as the header, and longer ones."""


class TableFile(Protocol):
    """A file whose table can be read several times."""

    @property
    def encoding(self) -> Encoding | None:
        """What a file of text is written in; None for a workbook."""

    @property
    def warnings(self) -> list[str]:
        """What an admin should know; complete once the rows have been read."""

    def open(self, known: Known) -> AnyTable:
        """The table from its beginning. ``known`` tells the words that headers have; it must be the same each time."""


class TextFile:
    """A table in text. ``again`` opens the file from its beginning."""

    def __init__(self, again: Callable[[], BinaryIO], file: str) -> None:
        self._again, self._file = again, file
        self.encoding: Encoding | None = encoding_of(again(), file)
        self.warnings: list[str] = []

    def open(self, known: Known) -> AnyTable:
        """The table from its beginning."""
        return Table(self._again(), self._file, encoding=self.encoding or "utf-8", known=known)


class WorkbookFile:
    """A table in a workbook, which is opened when it is known what to look for."""

    def __init__(self, stream: BinaryIO, file: str, largest: int) -> None:
        self._stream, self._file, self._largest = stream, file, largest
        self.encoding: Encoding | None = None
        self._opened: AnyTable | None = None
        self._warnings: Callable[[], list[str]] = list

    @property
    def warnings(self) -> list[str]:
        """Which sheets were read, and formulas without results."""
        return self._warnings()

    def open(self, known: Known) -> AnyTable:
        """The same workbook each time: ``batches`` begins anew."""
        if self._opened is None:
            from latchkey.office_files.model.workbook import Workbook  # loaded by the first workbook only

            workbook = Workbook(self._stream, self._file, known, self._largest)
            self._warnings = lambda: [*workbook.warnings, *workbook.uncalculated]
            self._opened = workbook
        return self._opened


def table_file(stream: BinaryIO, file: str = "The file", largest: int = LARGEST_UNPACKED) -> TableFile:
    """The table in a file that can be read from any place; ``Unusable`` says why there is none.

    ``file`` is what messages call it; ``largest`` are the bytes that may be unpacked of it.
    """
    stream.seek(0)
    start = stream.read(8)
    if start.startswith(_OLD_OFFICE):
        raise Unusable(
            f"{file} is an Excel workbook of the old kind (.xls), or one with a password. In Excel, save it as an Excel workbook "
            '(.xlsx) without a password, or as "CSV UTF-8 (comma delimited)".'
        )
    if not start.startswith((MAGIC, b"PK\x05\x06")):

        def again() -> BinaryIO:
            stream.seek(0)
            return stream

        return TextFile(again, file)
    if is_package(stream):
        return WorkbookFile(stream, file, largest)
    found = table_in(Zip(stream), file, largest)
    if found is None:
        raise Unusable("The zip must hold one table: a CSV file or an Excel workbook.")
    return found


def table_in(bundle: Zip, file: str, largest: int = LARGEST_UNPACKED) -> TableFile | None:
    """The only table of a zip; None where it has none or several."""
    names = [name for name in bundle.names if name.endswith(_TABLES)]
    if len(names) != 1:
        return None
    (name,) = names
    with bundle.open(name) as inside:
        start = inside.read(8)
    if not start.startswith(MAGIC):
        if start.startswith(_OLD_OFFICE):
            return table_file(io.BytesIO(start), file)
        return TextFile(lambda: bundle.open(name), file)
    unpacked = _unpacked(bundle, name)
    if not is_package(unpacked):
        raise Unusable("The zip holds another zip. Upload that one.")
    return WorkbookFile(unpacked, file, largest)


def _unpacked(bundle: Zip, name: str) -> BinaryIO:
    """A member in memory, where it can be read from any place."""
    with bundle.open(name) as inside:
        content = inside.read(_LARGEST_INSIDE + 1)
    if len(content) > _LARGEST_INSIDE:
        raise Unusable(f"The workbook in the zip is larger than {_LARGEST_INSIDE >> 20} MB. Upload it without the zip.")
    return io.BytesIO(content)
