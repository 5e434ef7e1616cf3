"""Type: a text becomes a line of glyphs, in whatever scripts and directions it is written.

HarfBuzz shapes, python-bidi says which way each letter runs (UAX #9), and each letter takes the first font that has it. What no
font has is drawn as an empty box and counted, so that nobody hands out a name that is silently wrong.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any, Final
from unicodedata import bidirectional, normalize

import uharfbuzz as hb
from bidi import algorithm

from latchkey.paper.file import text as pdf_text
from latchkey.paper.fonts import BOLD, REGULAR, Font, Fonts

LONGEST: Final = 160
"""No text of one name is longer than this on paper."""
_CUT: Final = "…"
_RIGHT_TO_LEFT: Final = {"R", "AL", "AN"}
_SPACE: Final = re.compile(r"\s+")
# Controls, and marks that turn the direction of what follows: a name has no business with them. Joiners stay: they shape letters.
_NEVER_SHOWN: Final = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]")


def shown(text: str) -> str:
    """A text as it can stand on paper: one line, without controls, no longer than ``LONGEST``."""
    text = text[: 4 * LONGEST]
    text = _NEVER_SHOWN.sub("", _SPACE.sub(" ", text)).strip()
    text = normalize("NFC", text)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + _CUT


@dataclass(frozen=True, slots=True)
class Line:
    """Glyphs in the order in which they stand. ``width`` for size 1; ``lost``: a letter that no font has."""

    width: float
    pieces: tuple[tuple[Font, float, bytes], ...]
    text: str | None
    lost: bool

    def at(self, x: float, y: float, size: float) -> bytes:
        """The line in a content stream, its base line beginning at a place."""
        if not self.pieces:
            return b""
        out, last, risen = [b"BT 1 0 0 1 %.2f %.2f Tm" % (x, y)], None, 0.0
        for font, rise, glyphs in self.pieces:
            if font is not last:
                out.append(b"/%b %g Tf" % (font.name, size))
                last = font
            if rise != risen:
                out.append(b"%.2f Ts" % (rise * size))
                risen = rise
            out.append(b"[%b]TJ" % glyphs)
        if risen:
            out.append(b"0 Ts")
        out.append(b"ET")
        drawing = b" ".join(out)
        # Glyphs in their own order do not spell such a text; ISO 32000-1, 14.9.4.
        return drawing if self.text is None else b"/Span<</ActualText%b>>BDC %b EMC" % (pdf_text(self.text), drawing)


@dataclass(frozen=True, slots=True)
class Fit:
    """Lines of one size; ``whole`` unless something was cut or cannot be drawn."""

    size: float
    lines: list[Line]
    whole: bool


class Type:
    """Sets texts with the fonts of one file."""

    def __init__(self, fonts: Fonts) -> None:
        self.fonts = fonts
        self.line = lru_cache(4096)(self._line)

    def _line(self, text: str, weight: int = REGULAR) -> Line:
        """One line of a text that can be shown."""
        pieces: list[tuple[Font, float, bytes]] = []
        width, exact, lost = 0.0, True, False
        for font, level, run in self._in_sight(text, weight):
            set_run = _Run(font or self.fonts.latin(weight), run, level)
            lost |= font is None
            exact &= set_run.exact and font is not None
            width += set_run.width
            pieces += set_run.pieces
        return Line(width / 1_000, tuple(pieces), None if exact else text, lost)

    def fit(self, text: str, width: float, steps: Sequence[tuple[float, int]], weight: int = BOLD) -> Fit:
        """The text in the first of ``steps`` (a size and how many lines it may take) that it fits into; else cut in the last."""
        for size, most in steps:
            lines = self.broken(text, width / size, weight, most + 1)
            if len(lines) <= most:
                return Fit(size, lines, not text.endswith(_CUT) and not any(line.lost for line in lines))
        ends = range(1, len(text))
        end = _last_fitting(ends, lambda end: len(self.broken(text[:end] + _CUT, width / size, weight, most + 1)) <= most) or 0
        return Fit(size, self.broken(text[:end].rstrip() + _CUT, width / size, weight, most), False)

    def broken(self, text: str, width: float, weight: int = REGULAR, most: int = 1_000) -> list[Line]:
        """Lines no wider than ``width`` (for size 1), broken at spaces, inside a word only where it is wider than a line."""
        whole = self.line(text, weight)
        if whole.width <= width:
            return [whole]
        found, rest = [], text
        while rest and len(found) < most:
            end = self._break(rest, width, weight)
            found.append(self.line(rest[:end].strip(), weight))
            rest = rest[end:].strip()
        return found

    def _break(self, text: str, width: float, weight: int) -> int:
        """How many characters fit into a line."""
        ends = [place.start() for place in re.finditer(" ", text)] + [len(text)]
        fitting = _last_fitting(ends, lambda end: self.line(text[:end], weight).width <= width)
        if fitting is not None:
            return fitting
        return _last_fitting(range(1, ends[0] + 1), lambda end: self.line(text[:end], weight).width <= width) or 1

    def _in_sight(self, text: str, weight: int) -> list[tuple[Font | None, int, str]]:
        """Runs of one font and direction, from left to right."""
        levels = _levels(text)
        signs = zip(self._fonts_of(text, weight), levels, text, strict=True)
        runs = [
            (font, level, "".join(sign for _, _, sign in group))
            for (font, level), group in groupby(signs, key=lambda each: (each[0], each[1]))
        ]
        for floor in range(max(levels, default=0), 0, -1):  # rule L2
            ordered: list[tuple[Font | None, int, str]] = []
            for high, group in groupby(runs, key=lambda run: run[1] >= floor):
                ordered += reversed(list(group)) if high else group
            runs = ordered
        return runs

    def _fonts_of(self, text: str, weight: int) -> Iterator[Font | None]:
        current: Font | None = None
        for sign in text:
            # Spaces, hyphens, marks and joiners stay with the letters before them.
            if not (current is not None and not sign.isalnum() and current.has(sign)) and (
                sign not in "\u200c\u200d" or current is None
            ):
                current = self.fonts.of(sign, weight)
            yield current


class _Run:
    """The glyphs of a run, as the operand of TJ."""

    def __init__(self, font: Font, text: str, level: int) -> None:
        buffer = hb.Buffer()
        buffer.add_str(text)
        buffer.direction = "rtl" if level % 2 else "ltr"
        buffer.guess_segment_properties()
        # Letters that melt into each other are harder to read, and to copy out of the file.
        hb.shape(font.shaper, buffer, {"liga": False} if font.latin else {})
        self.width, self.exact = 0.0, not level % 2
        self.pieces: list[tuple[Font, float, bytes]] = []
        out, shift, risen = bytearray(), 0.0, 0.0
        infos, places, scale = buffer.glyph_infos, buffer.glyph_positions, font.per_mille
        self.exact &= len(infos) == len(text)
        for info, place in zip(infos, places, strict=True):
            glyph = info.codepoint
            own = font.use(glyph)
            rise, aside, advance = place.y_offset * scale / 1_000, place.x_offset * scale, place.x_advance * scale
            if rise != risen:
                self._push(font, risen, out)
                out, risen = bytearray(), rise
            shift -= aside
            if abs(shift) >= 0.5:
                out += b"%d" % round(shift)
            out += b"<%04X>" % glyph
            shift = own + aside - advance
            self.width += advance
            if self.exact:
                said = text[info.cluster]
                self.exact = font.texts.setdefault(glyph, said) == said
        if abs(shift) >= 0.5:
            out += b"%d" % round(shift)
        self._push(font, risen, out)

    def _push(self, font: Font, rise: float, out: bytearray) -> None:
        if out:
            self.pieces.append((font, rise, bytes(out).replace(b"><", b"")))


def _last_fitting(ends: Sequence[int], fits: Callable[[int], bool]) -> int | None:
    """The largest of rising ``ends`` that fits, found by halves."""
    least, most = -1, len(ends) - 1
    while least < most:
        middle = (least + most + 1) // 2
        least, most = (middle, most) if fits(ends[middle]) else (least, middle - 1)
    return ends[least] if least >= 0 else None


def _levels(text: str) -> list[int]:
    """The embedding level of each letter: odd runs from right to left."""
    if text.isascii() or _RIGHT_TO_LEFT.isdisjoint(map(bidirectional, text)):
        return [0] * len(text)
    base = algorithm.get_base_level(text)
    storage: dict[str, Any] = {"base_level": base, "base_dir": "LR"[base], "chars": [], "runs": []}
    algorithm.get_embedding_levels("".join(sign for sign in text if not _joins(sign)), storage)
    for sign in storage["chars"]:
        sign["type"] = sign["type"] or "L"  # a letter that this Unicode does not know
    algorithm.explicit_embed_and_overrides(storage)
    algorithm.resolve_weak_types(storage)
    algorithm.resolve_neutral_types(storage, False)
    algorithm.resolve_implicit_levels(storage, False)
    levels, found = [], iter(storage["chars"])
    for sign in text:
        levels.append((levels[-1] if levels else base) if _joins(sign) else next(found)["level"])
    return levels


def _joins(sign: str) -> bool:
    """Whether a character has no direction at all and goes with what stands before it (rule X9)."""
    return bidirectional(sign) == "BN"
