"""Letters, one to a page: to the student, to the parents, or one after the other.

Where a file holds several registration groups, a sheet with the group's name lies before its letters, so that the pile can be
taken apart without reading.
"""

from collections.abc import Sequence
from typing import Final

from latchkey.codes.model.login_details import LoginDetails
from latchkey.login_details.model.setting import Setting, Write
from latchkey.login_details.paper import colours, words
from latchkey.login_details.paper.document import HEIGHT, WIDTH, Element, Page
from latchkey.login_details.paper.sheet import BOLD, REGULAR, Sheet, line, spoken
from latchkey.login_details.paper.ticket import Ticket, tickets
from latchkey.login_details.paper.type import Fit, shown

_LEFT: Final = 62.0
_RIGHT: Final = WIDTH - _LEFT
_SYMBOL: Final = 104.0
_BOX: Final = 140.0
_EDGE: Final = 18.0
"""The frame around the code: its height, and the white inside it, which the QR code needs on all sides."""
_LOWEST: Final = 60.0  # above the edge: where all but the last line ends, however much a school has to say
_NAME: Final = ((15.0, 1), (13.0, 1), (11.0, 2), (9.0, 2))


class Letters:
    """The letters of one file. In large print, text has 16 points and more."""

    left_out = 0

    def __init__(self, setting: Setting, write: Write) -> None:
        self._sheet = Sheet(setting, write, "Login details, letters")
        self._text = 16.0 if setting.wanted.large_print else 11.5
        self._separated = setting.wanted.scope.kind in {"school", "year_group"}
        self._group = ""
        self._part: Element | None = None

    @property
    def unprintable(self) -> int:
        """Students whose names could not be drawn whole."""
        return self._sheet.unprintable

    def add(self, students: Sequence[LoginDetails]) -> None:
        """Write the letters of these students."""
        for details in students:
            group = details.student.registration_group or ""
            part = (self._part if group == self._group else None) or self._begin(group)
            name = self._sheet.type.fit(shown(details.student.name), _RIGHT - _LEFT, self._larger(_NAME))
            for ticket in tickets(details, self._sheet.audience):
                page = self._sheet.document.page()
                heading = "H2" if self._separated else "H1"
                _Letter(self._sheet, page, part, ticket, text=self._text, heading=heading).write(name)
                self._sheet.document.end(page)
            self._sheet.count(name)

    def finish(self) -> None:
        """End the file."""
        self._end_group()
        self._sheet.finish()

    def _larger(self, steps: tuple[tuple[float, int], ...]) -> tuple[tuple[float, int], ...]:
        return tuple((size * self._text / 11.5, lines) for size, lines in steps)

    def _begin(self, group: str) -> Element:
        self._end_group()
        sheet = self._sheet
        self._group = group
        part = self._part = sheet.document.open(sheet.document.root, "Sect")
        if not self._separated:
            return part
        page = sheet.document.page()
        title = shown(words.OFFICE.group_name(group))
        fit = sheet.type.fit(title, _RIGHT - _LEFT, ((40.0, 2), (26.0, 3), (14.0, 5)))
        page.put(part, "H1", sheet.draw(fit.lines, _LEFT, HEIGHT - 220, fit.size, leading=fit.size * 1.2), fit.said)
        page.put(part, "P", sheet.write(words.SEPARATOR, _LEFT, HEIGHT - 180 - 60 * (1 + len(fit.lines)), 16))
        sheet.document.bookmark(title, page)
        sheet.document.end(page)
        return part

    def _end_group(self) -> None:
        if self._part is not None:
            self._sheet.document.close(self._part)
            self._part = None


