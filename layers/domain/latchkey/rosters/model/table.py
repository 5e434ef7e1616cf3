"""Tables of text in a stream of bytes: UTF-8, comma or semicolon, read with bounded memory whatever the file holds."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import BinaryIO, Final

from latchkey.rosters.model.runs import MOST_ROWS, Rejection, Unusable, excerpt

ROWS_AT_ONCE: Final = 256
_BLOCK: Final = 64 * 1024
_LONGEST_LINE: Final = 1024 * 1024
_LARGEST_BATCH: Final = 8 * 1024 * 1024
_MOST_COLUMNS: Final = 200


class Lines:
    """The lines of a stream, for csv.reader. A line or a batch of rows that is too long to be a roster's is refused."""

    def __init__(self, stream: BinaryIO, file: str) -> None:
        self._stream = stream
        self._file = file
        self._left = _LARGEST_BATCH
        self._line = 1

    def next_batch(self) -> None:
        """A batch of rows was taken: the next may be as large again."""
        self._left = _LARGEST_BATCH

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(self._pieces())

    def _pieces(self) -> Iterator[Iterable[str]]:
        decoder = codecs.getincrementaldecoder("utf-8")()
        kept, first = "", True
        while block := self._stream.read(_BLOCK):
            self._spend(len(block))
            if first:
                block, first = self._without_mark(block), False
            text = kept + self._decoded(decoder, block)
            cut = text.rfind("\n") + 1
            kept = text[cut:]
            if len(kept) > _LONGEST_LINE:
                raise Unusable(f"{self._file} has a line of more than a million characters. Save it as CSV again.")
            yield io.StringIO(text[:cut], newline="\n")
            self._line += text.count("\n")
        kept += self._decoded(decoder, b"", final=True)
        if kept:
            yield (kept,)

    def _decoded(self, decoder: codecs.IncrementalDecoder, block: bytes, *, final: bool = False) -> str:
        try:
            return decoder.decode(block, final)
        except UnicodeDecodeError as error:
            line = self._line + error.object[: error.start].count(b"\n")
            raise Unusable(
                f"{self._file} is not in UTF-8: line {line:,} has a character in another encoding, perhaps Windows-1252. "
                'In Excel, save it as "CSV UTF-8 (comma delimited)".'
            ) from error

    def _spend(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise Unusable(f"{self._file} has a row that does not end. Look for a quotation mark that is never closed.")

    def _without_mark(self, block: bytes) -> bytes:
        if block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise Unusable(f'{self._file} is in UTF-16. Save it as "CSV UTF-8".')
        return block.removeprefix(codecs.BOM_UTF8)


class Table:
    """One table: ``header`` at once, then batches of rows. ``line`` 1 is the header."""

    def __init__(self, stream: BinaryIO, file: str) -> None:
        self.file = file
        self._lines = Lines(stream, file)
        lines = iter(self._lines)
        self.header: list[str] = []
        start = ""
        for start in lines:
            if start.strip():
                break
        self.delimiter = ";" if start.count(";") > start.count(",") else ","
        self._reader = csv.reader(chain((start,), lines), delimiter=self.delimiter, strict=True)
        try:
            self.header = [name.strip() for name in next(self._reader, [])]
        except csv.Error as error:
            raise self._unreadable(1, error) from error
        if not any(self.header):
            raise Unusable(f"{file} is empty.")
        if len(self.header) > _MOST_COLUMNS:
            raise Unusable(f"{file} has more than {_MOST_COLUMNS} columns.")

    def batches(self) -> Iterator[tuple[list[int], list[list[str]], list[Rejection]]]:
        """``(lines, rows, rejected)``: rows as long as the header, and those that are not. Empty rows count but are no rows."""
        width, line = len(self.header), 1
        while True:
            self._lines.next_batch()
            try:
                rows = list(islice(self._reader, ROWS_AT_ONCE))
            except csv.Error as error:
                raise self._unreadable(line, error) from error
            if not rows:
                return
            lines = list(range(line + 1, line + 1 + len(rows)))
            line += len(rows)
            if line > MOST_ROWS:
                raise Unusable(f"{self.file} has more than {MOST_ROWS:,} rows.")
            if set(map(len, rows)) == {width}:
                yield lines, rows, []
            else:
                yield self._sorted_out(lines, rows, width)

    def _sorted_out(
        self, lines: list[int], rows: list[list[str]], width: int
    ) -> tuple[list[int], list[list[str]], list[Rejection]]:
        good_lines, good_rows, rejected = [], [], []
        for line, row in zip(lines, rows, strict=True):
            while len(row) > width and not row[-1]:
                row.pop()
            if not any(row):
                continue
            if len(row) == width:
                good_lines.append(line)
                good_rows.append(row)
            else:
                reason = f"the row has {len(row)} cells, the header has {width}"
                rejected.append(Rejection(line, "", reason, excerpt(row[0])))
        return good_lines, good_rows, rejected

    def _unreadable(self, line: int, error: csv.Error) -> Unusable:
        if "field larger" in str(error):
            return Unusable(f"{self.file} has a cell of more than {csv.field_size_limit():,} characters after row {line:,}.")
        if "unexpected end" in str(error):
            return Unusable(f"{self.file} ends inside quotation marks that were opened after row {line:,}.")
        return Unusable(
            f"{self.file} is not a CSV file that we can read: see the quotation marks and line ends after row {line:,}."
        )
