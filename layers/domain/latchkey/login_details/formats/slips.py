"""Slips to cut apart: eight to a sheet of A4, two in large print.

A registration group begins on a new sheet with its name in a strip at the top, so that each form tutor's sheets can be taken
off the pile. Where students and parents are meant, the two slips of a student stand side by side (in large print below each
other): one cut across the sheet, and the pair goes home together.
"""

from dataclasses import dataclass
from typing import Final

from latchkey.codes.model.login_details import LoginDetails
from latchkey.login_details.formats.grouped import Group, Grouped
from latchkey.login_details.model.setting import Setting, Write
from latchkey.login_details.paper import colours, words
from latchkey.login_details.paper.document import HEIGHT, Page
from latchkey.login_details.paper.document import WIDTH as PAGE_WIDTH
from latchkey.login_details.paper.sheet import BOLD, REGULAR, Drawing, Sheet, line, spoken
from latchkey.login_details.paper.ticket import Ticket, tickets
from latchkey.login_details.paper.type import Fit, shown

STRIP: Final = 34.0
"""The strip with the group's name, in points."""
WIDE, HIGH = PAGE_WIDTH / 2, (HEIGHT - STRIP) / 4
"""A slip; a slip in large print is twice as wide and twice as high, and so is all that stands on it (16 points and more)."""
_SIDE: Final = 22.0  # from the cut to the text: printers leave 5 mm blank, scissors are not exact
_RIGHT: Final = WIDE - _SIDE
_TEXT, _LEADING, _SMALL = 9.5, 12.0, 8.5
_SYMBOL: Final = 61.0
_SYMBOL_TOP: Final = 127.0
_COLUMN: Final = _RIGHT - _SIDE - _SYMBOL - 12
_NAME: Final = ((14.0, 1), (12.5, 1), (11.0, 1), (9.5, 2), (8.5, 2))
_CODE: Final = 20.0


@dataclass(frozen=True, slots=True)
class _Form:
    """What all slips of one kind share."""

    logo: bytes
    head: tuple[Drawing, ...]
    steps: tuple[tuple[bytes, bytes, bytes], ...]
    foot: tuple[Drawing, ...]


@dataclass(slots=True)
class _Sheets(Group):
    """``place`` is where the next slip goes."""

    place: int = 0


