"""What every printed format of a school has in common: its document, type, colour, logo, address and QR codes."""

from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import Final

from latchkey.login_details.model.setting import Setting, Write
from latchkey.login_details.paper import colours, picture, qr, words
from latchkey.login_details.paper.document import HEIGHT, Document, Element, Page
from latchkey.login_details.paper.file import text as pdf_text
from latchkey.login_details.paper.fonts import BOLD, REGULAR, Fonts
from latchkey.login_details.paper.ticket import Ticket
from latchkey.login_details.paper.type import Fit, Line, Type, shown

Drawing = tuple[str, bytes, bytes]
"""What a piece is (``P``, ``H2``), how it is drawn, and what a screen reader says of it."""
_LONGEST: Final = 600  # of a school's own sentences


class Sheet:
    """One file. ``unprintable`` counts students whose names could not be drawn whole."""

    def __init__(self, setting: Setting, write: Write, title: str) -> None:
        school = setting.school
        self.school = shown(school.name)
        self.help_line = shown(school.settings.help_line, _LONGEST)
        self.sign_in = shown(school.settings.sso.label)
        self.sign_in_help = shown(school.settings.sso.help, _LONGEST)
        self.document = Document(
            write, title=f"{title}: {self.school}", author=self.school, language="en-GB", made_at=setting.now
        )
        self.type = Type(Fonts())
        self.ink = colours.ink(school.settings.colour)
        self.logo = setting.logo
        self.audience = setting.wanted.audience
        self.now = setting.now
        self._redeem, self._page = f"{setting.origin}/r/{school.slug}", setting.school_url
        self._codes: dict[int, qr.Codes] = {}
        self.unprintable = 0

    def address(self, kind: words.Kind) -> str:
        """Where to go with a ticket, as people type it."""
        return (self._redeem if kind != "elsewhere" else self._page).partition("://")[2]

    def count(self, *fits: Fit) -> None:
        """Take note of how a student's name came out."""
        self.unprintable += any(not fit.whole for fit in fits)

    # ------------------------------------------------------------ drawing

    def write(
        self,
        text: str,
        x: float,
        y: float,
        size: float,
        *,
        weight: int = REGULAR,
        colour: colours.Colour = colours.BLACK,
        turn: float = 0.0,
    ) -> bytes:
        """One line of text, its base line beginning at a place."""
        return self.draw([self.type.line(text, weight, 1 if turn else None)], x, y, size, colour=colour, turn=turn)

    def draw(
        self,
        lines: Sequence[Line],
        x: float,
        y: float,
        size: float,
        *,
        leading: float = 0.0,
        colour: colours.Colour = colours.BLACK,
        turn: float = 0.0,
    ) -> bytes:
        """Lines below each other, the first one at a place.

        ``turn``, everywhere here: the width of what is drawn as in a mirror, because it is read from right to left; 0 for not.
        """
        drawn = [
            line.at(turn - x - line.width * size if turn else x, y - place * leading, size) for place, line in enumerate(lines)
        ]
        return b"\n".join((colours.fill(colour), *drawn))

    def draw_to(
        self,
        lines: Sequence[Line],
        x: float,
        y: float,
        size: float,
        *,
        colour: colours.Colour = colours.BLACK,
        turn: float = 0.0,
    ) -> bytes:
        """The first of the lines, ending at a place."""
        return self.draw(lines[:1], turn - x if turn else x - lines[0].width * size, y, size, colour=colour)

    def symbol(self, ticket: Ticket, x: float, y: float, side: float) -> bytes:
        """A ticket's QR code, its upper left corner at a place; whoever calls leaves the white around it."""
        if ticket.kind == "elsewhere":
            size, path = self._page_symbol
        else:
            ending = ticket.code.replace("-", "")
            codes = self._codes.get(len(ending))
            if codes is None:
                codes = self._codes[len(ending)] = qr.Codes(f"{self._redeem}#", len(ending))
            size, path = codes.size, codes.path(ending)
        scale = side / size
        return b"q 0 g %.4f 0 0 %.4f %.2f %.2f cm\n%bf Q" % (scale, -scale, x, y, path)

    def figure(self, ticket: Ticket, box: tuple[float, float, float, float]) -> bytes:
        """What a screen reader says of a ticket's QR code, which stands at ``box`` on the page."""
        said = _said(ticket.speech.square(ticket.kind, self.address(ticket.kind)))
        return b"/Alt%b/A<</O/Layout/Placement/Block/BBox[%.1f %.1f %.1f %.1f]>>" % (said, *box)

    @cached_property
    def _page_symbol(self) -> tuple[int, bytes]:
        codes = qr.Codes(self._page, 0)
        return codes.size, codes.path("")

    def steps(self, page: Page, parent: Element, drawings: Sequence[tuple[bytes, bytes, bytes]]) -> None:
        """A numbered list: each step's number, its text, and what a screen reader says of that."""
        steps = self.document.open(parent, "L", b"/A<</O/List/ListNumbering/Decimal>>")
        for number, text, said in drawings:
            item = self.document.open(steps, "LI")
            page.put(item, "Lbl", number)
            page.put(item, "LBody", text, said)
            self.document.close(item)
        self.document.close(steps)

    def step_texts(self, kind: words.Kind, speech: words.Speech) -> list[str]:
        """The sentences of the steps."""
        return [step.format(label=speech.say(self.sign_in)) for step in speech.words[kind].steps]

    def letterhead(
        self, x: float, y: float, box: tuple[float, float], width: float, size: float, *, turn: float = 0.0
    ) -> tuple[bytes, Drawing]:
        """The logo, its upper left corner at a place and no larger than ``box``, and the school's name beside it."""
        wide, high = picture.size(self.logo, *box) if self.logo else (0.0, 0.0)
        logo = picture.at(turn - x - wide if turn else x, y - (box[1] + high) / 2, wide, high) if self.logo else b""
        left = x + (wide + size * 0.7 if wide else 0)
        fit = self.type.fit(self.school, width - (left - x), ((size, 1), (size * 0.85, 2), (size * 0.7, 2)))
        leading = fit.size * 1.15
        first = y - box[1] / 2 + (len(fit.lines) - 1) * leading / 2 - fit.size * 0.35
        return logo, ("P", self.draw(fit.lines, left, first, fit.size, leading=leading, colour=self.ink, turn=turn), fit.said)

    def finish(self) -> None:
        """Write what the pages share and the end of the file."""
        document = self.document
        if document.empty:  # a file without a page is none
            page = document.page()
            page.put(document.root, "P", self.write(words.NOBODY, 62, HEIGHT - 100, 11))
            document.end(page)
        fonts = self.type.fonts.embed(document.file)
        pictures = b"/XObject<<%b>>" % picture.embed(self.logo, document.file) if self.logo else b""
        document.finish(b"/Font<<%b>>%b/ProcSet[/PDF/Text/ImageC]" % (fonts, pictures))


@lru_cache(256)
def spoken(text: str, speech: words.Speech) -> bytes:
    """What a screen reader says of glyphs that stand in another order than they are read; nothing where they tell it."""
    return b"/ActualText" + pdf_text(text) if speech.right_to_left else b""


@lru_cache(64)
def _said(text: str) -> bytes:
    return pdf_text(text)


def line(x: float, y: float, to_x: float, to_y: float, *, width: float, colour: colours.Colour, dash: bytes = b"[]") -> bytes:
    """A straight line."""
    return b"q %b %.2f w %b 0 d %.2f %.2f m %.2f %.2f l S Q" % (colours.stroke(colour), width, dash, x, y, to_x, to_y)


__all__ = ["BOLD", "REGULAR", "Drawing", "Sheet", "line", "spoken"]
