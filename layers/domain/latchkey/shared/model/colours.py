"""Colours as numbers: how light they are, and how they stand out from each other (WCAG 2.2, 1.4.3 and 1.4.11)."""

from typing import Final

Colour = tuple[float, float, float]
"""Red, green and blue, from 0 to 1."""
WHITE: Final[Colour] = (1.0, 1.0, 1.0)
BLACK: Final[Colour] = (0.0, 0.0, 0.0)


def colour_of(code: str) -> Colour:
    """The colour of ``#rrggbb``."""
    red, green, blue = (int(code[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue


def code_of(colour: Colour) -> str:
    """``#rrggbb`` of a colour."""
    return "#" + "".join(f"{round(part * 255):02x}" for part in colour)


def luminance(colour: Colour) -> float:
    """From 0, black, to 1, white."""
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    """From 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def mixed(colour: Colour, other: Colour, share: float) -> Colour:
    """A colour with so much (0 to 1) of another one in it."""
    red, green, blue = (mine + (its - mine) * share for mine, its in zip(colour, other, strict=True))
    return red, green, blue
