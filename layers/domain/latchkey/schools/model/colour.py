"""A school's colour: which one it has without a choice, and whether it can be read."""

import re
from typing import Final

USUAL: Final = "#1f4e6b"
"""That of a school that has not chosen any."""
READABLE: Final = 4.5
"""The least contrast of text to its ground (WCAG 2.2, 1.4.3)."""
_HEX: Final = re.compile("#[0-9a-fA-F]{6}").fullmatch

Colour = tuple[float, float, float]


def parts_of(colour: str) -> Colour:
    """Red, green and blue, from 0 to 1, of a colour (``#rrggbb``); of the usual one where it is none."""
    code = colour if _HEX(colour) else USUAL
    red, green, blue = (int(code[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue


def contrast(colour: tuple[float, ...]) -> float:
    """The contrast of a colour to white, from 1 to 21 (WCAG 2.2)."""
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def ink(colour: str) -> Colour:
    """The colour, darkened until text in it can be read on white, and white text on it."""
    found = parts_of(colour)
    while contrast(found) < READABLE:
        red, green, blue = (part * 0.95 for part in found)
        found = red, green, blue
    return found


def in_words(colour: str) -> str:
    """Whether the colour can be read on white: "Contrast to white 3.2 to 1: it is printed darker, so that it can be read."."""
    found = contrast(parts_of(colour))
    shown = int(found * 10) / 10  # never rounded up to what is enough
    if found >= READABLE:
        return f"Contrast to white {shown:g} to 1: it can be read."
    return f"Contrast to white {shown:g} to 1: too light, so it is used darker, until it can be read."
