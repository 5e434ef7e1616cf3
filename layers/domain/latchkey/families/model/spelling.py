"""A code as it is said: in groups, sign by sign, with the words of the radio alphabet for letters."""

from typing import Final

from latchkey.codes.model.codes import ALPHABET

_LETTERS: Final = {
    "C": "Charlie", "D": "Delta", "F": "Foxtrot", "H": "Hotel", "J": "Juliett", "K": "Kilo", "M": "Mike", "N": "November",
    "P": "Papa", "Q": "Quebec", "R": "Romeo", "T": "Tango", "V": "Victor", "W": "Whiskey", "X": "X-ray", "Y": "Yankee",
}  # fmt: skip
_DIGITS: Final = {
    "2": "two", "3": "three", "4": "four", "6": "six", "7": "seven", "8": "eight", "9": "nine",
}  # fmt: skip
SAID: Final = {sign: f"{sign} for {_LETTERS[sign]}" if sign in _LETTERS else _DIGITS[sign] for sign in ALPHABET}
"""How each sign of a code is said on the telephone."""


def groups(code: str) -> list[tuple[str, list[str]]]:
    """Each group of a code with its signs as they are said: ``("V234", ["V for Victor", "two", "three", "four"])``."""
    return [(group, [SAID[sign] for sign in group]) for group in code.split("-")]


def aloud(code: str) -> str:
    """A code sign by sign, for screen readers in any language: ``F, 2, 3, 4. 6, 7, 8, 9.``"""
    return " ".join(", ".join(group) + "." for group in code.split("-"))
