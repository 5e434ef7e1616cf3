"""Tables in files of text: where the header stands, what separates the cells, and rows as long as the header.

Reports put a title, a print date and empty rows above the header, Excel a line ``sep=;``, and both leave out empty cells at the
end of a row. So the header is looked for in the first rows, and a short row has empty cells at its end. Apostrophes that guard
cells of our own files (``model/guard``) are taken off, so what we wrote comes back as it was.
"""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from typing import BinaryIO, Final, NamedTuple

from latchkey.office_files.model.guard import unguard
from latchkey.office_files.model.text import Encoding, Lines
from latchkey.office_files.model.unusable import Unusable, excerpt

MOST_ROWS: Final = 2_000_000
ROWS_AT_ONCE: Final = 256
MOST_COLUMNS: Final = 1_000
LOOKED_AT: Final = 20  # rows in which the header is looked for
KNOWN: Final = 3  # words that make a row a header
_SEP: Final = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE | re.DOTALL)
_SEPARATORS: Final = (",", ";", "\t")
_NOTHING: Final = " \t\x1a"  # what a cell may hold and be empty; Ctrl-Z once ended files


class TooLong(NamedTuple):
    """A row that has more cells than the header. ``line`` is the row as a spreadsheet counts."""

    line: int
    reason: str
    first_cell: str


class _Start(NamedTuple):
    """Where a table begins: lines to skip, the header's row as a spreadsheet counts, and what separates cells."""

    skip: int
    row: int
    separator: str


class Table:
    """One table: ``header`` at once, then batches of rows.

    ``known`` tells the words that headers have; without it, the first row that is not empty is the header.
    """

    def __init__(
        self, stream: BinaryIO, file: str, *, encoding: Encoding = "utf-8", known: Callable[[str], bool] | None = None
    ) -> None:
        self.file = file
        self._lines = Lines(stream, file, encoding)
        lines = iter(self._lines)
        first = list(islice(lines, LOOKED_AT))
        start = _start(first, known)
        self.delimiter = start.separator
        self.header_row = start.row
        self._reader = csv.reader(chain(first[start.skip :], lines), delimiter=self.delimiter, strict=True)
        self.header: list[str] = []
        try:
            self.header = [unguard(name).strip() for name in next(self._reader, [])]
        except csv.Error as error:
            raise self._unreadable(start.row, error) from error
        if not any(self.header):
            raise Unusable(f"{file} is empty.")
        if len(self.header) > MOST_COLUMNS:
            raise Unusable(f"{file} has more than {MOST_COLUMNS:,} columns.")

    def batches(self) -> Iterator[tuple[list[int], list[list[str]], list[TooLong]]]:
        """``(lines, rows, too long)``: rows as long as the header, and longer ones. Empty rows count but are no rows."""
        width, line = len(self.header), self.header_row
        while True:
            self._lines.next_batch()
            try:
                rows = list(islice(self._reader, ROWS_AT_ONCE))
            except csv.Error as error:
                raise self._unreadable(line, error) from error
            if not rows:
                return
            if self._lines.may_be_guarded or self.delimiter.isalnum():
                _unguard(rows)
            lines = list(range(line + 1, line + 1 + len(rows)))
            line += len(rows)
            if line > MOST_ROWS:
                raise Unusable(f"{self.file} has more than {MOST_ROWS:,} rows.")
            if set(map(len, rows)) == {width}:
                yield lines, rows, []
            else:
                yield _sorted_out(lines, rows, width)

    def _unreadable(self, line: int, error: csv.Error) -> Unusable:
        if "field larger" in str(error):
            return Unusable(f"{self.file} has a cell of more than {csv.field_size_limit():,} characters after row {line:,}.")
        if "unexpected end" in str(error):
            return Unusable(f"{self.file} ends inside quotation marks that were opened after row {line:,}.")
        return Unusable(
            f"{self.file} is not a CSV file that we can read: see the quotation marks and line ends after row {line:,}."
        )


def _unguard(rows: list[list[str]]) -> None:
    """Take off the apostrophes that our own files have before what a spreadsheet could take for a formula."""
    for row in rows:
        if "'" in "".join(row):
            row[:] = [unguard(cell) if "'" in cell else cell for cell in row]


def _sorted_out(lines: list[int], rows: list[list[str]], width: int) -> tuple[list[int], list[list[str]], list[TooLong]]:
    good_lines, good_rows, wrong = [], [], []
    for line, row in zip(lines, rows, strict=True):
        while len(row) > width and not row[-1].strip(_NOTHING):
            row.pop()
        if not any(cell.strip(_NOTHING) for cell in row):
            continue
        if len(row) <= width:
            good_lines.append(line)
            good_rows.append(row + [""] * (width - len(row)))
        else:
            # Its cells stand under the wrong words: perhaps somebody's comma without quotation marks.
            wrong.append(TooLong(line, f"the row has {len(row)} cells, the header has {width}", excerpt(row[0])))
    return good_lines, good_rows, wrong


def _start(lines: Sequence[str], known: Callable[[str], bool] | None) -> _Start:
    """Where the header is, in the first lines of a file."""
    said = _SEP.fullmatch(lines[0]) if lines else None
    after = 1 if said else 0
    separators = (said.group(1),) if said else _SEPARATORS
    if known is not None:
        found = max((_best(lines[after:], separator, known) for separator in separators), key=lambda each: each[0])
        if found[0] >= KNOWN:
            _, skip, row, separator = found
            return _Start(after + skip, after + row, separator)
    for place, line in enumerate(lines[after:], start=after):
        if line.strip():
            return _Start(place, 1 + place, max(separators, key=line.count))
    return _Start(0, 1, separators[0])


def known_words(row: Sequence[str], known: Callable[[str], bool]) -> int:
    """How many different words of a row a header may have."""
    return len({cell.strip().casefold() for cell in row if known(cell)})


def _best(lines: Sequence[str], separator: str, known: Callable[[str], bool]) -> tuple[int, int, int, str]:
    """The row with most known words: ``(how many, lines before it, its number, separator)``; the first of equals."""
    best = (0, 0, 1, separator)
    reader = csv.reader(lines, delimiter=separator)
    begins, number = 0, 0
    try:
        for row in reader:
            number += 1
            words = known_words(row, known)
            if words > best[0]:
                best = (words, begins, number, separator)
            begins = reader.line_num
    except csv.Error:
        pass  # what cannot be read after the header is told with its line when it is read
    return best
