"""Excel workbooks (.xlsx, .xlsm) that somebody uploads, read as one table; macros and formulas are never run.

Read is the sheet whose header has most of the words that we know, and every other sheet with the same header: many schools keep
a sheet for each class. What was left unread is said in ``warnings``. Hidden sheets are never read.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from typing import BinaryIO, Final, NamedTuple

from latchkey.office_files.model.archive import LARGEST_UNPACKED, Package
from latchkey.office_files.model.sheets import Row, Strings, read_rows, read_strings
from latchkey.office_files.model.shown import Shown, shown_by
from latchkey.office_files.model.tables import KNOWN, LOOKED_AT, MOST_COLUMNS, MOST_ROWS, ROWS_AT_ONCE, TooLong, known_words
from latchkey.office_files.model.unusable import Unusable, excerpt
from latchkey.office_files.model.xml_parts import elements

MOST_SHEETS: Final = 255
_LARGEST_BATCH: Final = 8 * 1024 * 1024  # characters
_SHOWN_SHEETS: Final = 10
_OTHERS: Final = {
    "xl/workbook.bin": "The file is a binary workbook (.xlsb). In Excel, save it as an Excel workbook (.xlsx).",
    "word/document.xml": "The file is a Word document. Put the people into a spreadsheet, or save them as CSV UTF-8.",
    "mimetype": "The file is an OpenDocument file. Save it as an Excel workbook (.xlsx) or as CSV in UTF-8.",
    "index/document.iwa": "The file is of Apple's Numbers or Pages. Export it to Excel (.xlsx) or to CSV in UTF-8.",
}


class _Sheet(NamedTuple):
    name: str
    part: str
    hidden: bool


class _Header(NamedTuple):
    """A sheet's header: how many known words it has, in which row it stands, and its cells."""

    known: int
    row: int
    cells: list[str]

    @property
    def like(self) -> tuple[str, ...]:
        """The header for comparison with another sheet's."""
        return tuple(cell.casefold() for cell in self.cells)


class Workbook:
    """A workbook to read. ``known`` tells the words that headers have; ``file`` is what messages call it.

    ``largest``: bytes that what is read of it may have, unpacked.
    """

    def __init__(self, stream: BinaryIO, file: str, known: Callable[[str], bool], largest: int = LARGEST_UNPACKED) -> None:
        self.file = file
        self._package = Package(stream, largest)
        for part, reason in _OTHERS.items():
            if part in self._package:
                raise Unusable(reason)
        main = self._main()
        related = self._related(main)
        self._formats = self._read_formats(related.of("styles"), from_1904=_is_from_1904(self._package, main))
        strings = related.of("sharedStrings")
        self._strings = read_strings(self._package.open(strings), file) if strings else Strings()
        sheets = self._sheets(main, related)
        self._headers = self._look(sheets, known)
        self._read, self.warnings = self._choose(sheets)
        self._uncalculated: dict[str, str] = {}

    @property
    def uncalculated(self) -> list[str]:
        """What to warn of once the rows have been read: formulas whose results are not in the file."""
        return [
            f"{where} holds a formula without its result, so it was read as empty. Open the file in Excel and save it."
            for where in self._uncalculated.values()
        ]

    @property
    def header(self) -> list[str]:
        """The header of the sheets that are read."""
        return self._headers[self._read[0]].cells

    @property
    def header_row(self) -> int:
        """Where it stands in the first of them."""
        return self._headers[self._read[0]].row

    def batches(self) -> Iterator[tuple[list[int], list[list[str]], list[TooLong]]]:
        """``(lines, rows, too long)`` as of a table of text. A cell beyond the header stands under no word and is not read.

        Rows are counted through the sheets: the second sheet's begin after the last one of the first.
        """
        width, before = len(self.header), 0
        for sheet in self._read:
            last, header = 0, self._headers[sheet].row
            rows = (row for row in self._rows(sheet) if row.number > header)
            while batch := _batch(rows, sheet.name):
                self._note_uncalculated(sheet, batch)
                last = batch[-1].number
                if before + last > MOST_ROWS:
                    raise Unusable(f"{self.file} has more than {MOST_ROWS:,} rows.")
                found = [row for row in batch if any(map(str.strip, row.cells[:width]))]
                if found:
                    yield (
                        [before + row.number for row in found],
                        [row.cells[:width] + [""] * (width - len(row.cells)) for row in found],
                        [],
                    )
            before += last

    def _rows(self, sheet: _Sheet) -> Iterator[Row]:
        return read_rows(self._package.open(sheet.part), _called(sheet), self._strings, self._formats)

    def _note_uncalculated(self, sheet: _Sheet, rows: list[Row]) -> None:
        if sheet.name not in self._uncalculated:
            found = next((row.uncalculated for row in rows if row.uncalculated), "")
            if found:
                self._uncalculated[sheet.name] = f"Cell {excerpt(found)} of {_called(sheet)}"

    # What is read once, when the workbook is opened.

    def _main(self) -> str:
        relations = _Relations(self._package, "_rels/.rels", "")
        main = relations.of("officeDocument")
        if main is None:
            raise Unusable("The file is not a workbook that we can read. Save it as an Excel workbook (.xlsx).")
        return main

    def _related(self, part: str) -> "_Relations":
        folder, _, name = part.rpartition("/")
        return _Relations(self._package, f"{folder}/_rels/{name}.rels", folder)

    def _sheets(self, main: str, related: "_Relations") -> list[_Sheet]:
        found = []
        for _, sheet in elements(self._package.open(main), self.file, frozenset({"sheet"})):
            part = related.parts.get(sheet.get("id", ""))
            if part is not None and part in self._package and related.kinds.get(sheet["id"]) == "worksheet":
                found.append(_Sheet(sheet.get("name", ""), part, sheet.get("state", "visible") != "visible"))
        if len(found) > MOST_SHEETS:
            raise Unusable(f"{self.file} has more than {MOST_SHEETS} sheets.")
        return found

    def _read_formats(self, styles: str | None, *, from_1904: bool) -> Mapping[str, Shown]:
        if styles is None:
            return {}
        codes: dict[str, str] = {}
        formats: list[str] = []
        inside = ""
        for name, given in elements(self._package.open(styles), self.file, frozenset({"numFmt", "cellXfs", "cellStyles", "xf"})):
            if name == "numFmt":
                codes[given.get("numFmtId", "")] = given.get("formatCode", "")
            elif name == "xf" and inside == "cellXfs":
                formats.append(given.get("numFmtId", "0"))
            elif name != "xf":
                inside = name
        made = {
            each: shown_by(int(each) if each.isdecimal() and len(each) < 6 else 0, codes.get(each), from_1904=from_1904)
            for each in {*formats}
        }
        return {str(place): made[each] for place, each in enumerate(formats)}

    def _look(self, sheets: list[_Sheet], known: Callable[[str], bool]) -> dict[_Sheet, _Header]:
        """The headers of the sheets that can be seen and are not empty."""
        found = {}
        for sheet in sheets:
            if sheet.hidden:
                continue
            rows: list[Row] = []
            for row in self._rows(sheet):
                if row.number > LOOKED_AT and rows:
                    break
                rows.append(row)
                if row.number > LOOKED_AT:
                    break
            header = _header(rows, known)
            if header is not None:
                found[sheet] = header
        return found

    def _choose(self, sheets: list[_Sheet]) -> tuple[list[_Sheet], list[str]]:
        """The sheets to read, and warnings that say which those are."""
        if not self._headers:
            hidden = " All its sheets are hidden." if any(sheet.hidden for sheet in sheets) else ""
            raise Unusable(f"{self.file} is empty.{hidden}")
        best = max(self._headers, key=lambda sheet: self._headers[sheet].known)
        like = self._headers[best].like
        if len(like) > MOST_COLUMNS:
            raise Unusable(f"{self.file} has more than {MOST_COLUMNS:,} columns.")
        chosen = [sheet for sheet in self._headers if self._headers[sheet].like == like]
        warnings = []
        if len(chosen) > 1:
            warnings.append(
                f"{len(chosen)} sheets have the same header and were read as one table: {_listed(chosen)}. "
                "Rows are counted through them, each sheet's after the last row of the one before."
            )
        left = [sheet for sheet in sheets if sheet not in chosen and (sheet.hidden or sheet in self._headers)]
        if left:
            only = f"Only the sheet {excerpt(best.name)} was read. " if len(chosen) == 1 else ""
            warnings.append(f"{only}Not read: {_listed(left)}.")
        return chosen, warnings


