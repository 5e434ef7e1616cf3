"""Unique Pupil Numbers (Department for Education, "Unique pupil numbers": 13 characters with a check letter)."""

from collections.abc import Iterable
from functools import cache
from itertools import product
from typing import Final

_LETTERS: Final = "ABCDEFGHJKLMNPQRTUVWXYZ"  # no I, O, S: 23 letters
_DIGITS: Final = "0123456789"
_VALUE: Final = {digit: int(digit) for digit in _DIGITS} | {letter: value for value, letter in enumerate(_LETTERS)}


def check_letter(body: str) -> str:
    """The check letter for the 12 characters that follow it: sum of position x value for positions 2 to 13, modulo 23."""
    return _LETTERS[sum(position * _VALUE[char] for position, char in enumerate(body, start=2)) % 23]


def is_upn(text: str) -> bool:
    """Whether the text is a UPN, permanent or temporary (the last character is then a letter), with the right check letter."""
    return all_upns((text,))


def all_upns(texts: Iterable[str]) -> bool:
    """Whether all texts are UPNs."""
    area, school, year, serial = _sums()
    letters = _LETTERS
    try:
        for text in texts:
            if letters[(area[text[1:4]] + school[text[4:7]] + year[text[7:10]] + serial[text[10:]]) % 23] != text[0]:
                return False
    except KeyError:
        return False
    return True


@cache
def _sums() -> list[dict[str, int]]:
    """What each group of three characters adds to the sum: a roster checks a million UPNs, four look-ups each."""
    digits = (_DIGITS,) * 3
    return [
        {
            "".join(signs): sum(weight * _VALUE[sign] for weight, sign in enumerate(signs, start=first))
            for signs in product(*(digits if first < 11 else (_DIGITS, _DIGITS, _DIGITS + _LETTERS)))
        }
        for first in (2, 5, 8, 11)
    ]
