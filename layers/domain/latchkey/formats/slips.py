"""Slips to cut apart: eight to a sheet of A4, two in large print.

A registration group begins on a new sheet with its name in a strip at the top, so that each form tutor's sheets can be taken
off the pile. Where students and parents are meant, the two slips of a student stand side by side (in large print below each
other): one cut across the sheet, and the pair goes home together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from latchkey.formats import Setting, Write
from latchkey.model.login_details import LoginDetails
from latchkey.paper import colours, words
from latchkey.paper.document import HEIGHT, Element, Page
from latchkey.paper.document import WIDTH as PAGE_WIDTH
from latchkey.paper.sheet import BOLD, REGULAR, Drawing, Sheet, Ticket, line, tickets
from latchkey.paper.type import Fit, shown

STRIP: Final = 34.0
"""The strip with the group's name, in points."""
WIDE, HIGH = PAGE_WIDTH / 2, (HEIGHT - STRIP) / 4
"""A slip; a slip in large print is twice as wide and twice as high, and so is all that stands on it (19 points and more)."""
_SIDE: Final = 22.0  # from the cut to the text: printers leave 5 mm blank, scissors are not exact
_RIGHT: Final = WIDE - _SIDE
_TEXT, _LEADING, _SMALL = 9.5, 12.0, 8.5
_SYMBOL: Final = 61.0
_SYMBOL_TOP: Final = 127.0
_COLUMN: Final = _RIGHT - _SIDE - _SYMBOL - 12
_NAME: Final = ((14.0, 1), (12.5, 1), (11.0, 1), (9.5, 2), (8.5, 2))
_CODE: Final = 20.0
_DASHES: Final = b"[2 3]"


@dataclass(frozen=True, slots=True)
class _Form:
    """What all slips of one kind share."""

    logo: bytes
    head: tuple[Drawing, ...]
    steps: tuple[tuple[bytes, bytes], ...]
    foot: tuple[Drawing, ...]


