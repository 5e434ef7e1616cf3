"""A school's colour, as ink, and the operators of a PDF that fill and draw with it."""

from typing import Final

from latchkey.schools.model.colour import USUAL as DEFAULT
from latchkey.schools.model.colour import contrast, ink
from latchkey.shared.model.colours import Colour

__all__ = ["BLACK", "DEFAULT", "GREY", "LIGHT", "Colour", "contrast", "fill", "ink", "stroke"]


def fill(colour: Colour) -> bytes:
    """The operator that fills with a colour."""
    return b"%.3f %.3f %.3f rg" % colour


def stroke(colour: Colour) -> bytes:
    """The operator that draws lines with a colour."""
    return b"%.3f %.3f %.3f RG" % colour


BLACK: Final = (0.0, 0.0, 0.0)
GREY: Final = (0.35, 0.35, 0.35)
LIGHT: Final = (0.6, 0.6, 0.6)
