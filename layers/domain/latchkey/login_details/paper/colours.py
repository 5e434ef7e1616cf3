"""A school's colour, as ink: dark enough to be read on white, whatever the school chose."""

import re
from typing import Final

DEFAULT: Final = "#1f4e6b"
_HEX: Final = re.compile("#[0-9a-fA-F]{6}").fullmatch
_LEAST: Final = 4.5
"""Contrast of text to its ground (WCAG 2.2, 1.4.3)."""

Colour = tuple[float, float, float]


def ink(colour: str) -> Colour:
    """The colour (``#rrggbb``; the default where it is none), darkened until text in it can be read on white."""
    code = colour if _HEX(colour) else DEFAULT
    found = tuple(int(code[start : start + 2], 16) / 255 for start in (1, 3, 5))
    while contrast(found) < _LEAST:
        found = tuple(part * 0.95 for part in found)
    return found[0], found[1], found[2]


def contrast(colour: tuple[float, ...]) -> float:
    """The contrast of a colour to white, from 1 to 21 (WCAG 2.2)."""
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def fill(colour: Colour) -> bytes:
    """The operator that fills with a colour."""
    return b"%.3f %.3f %.3f rg" % colour


def stroke(colour: Colour) -> bytes:
    """The operator that draws lines with a colour."""
    return b"%.3f %.3f %.3f RG" % colour


BLACK: Final = (0.0, 0.0, 0.0)
GREY: Final = (0.35, 0.35, 0.35)
LIGHT: Final = (0.6, 0.6, 0.6)
