"""PIN tables for form tutors: a registration group begins on a new page and, up to 33 students, fits on it."""

from dataclasses import dataclass
from typing import Final

from latchkey.codes.model.audience import Audience
from latchkey.codes.model.login_details import LoginDetails
from latchkey.login_details.formats.grouped import Group, Grouped
from latchkey.login_details.model.setting import Setting, Write
from latchkey.login_details.paper import colours, words
from latchkey.login_details.paper.document import HEIGHT, WIDTH, Page
from latchkey.login_details.paper.sheet import BOLD, REGULAR, Sheet, line
from latchkey.login_details.paper.type import Fit, shown

_LEFT: Final = 36.0
_RIGHT: Final = WIDTH - _LEFT
_FIRST: Final = HEIGHT - 132.0  # base line of the first row
_ROW: Final = 20.5
_LAST: Final = 48.0
_TEXT, _CODE, _DAY = 10.0, 10.0, 8.5
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
        _Column(words.NAME, 206),
        _Column(words.PARENT_CODE, 150),
        _Column(words.LEFT, 67),
        _Column(words.UNTIL, 100),
    ),
    "both": (
        _Column(words.NAME, 126),
        _Column(words.PIN, 101),
        _Column(words.UNTIL, 80),
        _Column(words.PARENT_CODE, 136),
        _Column(words.UNTIL, 80),
    ),
}


@dataclass(slots=True)
class _Table(Group):
    """``y`` is the base line of the next row."""

    y: float = _FIRST
    number: int = 1


class PinTable(Grouped[_Table]):
    """The pages of tables. ``large_print`` is for what students and parents hold in their hands, not for this."""

    def __init__(self, setting: Setting, write: Write) -> None:
        super().__init__(Sheet(setting, write, "Login details, PIN table"))
        self._columns = _COLUMNS[setting.wanted.audience]
        widths = [column.width for column in self._columns]
        self._lefts = [_LEFT + sum(widths[:place]) for place in range(len(widths))]

    def _begin(self, called: str) -> _Table:
        sheet, document = self._sheet, self._sheet.document
        part, page = document.open(document.root, "Sect"), document.page()
        school, heading = self._head(page, called, 1)
        page.put(part, "P", school)
        page.put(part, "H1", heading)
        page.put(part, "P", sheet.write(words.TABLE_NOTE, _LEFT, HEIGHT - 92, 9))
        document.bookmark(shown(words.OFFICE.group_name(called)), page)
        table = document.open(part, "Table")
        row = document.open(table, "TR")
        for drawing in self._heads():
            page.put(row, "TH", drawing, _BY_COLUMN)
        document.close(row)
        return _Table(called, (table, part), page)

    def _turn(self, group: _Table) -> None:
        super()._turn(group)
        group.y, group.number = _FIRST, group.number + 1
        group.page.decorate(b"\n".join((*self._head(group.page, group.name, group.number), *self._heads())))

    def _head(self, page: Page, called: str, number: int) -> tuple[bytes, bytes]:
        """Draw what every page has; name and heading are given back, because only a group's first page counts them as such."""
        sheet = self._sheet
        logo, (_, school, _) = sheet.letterhead(_LEFT, HEIGHT - 24, (70, 24), _RIGHT - _LEFT, 10)
        page.decorate(logo)
        page.decorate(line(_LEFT, _FIRST + 14, _RIGHT, _FIRST + 14, width=1, colour=sheet.ink))
        foot = words.MADE.format(day=words.OFFICE.day(sheet.now), page=number)
        page.decorate(sheet.write(foot, _LEFT, 24, 8, colour=colours.GREY))
        fit = sheet.type.fit(shown(words.OFFICE.group_name(called)), _RIGHT - _LEFT, ((18.0, 1), (13.0, 1), (10.0, 1)))
        return school, sheet.draw(fit.lines, _LEFT, HEIGHT - 72, fit.size)

    def _heads(self) -> list[bytes]:
        sheet = self._sheet
        return [
            sheet.write(column.head, x, _FIRST + 19, 9, weight=BOLD, colour=sheet.ink)
            for column, x in zip(self._columns, self._lefts, strict=True)
        ]

    def _draw(self, group: _Table, details: LoginDetails) -> None:
        if group.y < _LAST:
            self._turn(group)
        sheet, page, y = self._sheet, group.page, group.y
        name = self._name(details)
        row = sheet.document.open(group.parts[0], "TR")
        first = y + (len(name.lines) - 1) * name.size * 0.55
        drawing = sheet.draw(name.lines, _LEFT, first, name.size, leading=name.size * 1.1)
        page.put(row, "TH", drawing, _BY_ROW + name.said)
        for (text, size, weight), x, column in zip(self._cells(details), self._lefts[1:], self._columns[1:], strict=True):
            fit = sheet.type.fit(text, column.width - _CELL, ((size, 1), (size * 0.93, 1), (size * 0.85, 1)), weight)
            page.put(row, "TD", sheet.draw(fit.lines, x, y, fit.size))
        sheet.document.close(row)
        page.decorate(line(_LEFT, y - 6.5, _RIGHT, y - 6.5, width=0.4, colour=colours.LIGHT))
        sheet.count(name)
        group.y -= _ROW

    def _name(self, details: LoginDetails) -> Fit:
        student = details.student
        # As lists are sorted: family name first; then the username, so that a tutor can say with what to sign in.
        text = ", ".join(part for part in (student.family_name, student.given_name) if part)
        text += f" ({student.username})" if student.username and not details.uses_sso else ""
        return self._sheet.type.fit(shown(text), self._columns[0].width - _CELL, _NAME, REGULAR)

    def _cells(self, details: LoginDetails) -> list[tuple[str, float, int]]:
        cells: list[tuple[str, float, int]] = []
        audience = self._sheet.audience
        if audience != "parents":
            cells.append((words.AT_SCHOOL, _TEXT, REGULAR) if details.uses_sso else (details.pin, _CODE, BOLD))
            cells.append((_until(details.pin_ends) if details.pin else "", _DAY, REGULAR))
        if audience != "students":
            cells.append((details.parent_code, _CODE, BOLD))
            if audience == "parents":
                cells.append((str(details.places) if details.parent_code else "", _TEXT, REGULAR))
            cells.append((_until(details.parent_code_ends), _DAY, REGULAR))
        return cells


def _until(ends: int | None) -> str:
    return words.OFFICE.day(ends - 1) if ends is not None else ""


make = PinTable
