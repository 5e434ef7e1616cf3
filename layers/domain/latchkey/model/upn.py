"""Unique Pupil Numbers (Department for Education, "Unique pupil numbers": 13 characters with a check letter)."""

import re

_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"  # no I, O, S: 23 letters
_FORM = re.compile(r"[A-HJ-NP-RT-Z][0-9]{11}[0-9A-HJ-NP-RT-Z]")
_VALUE = {str(digit): digit for digit in range(10)} | {letter: value for value, letter in enumerate(_LETTERS)}


def check_letter(body: str) -> str:
    """The check letter for the 12 characters that follow it: sum of position x value for positions 2 to 13, modulo 23."""
    return _LETTERS[sum(position * _VALUE[char] for position, char in enumerate(body, start=2)) % 23]


def is_upn(text: str) -> bool:
    """Whether the text is a UPN, permanent or temporary (the last character is then a letter), with the right check letter."""
    return _FORM.fullmatch(text) is not None and check_letter(text[1:]) == text[0]