class Slips:
    """The sheets of slips."""

    def __init__(self, setting: Setting, write: Write) -> None:
        self._sheet = Sheet(setting, write, "Login details, slips")
        self._scale = 2 if setting.wanted.large_print else 1
        self._columns, self._rows = 2 // self._scale, 4 // self._scale
        self._forms: dict[words.Kind, _Form] = {}
        self._group: str | None = None
        self._page: Page | None = None
        self._part: Element | None = None
        self._place = 0

    @property
    def unprintable(self) -> int:
        """Students whose names could not be drawn whole."""
        return self._sheet.unprintable

    def add(self, students: Sequence[LoginDetails]) -> None:
        """Draw the slips of these students."""
        for details in students:
            group = details.student.registration_group or ""
            if self._part is None or group != self._group:
                self._begin(group)
            name = self._name(details)
            for ticket in tickets(details, self._sheet.audience):
                self._put(ticket, name)
            self._sheet.count(name)

    def finish(self) -> None:
        """End the last sheet and the file."""
        self._end_group()
        self._sheet.finish()

    # ------------------------------------------------------------ sheets

    def _begin(self, group: str) -> None:
        self._end_group()
        self._group = group
        self._part = self._sheet.document.open(self._sheet.document.root, "Sect")
        self._turn(first=True)

    def _end_group(self) -> None:
        if self._page is not None:
            self._sheet.document.end(self._page)
            self._page = None
        if self._part is not None:
            self._sheet.document.close(self._part)
            self._part = None

    def _turn(self, *, first: bool = False) -> Page:
        sheet = self._sheet
        if self._page is not None:
            sheet.document.end(self._page)
        page = self._page = sheet.document.page()
        self._place = 0
        group = shown(words.group_name(self._group))
        fit = sheet.type.fit(group, 300, ((13.0, 1), (10.0, 1)))
        heading = sheet.draw(fit.lines, _SIDE, HEIGHT - 24, fit.size, 0)
        if first and self._part is not None:
            page.put(self._part, "H1", heading)
            sheet.document.bookmark(group, page)
        else:
            page.decorate(heading)
        school = sheet.type.fit(sheet.school, 200, ((9.0, 1),), REGULAR).lines[0]
        page.decorate(sheet.draw([school], PAGE_WIDTH - _SIDE - school.width * 9, HEIGHT - 24, 9, 0, colours.GREY))
        cuts = [self._cut(0, row * HIGH * self._scale, PAGE_WIDTH, row * HIGH * self._scale) for row in range(1, self._rows + 1)]
        if self._columns == 2:
            cuts.append(self._cut(WIDE, 0, WIDE, HEIGHT - STRIP))
        page.decorate(b"\n".join(cuts))
        return page

    @staticmethod
    def _cut(x: float, y: float, to_x: float, to_y: float) -> bytes:
        return line(x, y, to_x, to_y, 0.5, colours.LIGHT, _DASHES)

    # ------------------------------------------------------------ slips

    def _name(self, details: LoginDetails) -> Fit:
        return self._sheet.type.fit(shown(details.student.name), _RIGHT - _SIDE, _NAME)

    def _put(self, ticket: Ticket, name: Fit) -> None:
        page = self._page
        if page is None or self._place == self._columns * self._rows:
            page = self._turn()
        sheet, form, scale = self._sheet, self._form(ticket.kind), self._scale
        x = self._place % self._columns * WIDE
        y = HEIGHT - STRIP - (self._place // self._columns + 1) * HIGH * scale
        self._place += 1
        assert self._part is not None
        slip = sheet.document.open(self._part, "Sect")
        page.content.append(b"q %d 0 0 %d %.2f %.2f cm\n" % (scale, scale, x, y))
        page.decorate(form.logo)
        for kind, drawing in form.head:
            page.put(slip, kind, drawing)
        first = 138.5 if len(name.lines) == 1 else 142.5
        page.put(slip, "H2", sheet.draw(name.lines, _SIDE, first, name.size, name.size * 1.1), name.said)
        group = ticket.details.student.registration_group
        if group:
            fit = sheet.type.fit(shown(group), 70, ((11.0, 1), (8.0, 1)))
            page.put(slip, "P", sheet.draw(fit.lines, _RIGHT - fit.lines[0].width * fit.size, 155, fit.size, 0))
        if form.steps:
            sheet.steps(page, slip, form.steps)
        if ticket.code:
            page.put(slip, "P", self._code(ticket))
            page.put(slip, "P", sheet.write(ticket.lasts, _SIDE, 27, _TEXT))
        if form.steps:
            left, top = _RIGHT - _SYMBOL, _SYMBOL_TOP
            box = (x + left * scale, y + (top - _SYMBOL) * scale, x + _RIGHT * scale, y + top * scale)
            page.put(slip, "Figure", sheet.symbol(ticket, left, top, _SYMBOL), sheet.figure(ticket, box))
        for kind, drawing in form.foot:
            page.put(slip, kind, drawing)
        if name.lost:
            page.put(slip, "P", sheet.write(words.LOST, _SIDE, 129, 7))
        page.content.append(b"Q\n")
        sheet.document.close(slip)

    def _code(self, ticket: Ticket) -> bytes:
        sheet = self._sheet
        label = sheet.write(words.WORDS[ticket.kind].label, _SIDE, 59, _SMALL, REGULAR, colours.GREY)
        fit = sheet.type.fit(ticket.code, _RIGHT - _SIDE, ((_CODE, 1),))
        return label + b"\n" + sheet.draw(fit.lines, _SIDE, 41, fit.size, 0)

    def _form(self, kind: words.Kind) -> _Form:
        if kind not in self._forms:
            self._forms[kind] = self._made(kind)
        return self._forms[kind]

    def _made(self, kind: words.Kind) -> _Form:
        sheet, said = self._sheet, words.WORDS[kind]
        logo, school = sheet.letterhead(_SIDE, HIGH - 10, (70, 20), _RIGHT - _SIDE, 9.5)
        rule = line(_SIDE, HIGH - 33, _RIGHT, HIGH - 33, 1, sheet.ink)
        head = (school, ("P", sheet.write(said.for_whom, _SIDE, 155, _TEXT, BOLD, sheet.ink)))
        y, steps = 118.0, []
        for number, text in enumerate(sheet.step_texts(kind), 1):
            lines = sheet.type.fit(text, _COLUMN - 12, ((_TEXT, 1), (_TEXT - 0.5, 2), (_SMALL, 2)), REGULAR)
            drawing = sheet.draw(lines.lines, _SIDE + 12, y, lines.size, 11)
            mark = sheet.write(str(number), _SIDE, y, _TEXT, BOLD, sheet.ink)
            y -= 11 * (len(lines.lines) - 1)
            if number == 1:
                place = sheet.type.fit(sheet.address(kind), _COLUMN - 12, ((_TEXT, 1), (_SMALL, 2), (7.0, 2)))
                drawing += b"\n" + sheet.draw(place.lines, _SIDE + 12, y - 12, place.size, 10)
                y -= 12 + 10 * (len(place.lines) - 1)
            y -= _LEADING + 1
            steps.append((mark, drawing))
        return _Form(logo + b"\n" + rule, head, tuple(steps), self._foot(kind, y))

    def _foot(self, kind: words.Kind, y: float) -> tuple[Drawing, ...]:
        sheet, foot = self._sheet, []
        if kind in {"elsewhere", "none"}:
            text = sheet.sign_in_help if kind == "elsewhere" else words.WORDS[kind].opening
            lines = sheet.type.fit(text, _RIGHT - _SIDE, ((_TEXT, 2), (_SMALL, 3)), REGULAR)
            foot.append(("P", sheet.draw(lines.lines, _SIDE, min(y, 52.0), lines.size, 11)))
        if sheet.help_line:
            lines = sheet.type.fit(sheet.help_line, _RIGHT - _SIDE, ((_SMALL, 1), (7.5, 1)), REGULAR)
            foot.append(("P", sheet.draw(lines.lines, _SIDE, 15, lines.size, 0, colours.GREY)))
        return tuple(foot)


make = Slips
