"""One sheet of a workbook as rows of text, in a stream: what a person sees in the cells, whatever the file claims about itself.

A formula is its stored result and is never calculated. Where the file says how large a sheet is, nobody believes it: rows and
cells are counted as they come.
"""

import re
from array import array
from collections.abc import Iterator, Mapping
from typing import BinaryIO, Final, NamedTuple

from latchkey.office_files.model.shown import Shown, plain
from latchkey.office_files.model.tables import MOST_COLUMNS
from latchkey.office_files.model.unusable import Unusable, excerpt
from latchkey.office_files.model.xml_parts import DEEPEST, Depth, End, Start, Text, feed

LAST_ROW: Final = 1_048_576
LAST_COLUMN: Final = 16_384
LONGEST_CELL: Final = 131_072  # characters, as in text tables
MOST_CELLS: Final = 16_000_000  # in a sheet, empty ones included
MOST_STRINGS: Final = 4_000_000
MOST_TEXT: Final = 128 * 1024 * 1024  # bytes of all shared strings
_MOST_CACHED: Final = 16_384
_SHORT: Final = 64
_DIGITS: Final = "0123456789"
_LARGEST_ROW: Final = 1024 * 1024  # characters
_ESCAPED: Final = re.compile("_x([0-9A-Fa-f]{4})_")  # how a workbook writes what XML cannot hold
SAVE_AS_CSV: Final = 'Copy the people to a new workbook, or save the sheet as "CSV UTF-8 (comma delimited)".'


class Row(NamedTuple):
    """A row with its number; empty cells at its end are left out. ``uncalculated`` is a formula's cell that has no result."""

    number: int
    cells: list[str]
    uncalculated: str = ""


class Strings:
    """The texts that cells refer to by number; one block of bytes, because a list of a million would be ten times as large."""

    def __init__(self) -> None:
        self._text = bytearray()
        self._ends = array("L", [0])

    def __getitem__(self, number: int) -> str:
        if number < 0:
            raise IndexError(number)
        return self._text[self._ends[number] : self._ends[number + 1]].decode()

    def __len__(self) -> int:
        return len(self._ends) - 1

    def add(self, text: str) -> None:
        """The next text."""
        self._text += text.encode("utf-8", "replace")
        self._ends.append(len(self._text))
        if len(self._text) > MOST_TEXT or len(self) > MOST_STRINGS:
            raise Unusable(f"The workbook holds more text than we read ({MOST_TEXT >> 20} MB). {SAVE_AS_CSV}")


def read_strings(stream: BinaryIO, part: str) -> Strings:
    """The shared strings of a workbook, without what only says how they are pronounced."""
    strings, depth = Strings(), Depth(part)
    pieces: list[str] = []
    is_text, is_spoken, long = False, False, 0

    def start(name: str, _: Mapping[str, str]) -> None:
        nonlocal is_text, is_spoken
        depth.down()
        local = name.rpartition(":")[2]
        is_text = local == "t" and not is_spoken
        is_spoken = is_spoken or local == "rPh"

    def end(name: str) -> None:
        nonlocal is_text, is_spoken, long
        depth.up()
        is_text = False
        local = name.rpartition(":")[2]
        if local == "si":
            strings.add(unescaped("".join(pieces)))
            pieces.clear()
            long = 0
        elif local == "rPh":
            is_spoken = False

    def text(data: str) -> None:
        nonlocal long
        if is_text:
            pieces.append(data)
            long += len(data)
            if long > LONGEST_CELL:
                raise Unusable(f"A cell of the workbook has more than {LONGEST_CELL:,} characters. {SAVE_AS_CSV}")

    for _ in feed(stream, part, start, end, text):
        pass
    return strings


def unescaped(text: str) -> str:
    """A text as it was before a workbook wrote ``_x000D_`` for what XML cannot hold."""
    if "_x" not in text:
        return text
    # What lies beyond the first 65,536 characters is written in two halves.
    units = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text).encode("utf-16-le", "surrogatepass")
    return units.decode("utf-16-le", "replace")


def place_of(letters: str) -> int:
    """The place of a column: 0 for A, 26 for AA."""
    place = 0
    for letter in letters:
        place = 26 * place + ord(letter) - 64
    return place - 1


def read_rows(stream: BinaryIO, name: str, strings: Strings, formats: Mapping[str, Shown]) -> Iterator[Row]:
    """The rows of a sheet that have a cell with something in it; ``name`` is the sheet's, for messages."""
    sheet = _Sheet(name, strings, formats)
    start, end, text = sheet.handlers()
    for _ in feed(stream, name, start, end, text):
        if sheet.rows:
            yield from sheet.rows
            sheet.rows.clear()
    if not sheet.is_sheet:
        raise Unusable(f"{name} is damaged: it holds no sheet. Save the file again.")


