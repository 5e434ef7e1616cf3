"""A school's colour on its pages: the bar shows it as it is, buttons a shade that can be seen and read, by day and by night."""

from dataclasses import dataclass
from typing import Final

from latchkey.shared.model.colours import BLACK, WHITE, Colour, code_of, colour_of, contrast, mixed

TEXT: Final = 4.5
"""Contrast of text to its ground (WCAG 2.2, 1.4.3)."""
SHAPE: Final = 3.0
"""Contrast of a button to the page (1.4.11)."""
DAY: Final = (colour_of("#ffffff"), colour_of("#f3f6f7"))
NIGHT: Final = (colour_of("#1b262c"), colour_of("#121a1f"))
"""What buttons stand on: the stylesheet's ``--paper`` and ``--back``, which a test compares."""
_STEP: Final = 0.02
_HOVER: Final = 0.15


@dataclass(frozen=True, slots=True)
class Shades:
    """``#rrggbb`` of the bar, of the buttons, of a button under the pointer, and of the words on each."""

    bar: str
    on_bar: str
    button: str
    button_over: str
    on_button: str


def by_day(code: str) -> Shades:
    """The shades of a colour on light paper: dark enough for white words."""
    button = _until_seen(colour_of(code), BLACK, DAY, text=WHITE)
    return _shades(code, button, mixed(button, BLACK, _HOVER), WHITE)


def by_night(code: str) -> Shades:
    """... and on dark paper: light enough to be seen there."""
    button = _until_seen(colour_of(code), WHITE, NIGHT)
    words = words_on(button)
    return _shades(code, button, mixed(button, BLACK if words == WHITE else WHITE, _HOVER), words)


def words_on(ground: Colour) -> Colour:
    """White where it can be read on this, else black: one of the two always can."""
    return WHITE if contrast(ground, WHITE) >= TEXT else BLACK


def _until_seen(colour: Colour, towards: Colour, grounds: tuple[Colour, ...], text: Colour | None = None) -> Colour:
    """The colour, mixed with so much of another that it stands out from each ground, and that ``text`` can be read on it."""
    share = 0.0
    found = colour
    while not (all(contrast(found, each) >= SHAPE for each in grounds) and (text is None or contrast(found, text) >= TEXT)):
        share += _STEP
        found = colour_of(code_of(mixed(colour, towards, min(1.0, share))))  # as it will be written
    return found


def _shades(code: str, button: Colour, over: Colour, words: Colour) -> Shades:
    return Shades(code, code_of(words_on(colour_of(code))), code_of(button), code_of(over), code_of(words))
