"""Names that a system writes in capitals alone, as people write them."""

import re
from typing import Final

_WORD: Final = re.compile(r"[^\W\d_]+")
_NUMERALS: Final = frozenset({"II", "III", "IV"})
_SHORTEST: Final = 2  # letters: one letter says nothing about the others


def are_capitals(*names: str) -> bool:
    """Whether all letters of these names are capitals, as in SMITH, O'NEIL; one letter alone is no sign of it."""
    letters = [char for name in names for char in name if char.isalpha()]
    return len(letters) >= _SHORTEST and all(map(_is_capital, letters)) and any(char.lower() != char for char in letters)


def as_written(name: str) -> str:
    """SMITH-JONES as Smith-Jones, O'NEIL as O'Neil, MCKAY as McKay; what cannot be known (MACDONALD) gets one capital."""
    return _WORD.sub(lambda found: _word(found.group()), name)


def _is_capital(char: str) -> bool:
    return char == char.upper()


def _word(word: str) -> str:
    if word in _NUMERALS:
        return word
    if word.startswith("MC") and len(word) > 3:
        return "Mc" + word[2:].capitalize()
    return word.capitalize()
