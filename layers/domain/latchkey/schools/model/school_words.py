"""The words of a school's name and of a search for it: people write "St." and "Saint", "C of E" and "Church of England"."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from latchkey.shared.model.folding import folded

_WORD: Final = re.compile(r"[a-z0-9]+")
_DOTTED: Final = re.compile(r"\b(?:[a-z]\.\s?){1,5}[a-z]\b\.?")
_SPACED: Final = re.compile(r"(?:[a-z] ){1,5}[a-z]")
_ONE_WORD: Final = (
    (re.compile(r"\bchurch of england\b|\bc\s?of\s?e\b|\bc ?/ ?e\b|\bcoe\b|\bcofe\b"), "ce"),
    (re.compile(r"\broman catholic\b|\br ?/ ?c\b"), "rc"),
    (re.compile(r"\bsaint\b"), "st"),
    (re.compile(r"&"), " and "),
)
_LITTLE: Final = frozenset({"the", "of", "and", "for", "in", "at"})
_MOST_INITIALS: Final = 6
EVERYWHERE: Final = frozenset(
    {"the", "of", "and", "school", "academy", "college", "primary", "secondary", "high", "st", "saint", "ce", "rc"}
)
"""Words that tell little: a search need not find them."""

_TELLS_NOTHING: Final = _LITTLE | (EVERYWHERE - {"high"})


def words(text: str) -> list[str]:
    """Words without case, accents and apostrophes, as they stand."""
    return _WORD.findall(folded(text))


def usual(text: str) -> list[str]:
    """The same with one way to write what people write in several; dots between initials are left out."""
    found = _DOTTED.sub(lambda each: re.sub(r"[.\s]", "", each[0]), folded(text))
    for many, one in _ONE_WORD:
        found = many.sub(one, found)
    return words(found)


def known_words(name: str) -> set[str]:
    """All by which a name is found: its words either way, and each two of them as one (North Bridge, Northbridge)."""
    found = words(name)
    pairs = {one + other for one, other in pairwise(found) if not {one, other} & _TELLS_NOTHING}
    return {*found, *usual(name), *pairs}


def joined(wanted: Sequence[str]) -> list[list[str]]:
    """A search with two of its words as one, each two in turn."""
    return [[*wanted[:at], wanted[at] + wanted[at + 1], *wanted[at + 2 :]] for at in range(len(wanted) - 1)]


def initials_of(text: str) -> str:
    """The letters of a search that is nothing but initials (``NBA``, ``N.B.A.``, ``n b a``); else nothing."""
    found = folded(text).replace(".", " ").strip()
    letters = "".join(found.split()) if _SPACED.fullmatch(" ".join(found.split())) else "".join(usual(text))
    return letters if letters.isalpha() and 2 <= len(letters) <= _MOST_INITIALS and len(usual(text)) in {1, len(letters)} else ""


def has_initials(name: str, letters: str) -> bool:
    """Whether the letters stand for the name: the first of each of its words, and others of a word behind its first.

    ``nba`` is Northbridge Academy, ``shs`` Southgate High School; little words (of, the) may count or not.
    """
    told = words(name)
    return _fits(told, letters) or _fits([word for word in told if word not in _LITTLE], letters)


def _fits(told: Sequence[str], letters: str) -> bool:
    if not told:
        return not letters
    word, rest = told[0], told[1:]
    if not letters or letters[0] != word[0]:
        return False
    # As many letters as the word takes, the fewest first: the next word may begin with the same letter.
    return any(_within(letters[1:taken], word[1:]) and _fits(rest, letters[taken:]) for taken in range(1, len(letters) + 1))


def _within(letters: str, word: str) -> bool:
    """Whether the letters come in this order in the word."""
    signs = iter(word)
    return all(letter in signs for letter in letters)
