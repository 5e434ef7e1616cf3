"""A school's colour: which one it has without a choice, and whether it can be read."""

import re
from typing import Final

from latchkey.shared.model import colours
from latchkey.shared.model.colours import Colour, colour_of

USUAL: Final = "#1f4e6b"
"""That of a school that has not chosen any."""
READABLE: Final = 4.5
"""The least contrast of text to its ground (WCAG 2.2, 1.4.3)."""
_HEX: Final = re.compile("#[0-9a-fA-F]{6}").fullmatch


def parts_of(colour: str) -> Colour:
    """Red, green and blue, from 0 to 1, of a colour (``#rrggbb``); of the usual one where it is none."""
    return colour_of(colour if _HEX(colour) else USUAL)


def contrast(colour: Colour) -> float:
    """The contrast of a colour to white, from 1 to 21 (WCAG 2.2)."""
    return colours.contrast(colour, colours.WHITE)


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
