"""PIN tables for form tutors: a registration group begins on a new page and, up to 33 students, fits on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from latchkey.formats import Setting, Write
from latchkey.model.exports import Audience
from latchkey.model.login_details import LoginDetails
from latchkey.paper import colours, words
from latchkey.paper.document import HEIGHT, WIDTH, Element, Page
from latchkey.paper.sheet import BOLD, REGULAR, Sheet, line
from latchkey.paper.type import Fit, shown

_LEFT: Final = 36.0
_RIGHT: Final = WIDTH - _LEFT
_FIRST: Final = HEIGHT - 132.0  # base line of the first row
_ROW: Final = 20.5
_LAST: Final = 48.0
_TEXT, _CODE = 10.0, 10.5
_NAME: Final = ((10.5, 1), (9.0, 1), (7.5, 2), (6.5, 2))
_CELL: Final = 8.0  # white between two columns
_BY_COLUMN: Final = b"/A<</O/Table/Scope/Column>>"
_BY_ROW: Final = b"/A<</O/Table/Scope/Row>>"


@dataclass(frozen=True, slots=True)
class _Column:
    head: str
    width: float


_COLUMNS: Final[dict[Audience, tuple[_Column, ...]]] = {
    "students": (_Column(words.NAME, 253), _Column(words.PIN, 150), _Column(words.UNTIL, 120)),
    "parents": (
        _Column(words.NAME, 206), _Column(words.PARENT_CODE, 150), _Column(words.LEFT, 67), _Column(words.UNTIL, 100),
    ),
    "both": (
        _Column(words.NAME, 129), _Column(words.PIN, 98), _Column(words.UNTIL, 80),
        _Column(words.PARENT_CODE, 136), _Column(words.UNTIL, 80),
    ),
}  # fmt: skip


class PinTable:
    """The pages of tables. ``large_print`` is for what students and parents hold in their hands, not for this."""

    def __init__(self, setting: Setting, write: Write) -> None:
        self._sheet = Sheet(setting, write, "Login details, PIN table")
        self._columns = _COLUMNS[setting.wanted.audience]
        self._group: str | None = None
        self._page: Page | None = None
        self._part: Element | None = None
        self._table: Element | None = None
        self._y = 0.0
        self._number = 0

    @property
    def unprintable(self) -> int:
        """Students whose names could not be drawn whole."""
        return self._sheet.unprintable

    def add(self, students: Sequence[LoginDetails]) -> None:
        """Draw the rows of these students."""
        for details in students:
            group = details.student.registration_group or ""
            if self._table is None or group != self._group:
                self._begin(group)
            elif self._y < _LAST:
                self._turn()
            self._row(details)

    def finish(self) -> None:
        """End the last table and the file."""
        self._end_group()
        self._sheet.finish()

    def _begin(self, group: str) -> None:
        self._end_group()
        document = self._sheet.document
        self._group, self._number = group, 0
        part = self._part = document.open(document.root, "Sect")
        self._table = Element(document.file.reserve(), "Table", part.number, b"")
        self._turn()

    def _end_group(self) -> None:
        document = self._sheet.document
        if self._page is not None:
            document.end(self._page)
            self._page = None
        if self._part is not None and self._table is not None:
            document.close(self._table)
            document.close(self._part)
        self._part = self._table = None

    def _turn(self) -> None:
        sheet = self._sheet
        if self._page is not None:
            sheet.document.end(self._page)
        page = self._page = sheet.document.page()
        self._number += 1
        self._y = _FIRST
        group = shown(words.group_name(self._group))
        logo, school = sheet.letterhead(_LEFT, HEIGHT - 24, (70, 24), _RIGHT - _LEFT, 10)
        fit = sheet.type.fit(group, _RIGHT - _LEFT, ((18.0, 1), (13.0, 1), (10.0, 2)))
        heading = sheet.draw(fit.lines, _LEFT, HEIGHT - 72, fit.size, 12)
        note = sheet.write(words.TABLE_NOTE, _LEFT, HEIGHT - 92, 9)
        page.decorate(logo)
        assert self._part is not None
        assert self._table is not None
        if self._number == 1:
            page.put(self._part, "P", school[1])
            page.put(self._part, "H1", heading, fit.said)
            page.put(self._part, "P", note)
            self._part.kids.append(self._table.number)
            sheet.document.bookmark(group, page)
            row = sheet.document.open(self._table, "TR")
            for column, x in zip(self._columns, self._lefts(), strict=True):
                page.put(row, "TH", self._head(column, x), _BY_COLUMN)
            sheet.document.close(row)
        else:
            heads = (self._head(column, x) for column, x in zip(self._columns, self._lefts(), strict=True))
            page.decorate(b"\n".join((school[1], heading, *heads)))
        page.decorate(line(_LEFT, _FIRST + 14, _RIGHT, _FIRST + 14, 1, sheet.ink))
        foot = words.MADE.format(day=sheet.made, page=self._number)
        page.decorate(sheet.write(foot, _LEFT, 24, 8, REGULAR, colours.GREY))

    def _lefts(self) -> list[float]:
        lefts = [_LEFT]
        for column in self._columns:
            lefts.append(lefts[-1] + column.width)
        return lefts[:-1]

    def _head(self, column: _Column, x: float) -> bytes:
        return self._sheet.write(column.head, x, _FIRST + 19, 9, BOLD, self._sheet.ink)

    def _row(self, details: LoginDetails) -> None:
        sheet, page, y = self._sheet, self._page, self._y
        assert page is not None
        assert self._table is not None
        name = self._name(details)
        row = sheet.document.open(self._table, "TR")
        first = y + (len(name.lines) - 1) * name.size * 0.55
        page.put(row, "TH", sheet.draw(name.lines, _LEFT, first, name.size, name.size * 1.1), _BY_ROW + name.said)
        for (text, size, weight), x, column in zip(self._cells(details), self._lefts()[1:], self._columns[1:], strict=True):
            fit = sheet.type.fit(text, column.width - _CELL, ((size, 1), (size * 0.93, 1), (size * 0.85, 1)), weight)
            page.put(row, "TD", sheet.draw(fit.lines, x, y, fit.size, 0))
        sheet.document.close(row)
        page.decorate(line(_LEFT, y - 6.5, _RIGHT, y - 6.5, 0.4, colours.LIGHT))
        sheet.count(name)
        self._y -= _ROW

    def _name(self, details: LoginDetails) -> Fit:
        student = details.student
        # As lists are sorted: family name first.
        text = ", ".join(part for part in (student.family_name, student.given_name) if part)
        return self._sheet.type.fit(shown(text), self._columns[0].width - _CELL, _NAME, REGULAR)

    def _cells(self, details: LoginDetails) -> list[tuple[str, float, int]]:
        cells: list[tuple[str, float, int]] = []
        audience = self._sheet.audience
        if audience != "parents":
            pin = (details.pin, _CODE, BOLD) if not details.elsewhere else (words.AT_SCHOOL, _TEXT, REGULAR)
            cells += [pin, (_until(details.pin_ends) if details.pin else "", _TEXT - 1.5, REGULAR)]
        if audience != "students":
            places = str(details.places) if details.parent_code else ""
            cells.append((details.parent_code, _CODE, BOLD))
            cells += [(places, _TEXT, REGULAR)] if audience == "parents" else []
            cells.append((_until(details.parent_code_ends), _TEXT - 1.5, REGULAR))
        return cells


def _until(ends: int | None) -> str:
    return words.day(ends - 1) if ends is not None else ""


make = PinTable