class Slips(Grouped[_Sheets]):
    """The sheets of slips."""

    def __init__(self, setting: Setting, write: Write) -> None:
        super().__init__(Sheet(setting, write, "Login details, slips"))
        self._scale = 2 if setting.wanted.large_print else 1
        self._columns, self._rows = 2 // self._scale, 4 // self._scale
        self._forms: dict[tuple[words.Kind, str], _Form] = {}

    # ------------------------------------------------------------ sheets

    def _begin(self, called: str) -> _Sheets:
        document = self._sheet.document
        part, page = document.open(document.root, "Sect"), document.page()
        page.put(part, "H1", self._strip(page, called))
        document.bookmark(shown(words.OFFICE.group_name(called)), page)
        return _Sheets(called, (part,), page)

    def _turn(self, group: _Sheets) -> None:
        super()._turn(group)
        group.place = 0
        group.page.decorate(self._strip(group.page, group.name))

    def _strip(self, page: Page, called: str) -> bytes:
        """Draw what every sheet has; the heading is given back, because only a group's first sheet counts it as one."""
        sheet = self._sheet
        school = sheet.type.fit(sheet.school, 200, ((9.0, 1),), REGULAR)
        page.decorate(sheet.draw_to(school.lines, PAGE_WIDTH - _SIDE, HEIGHT - 24, 9, colour=colours.GREY))
        high = HIGH * self._scale
        cuts = [(0.0, row * high, PAGE_WIDTH, row * high) for row in range(1, self._rows + 1)]
        if self._columns == 2:
            cuts.append((WIDE, 0.0, WIDE, HEIGHT - STRIP))
        page.decorate(b"\n".join(line(*cut, width=0.5, colour=colours.LIGHT, dash=b"[2 3]") for cut in cuts))
        fit = sheet.type.fit(shown(words.OFFICE.group_name(called)), 300, ((13.0, 1), (10.0, 1)))
        return sheet.draw(fit.lines, _SIDE, HEIGHT - 24, fit.size)

    # ------------------------------------------------------------ slips

    def _draw(self, group: _Sheets, details: LoginDetails) -> None:
        name = self._sheet.type.fit(shown(details.student.name), _RIGHT - _SIDE, _NAME)
        for ticket in tickets(details, self._sheet.audience):
            self._put(group, ticket, name)
        self._sheet.count(name)

    def _put(self, group: _Sheets, ticket: Ticket, name: Fit) -> None:
        if group.place == self._columns * self._rows:
            self._turn(group)
        sheet, form, scale, page = self._sheet, self._form(ticket), self._scale, group.page
        speech, turn = ticket.speech, WIDE if ticket.speech.right_to_left else 0.0
        x = group.place % self._columns * WIDE
        y = HEIGHT - STRIP - (group.place // self._columns + 1) * HIGH * scale
        group.place += 1
        slip = sheet.document.open(group.parts[0], "Sect", b"/Lang(%b)" % speech.code.encode())
        page.content.append(b"q %d 0 0 %d %.2f %.2f cm\n" % (scale, scale, x, y))
        page.decorate(form.logo)
        for drawing in form.head:
            page.put(slip, *drawing)
        first = 138.5 if len(name.lines) == 1 else 142.5
        page.put(slip, "H2", sheet.draw(name.lines, _SIDE, first, name.size, leading=name.size * 1.1, turn=turn), name.said)
        if name.lost:
            lost = speech.say(words.LOST)
            page.put(slip, "P", sheet.write(lost, _SIDE, 128.5, 8, turn=turn), spoken(lost, speech))
        if group.name:
            fit = sheet.type.fit(shown(group.name), 70, ((11.0, 1), (8.0, 1)))
            page.put(slip, "P", sheet.draw_to(fit.lines, _RIGHT, 155, fit.size, turn=turn), fit.said)
        if form.steps:
            sheet.steps(page, slip, form.steps)
            left, top = _SIDE if turn else _RIGHT - _SYMBOL, _SYMBOL_TOP
            box = (x + left * scale, y + (top - _SYMBOL) * scale, x + (left + _SYMBOL) * scale, y + top * scale)
            page.put(slip, "Figure", sheet.symbol(ticket, left, top, _SYMBOL), sheet.figure(ticket, box))
        if ticket.code:
            said = spoken(f"{speech.words[ticket.kind].label} {ticket.code}", speech)
            page.put(slip, "P", self._code(ticket, turn), said)
            until = sheet.type.fit(ticket.lasts, _RIGHT - _SIDE, ((_TEXT, 1), (_SMALL, 1), (7.5, 1)), REGULAR, speech.base)
            page.put(slip, "P", sheet.draw(until.lines, _SIDE, 27, until.size, turn=turn), until.said)
        for drawing in form.foot:
            page.put(slip, *drawing)
        page.content.append(b"Q\n")
        sheet.document.close(slip)

    def _code(self, ticket: Ticket, turn: float) -> bytes:
        sheet = self._sheet
        label = sheet.write(ticket.speech.words[ticket.kind].label, _SIDE, 60, _SMALL, colour=colours.GREY, turn=turn)
        fit = sheet.type.fit(ticket.code, _RIGHT - _SIDE, ((_CODE, 1), (_CODE * 0.9, 1)))
        return label + b"\n" + sheet.draw(fit.lines, _SIDE, 40.5, fit.size, turn=turn)

    def _form(self, ticket: Ticket) -> _Form:
        key = ticket.kind, ticket.speech.code
        if key not in self._forms:
            self._forms[key] = self._made(ticket.kind, ticket.speech)
        return self._forms[key]

    def _made(self, kind: words.Kind, speech: words.Speech) -> _Form:
        sheet, said, turn = self._sheet, speech.words[kind], WIDE if speech.right_to_left else 0.0
        logo, school = sheet.letterhead(_SIDE, HIGH - 10, (70, 20), _RIGHT - _SIDE, 9.5, turn=turn)
        rule = line(_SIDE, HIGH - 33, _RIGHT, HIGH - 33, width=1, colour=sheet.ink)
        whom = sheet.type.fit(said.for_whom, _RIGHT - _SIDE - 74, ((_TEXT, 1), (8.0, 1)), BOLD, speech.base)
        head = (school, ("P", sheet.draw(whom.lines, _SIDE, 155, whom.size, colour=sheet.ink, turn=turn), whom.said))
        y, steps = 118.0, []
        for number, text in enumerate(sheet.step_texts(kind, speech), 1):
            fit = sheet.type.fit(text, _COLUMN - 12, ((_TEXT, 1), (_TEXT - 0.5, 2), (_SMALL, 2)), REGULAR, speech.base)
            drawing = sheet.draw(fit.lines, _SIDE + 12, y, fit.size, leading=11, turn=turn)
            mark = sheet.write(str(number), _SIDE, y, _TEXT, weight=BOLD, colour=sheet.ink, turn=turn)
            y -= 11 * (len(fit.lines) - 1)
            if number == 1:
                place = sheet.type.fit(sheet.address(kind), _COLUMN - 12, ((_TEXT, 1), (_SMALL, 2), (8.0, 3)))
                drawing += b"\n" + sheet.draw(place.lines, _SIDE + 12, y - 12, place.size, leading=10, turn=turn)
                y -= 12 + 10 * (len(place.lines) - 1)
            y -= _LEADING + 1
            whole = f"{text} {sheet.address(kind)}" if number == 1 else text
            steps.append((mark, drawing, spoken(whole, speech)))
        return _Form(logo + b"\n" + rule, head, tuple(steps), self._foot(kind, speech, turn))

    def _foot(self, kind: words.Kind, speech: words.Speech, turn: float) -> tuple[Drawing, ...]:
        sheet, foot = self._sheet, []
        if kind in {"elsewhere", "none"}:
            text = speech.say(sheet.sign_in_help) if kind == "elsewhere" else speech.words[kind].opening
            fit = sheet.type.fit(text, _RIGHT - _SIDE, ((_TEXT, 2), (_SMALL, 3), (8.0, 4)), REGULAR, speech.base)
            foot.append(("P", sheet.draw(fit.lines, _SIDE, 54, fit.size, leading=fit.size * 1.2, turn=turn), fit.said))
        if sheet.help_line:
            fit = sheet.type.fit(speech.help(sheet.help_line), _RIGHT - _SIDE, ((_SMALL, 1), (8.0, 1)), REGULAR, speech.base)
            foot.append(("P", sheet.draw(fit.lines, _SIDE, 15, fit.size, colour=colours.GREY, turn=turn), fit.said))
        return tuple(foot)


make = Slips