class _Sheet:
    """A sheet that is being read; ``rows`` collects those that are complete."""

    def __init__(self, name: str, strings: Strings, formats: Mapping[str, Shown]) -> None:
        self.rows: list[Row] = []
        self.is_sheet = False
        self._name, self._strings, self._formats = name, strings, formats
        self._places: dict[str, int] = {}  # of columns, by their letters
        self._cached: dict[str, str] = {}  # short shared strings that came once: most come often

    def handlers(self) -> tuple[Start, End, Text]:  # noqa: C901, PLR0915 - called millions of times
        """What expat calls. The state stands in variables of this function, which are the quickest that Python has."""
        depth = column = number = seen = long = 0
        c = v = t = row_name = f = spoken_name = ""
        cell = kind = style = uncalculated = ""
        taking = spoken = formula = False
        pieces: list[str] = []
        row: list[str] = []
        places, shown_text, finish, root = self._places, self._shown, self._finish, self._root

        def start(name: str, given: Mapping[str, str]) -> None:  # noqa: C901 - one test for each kind of element
            nonlocal depth, column, number, seen, long, cell, kind, style, taking, spoken, formula
            nonlocal c, v, t, row_name, f, spoken_name
            depth += 1
            if name == c:
                cell, kind, style = given.get("r", ""), given.get("t", "n"), given.get("s", "")
                formula, long = False, 0
                if pieces:
                    pieces.clear()
                seen += 1
                place = column + 1 if not cell else places.get(cell.rstrip(_DIGITS))
                if place is None:
                    place = self._new_place(cell, number)
                if not column < place < LAST_COLUMN or seen > MOST_CELLS:
                    raise self._wrong_cell(number, seen)
                column = place
            elif name in (v, t):
                taking = not spoken
            elif name == row_name:
                number, column = self._next_row(number, given.get("r")), -1
            elif name == f:
                formula = True
            elif not c:
                prefix = root(name)
                c, v, t, f = f"{prefix}c", f"{prefix}v", f"{prefix}t", f"{prefix}f"
                row_name, spoken_name = f"{prefix}row", f"{prefix}rPh"
            elif name == spoken_name:
                spoken = True
            elif depth > DEEPEST:
                raise Unusable(f"{self._name} is damaged: its elements are nested too deep.")

        def text(data: str) -> None:
            nonlocal long
            if taking:
                long += len(data)
                if long > LONGEST_CELL:
                    raise Unusable(f"{self._where(cell, number)} has more than {LONGEST_CELL:,} characters.")
                pieces.append(data)

        def end(name: str) -> None:
            nonlocal depth, taking, row, uncalculated, spoken
            depth -= 1
            taking = False
            if name == c:
                if not pieces:
                    if formula and not uncalculated:
                        uncalculated = cell or f"in row {number}"
                elif column <= MOST_COLUMNS:
                    found = shown_text(pieces[0] if len(pieces) == 1 else "".join(pieces), kind, style, (cell, number))
                    if found:
                        gap = column - len(row)
                        if gap:
                            row += [""] * gap
                        row.append(found)
            elif name == row_name:
                if row or uncalculated:
                    finish(Row(number, row, uncalculated))
                    row, uncalculated = [], ""
            elif name == spoken_name:
                spoken = False

        return start, end, text

    def _root(self, name: str) -> str:
        """The prefix that this file's elements have."""
        prefix, colon, local = name.rpartition(":")
        if local != "worksheet":
            raise Unusable(f"{self._name} is not a sheet of cells.")
        self.is_sheet = True
        return prefix + colon

    def _finish(self, row: Row) -> None:
        if sum(map(len, row.cells)) > _LARGEST_ROW:
            raise Unusable(f"Row {row.number:,} of {self._name} holds more than a million characters.")
        self.rows.append(row)

    def _next_row(self, before: int, said: str | None) -> int:
        number = before + 1
        if said is not None:
            number = int(said) if said.isdecimal() and len(said) <= 7 else 0
        if not before < number <= LAST_ROW:
            raise Unusable(f"{self._name} is damaged: its rows are out of order after row {before:,}. Save the file again.")
        return number

    def _new_place(self, cell: str, row: int) -> int:
        letters = cell.rstrip(_DIGITS)
        if not (letters.isascii() and letters.isalpha() and letters.isupper() and len(letters) <= 3):
            raise Unusable(f"{self._name} is damaged: row {row:,} has a cell that is in no column. Save the file again.")
        return self._places.setdefault(letters, place_of(letters))

    def _wrong_cell(self, row: int, seen: int) -> Unusable:
        if seen > MOST_CELLS:
            return Unusable(
                f"{self._name} has more than {MOST_CELLS:,} cells up to row {row:,}, empty ones included. {SAVE_AS_CSV}"
            )
        return Unusable(f"{self._name} is damaged: the cells of row {row:,} are out of order. Save the file again.")

    def _shown(self, text: str, kind: str, style: str, at: tuple[str, int]) -> str:
        """What a person sees of a cell: of a text as much as of a number, a truth or an error."""
        if kind == "s":
            found = self._cached.get(text)
            return found if found is not None else self._string(text, at)
        if kind == "n":
            shown = self._formats.get(style)
            return plain(text) if shown is None else shown(text)
        if kind == "b":
            return "FALSE" if text.strip() in {"0", "false"} else "TRUE"
        if kind == "d":
            return text.removesuffix("T00:00:00").removesuffix("T00:00:00.000")
        return unescaped(text)

    def _string(self, text: str, at: tuple[str, int]) -> str:
        try:
            found = self._strings[int(text)]
        except (ValueError, IndexError):
            raise Unusable(f"{self._where(*at)} refers to a text that is not in the file. Save the file again.") from None
        if len(self._cached) < _MOST_CACHED and len(found) <= _SHORT:
            self._cached[text] = found
        return found

    def _where(self, cell: str, row: int) -> str:
        return f"Cell {excerpt(cell) or f'in row {row:,}'} of {self._name}"