class _Relations:
    """The parts that a part refers to: by id, and by what they are."""

    def __init__(self, package: Package, part: str, folder: str) -> None:
        self.parts: dict[str, str] = {}
        self.kinds: dict[str, str] = {}
        if part not in package:
            return
        for _, each in elements(package.open(part), "The file", frozenset({"Relationship"})):
            if each.get("TargetMode", "Internal") == "External":
                continue
            target = each.get("Target", "")
            name = each.get("Id", "")
            self.parts[name] = target[1:] if target.startswith("/") else _joined(folder, target)
            self.kinds[name] = each.get("Type", "").rpartition("/")[2]

    def of(self, kind: str) -> str | None:
        """The first part of a kind."""
        return next((self.parts[name] for name, each in self.kinds.items() if each == kind), None)


def _joined(folder: str, target: str) -> str:
    parts = folder.split("/") if folder else []
    for part in target.split("/"):
        if part == "..":
            with suppress(IndexError):
                parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)


def _is_from_1904(package: Package, main: str) -> bool:
    found = elements(package.open(main), "The file", frozenset({"workbookPr"}))
    return any(each.get("date1904", "0") in {"1", "true"} for _, each in found)


def _header(rows: list[Row], known: Callable[[str], bool]) -> _Header | None:
    """The row with most known words, if it has three; else the first one."""
    found = None
    for row in rows:
        words = known_words(row.cells, known)
        if found is None or words > max(found.known, KNOWN - 1):
            found = _Header(words, row.number, [cell.strip() for cell in row.cells])
    return found


def _batch(rows: Iterator[Row], name: str) -> list[Row]:
    found, size = [], 0
    for row in islice(rows, ROWS_AT_ONCE):
        found.append(row)
        size += sum(map(len, row.cells))
        if size > _LARGEST_BATCH:
            raise Unusable(f"The rows before row {row.number:,} of the sheet {excerpt(name)} hold more text than people's data.")
    return found


def _called(sheet: _Sheet) -> str:
    return f"the sheet {excerpt(sheet.name)}"


def _listed(sheets: list[_Sheet]) -> str:
    names = [f"{excerpt(sheet.name)}{' (hidden)' if sheet.hidden else ''}" for sheet in sheets[:_SHOWN_SHEETS]]
    more = f" and {len(sheets) - _SHOWN_SHEETS:,} more" if len(sheets) > _SHOWN_SHEETS else ""
    return ", ".join(names) + more
