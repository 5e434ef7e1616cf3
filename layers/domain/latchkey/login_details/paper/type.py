"""Type: a text becomes a line of glyphs, in whatever scripts and directions it is written.

HarfBuzz shapes, and each letter takes the first font that has it. What no font has is drawn as an empty box and counted, so that
nobody hands out a name that is silently wrong.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Final
from unicodedata import normalize

import uharfbuzz as hb

from latchkey.login_details.paper.directions import as_seen, levels, mirrored
from latchkey.login_details.paper.file import text as pdf_text
from latchkey.login_details.paper.fonts import BOLD, REGULAR, Font, Fonts

LONGEST: Final = 160
"""No text of one name is longer than this on paper."""
_CUT: Final = "…"
_JOINERS: Final = "\u200c\u200d"
_SPACE: Final = re.compile(r"\s+")
_WORDS: Final = re.compile(" |[^ ]+")
_DIGIT: Final = re.compile("[0-9]")
# Controls, and marks that turn the direction of what follows: a name has no business with them. Joiners stay: they shape letters.
_NEVER_SHOWN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


def shown(text: str, longest: int = LONGEST) -> str:
    """A text as it can stand on paper: one line, without controls, and no longer than that."""
    text = text[: 4 * longest]
    text = _NEVER_SHOWN.sub("", _SPACE.sub(" ", text)).strip()
    text = normalize("NFC", text)
    return text if len(text) <= longest else text[: longest - 1] + _CUT


SAYS, SAID = "<", ">"
Glyphs = tuple[Font, float, bytes]
"""Glyphs of one font: how far they are raised (for size 1), and the operand of TJ."""


@dataclass(frozen=True, slots=True)
class Line:
    """Glyphs in the order in which they stand. ``width`` for size 1; ``lost``: a letter that no font has;
    ``plain``: whoever reads the glyphs one by one reads the text.

    Texts among ``pieces`` stand before (``SAYS`` and what they say) and after (``SAID``) glyphs that do not spell it themselves.
    """

    width: float
    pieces: tuple[Glyphs | str, ...]
    lost: bool
    plain: bool

    def at(self, x: float, y: float, size: float) -> bytes:
        """The line in a content stream, its base line beginning at a place."""
        out: list[bytes] = [b"BT 1 0 0 1 %.2f %.2f Tm" % (x, y)]
        last, risen = None, 0.0
        for piece in self.pieces:
            if isinstance(piece, str):  # ISO 32000-1, 14.9.4
                out.append(b"/Span<</ActualText%b>>BDC" % pdf_text(piece[1:]) if piece != SAID else b"EMC")
                continue
            font, rise, glyphs = piece
            if font is not last:
                out.append(b"/%b %g Tf" % (font.name, size))
                last = font
            if rise != risen:
                out.append(b"%.2f Ts" % (rise * size))
                risen = rise
            out.append(b"[%b]TJ" % glyphs)
        out.append(b"0 Ts ET" if risen else b"ET")
        return b" ".join(out)


@dataclass(frozen=True, slots=True)
class Fit:
    """Lines of one size; ``whole`` unless something was cut or cannot be drawn."""

    text: str
    size: float
    lines: tuple[Line, ...]
    whole: bool

    @property
    def lost(self) -> bool:
        """Whether an empty box stands for a letter."""
        return any(line.lost for line in self.lines)

    @property
    def said(self) -> bytes:
        """The entry for the structure (ISO 32000-1, 14.9.4) where the glyphs do not tell the text."""
        return b"" if self.whole and all(line.plain for line in self.lines) else b"/ActualText" + pdf_text(self.text)


class Type:
    """Sets texts with the fonts of one file."""

    def __init__(self, fonts: Fonts) -> None:
        self.fonts = fonts
        self.line = lru_cache(4096)(self._line)
        self._word = lru_cache(4096)(self._set_word)
        self.fit = lru_cache(1024)(self._fit)

    def _line(self, text: str, weight: int = REGULAR, base: int | None = None) -> Line:
        """One line of a text that can be shown."""
        if text.isascii() and (line := self._of_words(text, weight)):
            return line
        pieces: list[Glyphs | str] = []
        width, lost, plain = 0.0, False, True
        for font, level, run in self._in_sight(text, weight, base):
            lost |= font is None
            plain &= not level
            width += _Setter(font or self.fonts.latin(weight), pieces).set(run, level)
        return Line(width / 1_000, tuple(pieces), lost, plain and not any(isinstance(piece, str) for piece in pieces))

    def _of_words(self, text: str, weight: int) -> Line | None:
        """A line of words that were set before: names repeat, and letters of two words do not touch. None: it takes more.

        What has digits is put together sign by sign: a code never repeats, and none of its signs is moved towards another.
        """
        glyphs, width = [], 0.0
        for word in _WORDS.findall(text):
            for part in word if _DIGIT.search(word) else (word,):
                drawn, wide = self._word(part, weight)
                if drawn is None:
                    return None
                glyphs.append(drawn)
                width += wide
        whole = b"".join(glyphs).replace(b"><", b"")
        return Line(width / 1_000, ((self.fonts.latin(weight), 0.0, whole),) if whole else (), lost=False, plain=True)

    def _set_word(self, word: str, weight: int) -> tuple[bytes | None, float]:
        """Of an ASCII word the operand of TJ, None where its glyphs do not spell it, and its width in thousandths of the size."""
        pieces: list[Glyphs | str] = []
        width = _Setter(self.fonts.latin(weight), pieces).set(word, 0)
        only = pieces[0] if len(pieces) == 1 else ""
        return (None if isinstance(only, str) or only[1] else only[2]), width

    def _fit(
        self, text: str, width: float, steps: tuple[tuple[float, int], ...], weight: int = BOLD, base: int | None = None
    ) -> Fit:
        """The text in the first of ``steps`` (a size and how many lines it may take) that it fits into; else cut in the last."""
        for size, most in steps:
            lines = self.broken(text, width / size, weight, most + 1, base)
            if len(lines) <= most:
                return Fit(text, size, tuple(lines), not text.endswith(_CUT) and not any(line.lost for line in lines))
        wide = width / size

        def fits(end: int) -> bool:
            return len(self.broken(text[:end] + _CUT, wide, weight, most + 1, base)) <= most

        end = _last_fitting(range(1, len(text)), fits) or 0
        return Fit(text, size, tuple(self.broken(text[:end].rstrip() + _CUT, wide, weight, most, base)), False)

    def broken(self, text: str, width: float, weight: int = REGULAR, most: int = 1_000, base: int | None = None) -> list[Line]:
        """Lines no wider than ``width`` (for size 1), broken at spaces, inside a word only where it is wider than a line."""
        whole = self.line(text, weight, base)
        if whole.width <= width:
            return [whole]
        found: list[Line] = []
        rest = text
        while rest and len(found) < most:
            end = self._break(rest, width, weight)
            found.append(self.line(rest[:end].strip(), weight, base))
            rest = rest[end:].strip()
        return found

    def _break(self, text: str, width: float, weight: int) -> int:
        """How many characters fit into a line."""
        ends = [place.start() for place in re.finditer(" ", text)] + [len(text)]
        fitting = _last_fitting(ends, lambda end: self.line(text[:end], weight).width <= width)
        if fitting is not None:
            return fitting
        return _last_fitting(range(1, ends[0] + 1), lambda end: self.line(text[:end], weight).width <= width) or 1

    def _in_sight(self, text: str, weight: int, base: int | None) -> list[tuple[Font | None, int, str]]:
        """Runs of one font and direction, from left to right."""
        if text.isascii():
            return [(self.fonts.latin(weight), 0, text)] if text else []
        signs = zip(self._fonts_of(text, weight), levels(text, base), text, strict=True)
        return as_seen(
            [
                (font, level, "".join(sign for _, _, sign in group))
                for (font, level), group in groupby(signs, key=lambda each: (each[0], each[1]))
            ],
            lambda run: run[1],
        )

    def _fonts_of(self, text: str, weight: int) -> Iterator[Font | None]:
        current: Font | None = None
        for sign in text:
            # Spaces, hyphens, marks and joiners stay with the letters before them.
            stays = current is not None and (sign in _JOINERS or (not sign.isalnum() and current.has(sign)))
            if not stays:
                current = self.fonts.of(sign, weight)
            yield current


@dataclass(frozen=True, slots=True)
class _Glyph:
    """A glyph as it was shaped, in thousandths of the size; ``cluster``: the place of its letter in the text."""

    id: int
    cluster: int
    advance: float
    aside: float
    rise: float


class _Setter:
    """Sets the glyphs of one run into a line's pieces."""

    def __init__(self, font: Font, pieces: list[Glyphs | str]) -> None:
        self._font, self._pieces = font, pieces
        self._out, self._shift, self._risen = bytearray(), 0.0, 0.0

    def set(self, text: str, level: int) -> float:
        """Set a run; its width in thousandths of the size."""
        glyphs = _shaped(self._font, text, level)
        said = _said(text, level, [glyph.cluster for glyph in glyphs])
        for cluster, group in groupby(glyphs, key=lambda glyph: glyph.cluster):
            members = list(group)
            if len(members) == 1 and self._spells(members[0].id, said[cluster]):
                self._put(members[0])
                continue
            # Programs that take text out of a file look where a letter begins and ends: marks above and below do not count.
            wide = [place for place, glyph in enumerate(members) if glyph.advance] or [0]
            start, end = wide[0], wide[-1] + 1
            for text_of_it, part in (("", members[:start]), (said[cluster], members[start:end]), ("", members[end:])):
                if part:
                    self._push(SAYS + text_of_it)
                    for glyph in part:
                        self._put(glyph)
                    self._push(SAID)
        if abs(self._shift) >= 0.5:
            self._out += b"%d" % round(self._shift)
        self._push()
        return sum(glyph.advance for glyph in glyphs)

    def _spells(self, glyph: int, text: str) -> bool:
        """Whether in this file the glyph always means this text (and is not the empty box)."""
        return bool(glyph) and self._font.texts.setdefault(glyph, text) == text

    def _put(self, glyph: _Glyph) -> None:
        if glyph.rise != self._risen:
            self._push()
            self._risen = glyph.rise
        self._shift -= glyph.aside
        if abs(self._shift) >= 0.5:
            self._out += b"%d" % round(self._shift)
        self._out += b"<%04X>" % glyph.id
        self._shift = self._font.use(glyph.id) + glyph.aside - glyph.advance

    def _push(self, *more: str) -> None:
        if self._out:
            self._pieces.append((self._font, self._risen / 1_000, bytes(self._out).replace(b"><", b"")))
            self._out.clear()
        self._pieces += more


def _shaped(font: Font, text: str, level: int) -> list[_Glyph]:
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.direction = "rtl" if level % 2 else "ltr"
    buffer.guess_segment_properties()
    # Letters that melt into each other are harder to read, and to copy out of the file.
    hb.shape(font.shaper, buffer, {"liga": False} if font.latin else {})
    scale = font.per_mille
    return [
        _Glyph(info.codepoint, info.cluster, place.x_advance * scale, place.x_offset * scale, place.y_offset * scale)
        for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    ]


def _said(text: str, level: int, clusters: Sequence[int]) -> dict[int, str]:
    """The letters that each cluster of glyphs stands for; of brackets those that are seen."""
    starts = sorted(set(clusters))
    text = mirrored(text) if level % 2 else text
    return {start: text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)}


def _last_fitting(ends: Sequence[int], fits: Callable[[int], bool]) -> int | None:
    """The largest of rising ``ends`` that fits, found by halves."""
    least, most = -1, len(ends) - 1
    while least < most:
        middle = (least + most + 1) // 2
        least, most = (middle, most) if fits(ends[middle]) else (least, middle - 1)
    return ends[least] if least >= 0 else None