class _Letter:
    """One letter, written from its head to its foot."""

    def __init__(self, sheet: Sheet, page: Page, part: Element, ticket: Ticket, *, text: float, heading: str) -> None:
        self._sheet, self._page, self._ticket = sheet, page, ticket
        self._text, self._heading = text, heading
        self._speech = ticket.speech
        self._turn = WIDTH if ticket.speech.right_to_left else 0.0
        self._part = sheet.document.open(part, "Sect", b"/Lang(%b)" % ticket.speech.code.encode())
        self._said = ticket.speech.words[ticket.kind]
        self._y = HEIGHT - 140.0

    def write(self, name: Fit) -> None:
        """All of it; ``name`` is set once for both letters of a student."""
        sheet, said, text = self._sheet, self._said, self._text
        self._head()
        if self._ticket.kind == "parent":
            self._put(self._speech.say(words.DEAR_HOME), after=0.3)
        self._page.put(
            self._part,
            "P",
            sheet.draw(name.lines, _LEFT, self._y, name.size, leading=name.size * 1.2, turn=self._turn),
            name.said,
        )
        self._y -= (len(name.lines) - 1) * name.size * 1.2 + text * 1.5
        if name.lost:
            self._put(self._speech.say(words.LOST))
        self._put(shown(self._speech.group_name(self._ticket.details.student.registration_group)), after=1.6, most=2)
        self._put(said.heading, size=text * 1.6, weight=BOLD, colour=sheet.ink, kind=self._heading, after=0.4)
        self._put(said.opening, after=0.5)
        if self._ticket.kind == "elsewhere":
            self._put(self._speech.say(sheet.sign_in_help) if sheet.sign_in_help else "", after=0.5)
        if said.steps:
            self._box()
            self._steps()
        self._put(" ".join(said.closing), after=0.5)
        self._put(self._speech.help(sheet.help_line), after=0.5)
        self._put(sheet.school, weight=BOLD)
        sheet.document.close(self._part)

    def _head(self) -> None:
        sheet = self._sheet
        logo, school = sheet.letterhead(_LEFT, HEIGHT - 40, (140, 46), _RIGHT - _LEFT, 16, turn=self._turn)
        self._page.decorate(logo + b"\n" + line(_LEFT, HEIGHT - 96, _RIGHT, HEIGHT - 96, width=1.5, colour=sheet.ink))
        self._page.put(self._part, *school)
        day = self._speech.day(sheet.now)
        made = sheet.draw_to(
            [sheet.type.line(day, REGULAR, self._speech.base)], _RIGHT, HEIGHT - 116, self._text, turn=self._turn
        )
        self._page.put(self._part, "P", made, spoken(day, self._speech))

    def _put(
        self,
        text: str,
        *,
        size: float = 0.0,
        weight: int = REGULAR,
        colour: colours.Colour = colours.BLACK,
        kind: str = "P",
        after: float = 0.0,
        most: int = 7,
    ) -> None:
        """A paragraph of at most so many lines; ``after`` counts lines of white behind it."""
        if not text:
            return
        size = size or self._text
        steps = ((size, 4), (size * 0.85, 5), (size * 0.7, 7))
        room = self._y - _LOWEST
        fitting = tuple((smaller, max(1, min(lines, most, int(room / smaller / 1.4)))) for smaller, lines in steps)
        fit = self._sheet.type.fit(text, _RIGHT - _LEFT, fitting, weight, self._speech.base)
        self._page.put(
            self._part,
            kind,
            self._sheet.draw(fit.lines, _LEFT, self._y, fit.size, leading=fit.size * 1.4, colour=colour, turn=self._turn),
            fit.said,
        )
        self._y -= len(fit.lines) * fit.size * 1.4 + after * self._text

    def _box(self) -> None:
        """The code, how long it works, and beside it the square to scan."""
        sheet, page, ticket = self._sheet, self._page, self._ticket
        top = self._y + self._text * 0.4
        low, right, left = top - _BOX, _RIGHT - _EDGE - _SYMBOL, _LEFT + _EDGE
        page.decorate(b"q %b 1.5 w %.2f %.2f %.2f %.2f re S Q" % (colours.stroke(sheet.ink), _LEFT, low, _RIGHT - _LEFT, _BOX))
        label = sheet.write(self._said.label, left, top - _EDGE - 14, self._text, turn=self._turn)
        code = ticket.code or self._speech.say(sheet.sign_in)
        fit = sheet.type.fit(code, right - left - _EDGE, ((30.0, 1), (26.0, 1), (22.0, 2), (16.0, 3)))
        drawn = sheet.draw(fit.lines, left, top - 72, fit.size, leading=fit.size * 1.2, turn=self._turn)
        page.put(self._part, "P", label + b"\n" + drawn, spoken(f"{self._said.label} {code}", self._speech))
        if ticket.lasts:
            steps = ((self._text, 2), (self._text * 0.8, 2))
            until = sheet.type.fit(ticket.lasts, right - left - _EDGE, steps, REGULAR, self._speech.base)
            drawn = sheet.draw(until.lines, left, top - 102, until.size, leading=until.size * 1.3, turn=self._turn)
            page.put(self._part, "P", drawn, until.said)
        up = top - (_BOX - _SYMBOL) / 2
        right = self._turn - right - _SYMBOL if self._turn else right
        box = (right, up - _SYMBOL, right + _SYMBOL, up)
        page.put(self._part, "Figure", sheet.symbol(ticket, right, up, _SYMBOL), sheet.figure(ticket, box))
        self._y = low - self._text * 1.8

    def _steps(self) -> None:
        sheet, text = self._sheet, self._text
        drawings = []
        for number, step in enumerate(sheet.step_texts(self._ticket.kind, self._speech), 1):
            mark = sheet.write(str(number), _LEFT, self._y, text, weight=BOLD, colour=sheet.ink, turn=self._turn)
            lines = sheet.type.fit(step, _RIGHT - _LEFT - 24, ((text, 2), (text * 0.8, 3)), REGULAR, self._speech.base)
            drawing = sheet.draw(lines.lines, _LEFT + 24, self._y, lines.size, leading=text * 1.4, turn=self._turn)
            self._y -= len(lines.lines) * text * 1.4
            if number == 1:
                place = sheet.type.fit(
                    sheet.address(self._ticket.kind), _RIGHT - _LEFT - 24, ((text, 1), (text * 0.8, 2), (text * 0.7, 3))
                )
                drawing += b"\n" + sheet.draw(place.lines, _LEFT + 24, self._y, place.size, leading=text * 1.2, turn=self._turn)
                self._y -= len(place.lines) * text * 1.4
            self._y -= text * 0.15
            said = f"{step} {sheet.address(self._ticket.kind)}" if number == 1 else step
            drawings.append((mark, drawing, spoken(said, self._speech)))
        sheet.steps(self._page, self._part, drawings)
        self._y -= text * 0.6


make = Letters
