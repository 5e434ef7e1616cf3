"""Unique Pupil Numbers (Department for Education, "Unique pupil numbers": 13 characters with a check letter)."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import count
from operator import mul
from typing import Final

_LETTERS: Final = "ABCDEFGHJKLMNPQRTUVWXYZ"  # no I, O, S: 23 letters
_DIGITS: Final = "0123456789"
_SIGNS: Final = (_DIGITS + _LETTERS).encode()
_VALUES: Final = bytes.maketrans(_SIGNS, bytes((*range(len(_DIGITS)), *range(len(_LETTERS)))))
_LENGTH: Final = 13
_FORM: Final = re.compile(rf"[{_LETTERS}][0-9]{{11}}[{_DIGITS}{_LETTERS}]")
_FORMS: Final = re.compile(rf"(?:{_FORM.pattern})*+")
_HALVES: Final = (range(1, 7), range(7, 13))


def check_letter(body: str) -> str:
    """The check letter for the 12 characters that follow it: sum of position x value for positions 2 to 13, modulo 23."""
    return _LETTERS[sum(map(mul, count(2), body.encode("ascii").translate(_VALUES))) % 23]


def is_upn(text: str) -> bool:
    """Whether the text is a UPN, permanent or temporary (the last character is then a letter), with the right check letter."""
    return _FORM.fullmatch(text) is not None and check_letter(text[1:]) == text[0]


def all_upns(texts: Sequence[str]) -> bool:
    """Whether all texts are UPNs: checked place by place, because a roster has a million of them."""
    together = "".join(texts)
    if len(together) != _LENGTH * len(texts) or {*map(len, texts)} - {_LENGTH} or not _FORMS.fullmatch(together):
        return False
    signs = together.encode("ascii")
    weighed, rest, letter_of = _tables()
    halves = (_added(signs[place::_LENGTH].translate(weighed[place]) for place in half) for half in _HALVES)
    return _added(half.translate(rest) for half in halves).translate(letter_of) == signs[::_LENGTH]


def _added(columns: Iterable[bytes]) -> bytes:
    """These columns, each a byte for a text, added up text by text: as one great number, for no sum is more than a byte holds."""
    found = [*columns]
    return sum(map(int.from_bytes, found)).to_bytes(len(found[0]), "big")


@cache
def _tables() -> tuple[list[bytes], bytes, bytes]:
    """By the sign: what it adds to the sum at each place, from 0 to 22. By a sum: its rest, and the check letter of it."""
    weighed = [bytes((place + 1) * value % 23 for value in _VALUES) for place in range(_LENGTH)]
    rest = bytes(value % 23 for value in range(256))
    return weighed, rest, rest.translate(_LETTERS.encode().ljust(256))
