"""Names that the public types: letters of any script, and nothing that a mail program would make a link or a number to ring of.

They stand in mails and on paper, so a name is one line in Unicode's composed form (NFC): letters with their marks, single spaces
and hyphens and apostrophes between them, and a full stop only behind initials or a title. Digits, symbols, emoji, other
punctuation, invisible characters and those that turn the direction of writing are no part of a name. Names of a roster are the
school's own, and are not held to this.
"""

import re
from typing import Final, Literal
from unicodedata import bidirectional, category, combining, decomposition, normalize

LONGEST_NAME: Final = 50
Fault = Literal["missing", "long", "signs"]
"""Why a text is no name; ``signs``: there is something in it that a name does not have."""
_TITLES: Final = frozenset({"dr", "fr", "jr", "mr", "mrs", "ms", "mx", "prof", "rev", "sr", "st", "ste"})
_HYPHENS: Final = "-\u2010\u2011\u05be"  # the last one joins words in Hebrew
_APOSTROPHES: Final = "'\u2018\u2019\u05f3"  # one that is a letter, as in ʻOkina, is a letter to Unicode too
_BOND, _NO_BOND = "\u200d", "\u200c"  # Persian and the scripts of India are misspelt without them
_VIRAMA: Final = 9  # the combining class of the marks behind which they stand in India
_LIKE_OTHERS: Final = ("<font>", "<wide>")  # letters that are drawings of others
# Letters and marks that show nothing (Default_Ignorable_Code_Point of Unicode): they could carry a text that nobody sees.
_UNSEEN: Final = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
_BETWEEN_WORDS: Final = re.compile(f"[{re.escape(_HYPHENS)} ]")
# A word in signs: L a letter, M a mark on it (Tibetan stacks five; more would climb over the lines of a mail), A an apostrophe,
# D a full stop.
_LETTER: Final = "LM{0,5}"
_WORD: Final = re.compile(f"A?{_LETTER}(?:A?{_LETTER})*A?|(?:{_LETTER}D)+")


def name_of(typed: str) -> str:
    """What was typed in the form in which it is kept: composed, in one line, with single spaces."""
    spaced = "".join(" " if category(char) == "Zs" else char for char in typed)
    return normalize("NFC", " ".join(filter(None, spaced.split(" "))))


def fault(name: str) -> Fault | None:
    """Why a name in the form of ``name_of`` cannot be taken; None if it can."""
    if not name:
        return "missing"
    if len(name) > LONGEST_NAME:
        return "long"
    signs = [_sign(name, at) for at in range(len(name))]
    if None in signs or _UNSEEN.search(name):
        return "signs"
    at = 0
    for word in _BETWEEN_WORDS.split(name):
        shape = "".join(sign or "" for sign in signs[at : at + len(word)])
        if not _WORD.fullmatch(shape) and not (shape[-1:] == "D" and word[:-1].lower() in _TITLES):
            return "signs"
        at += len(word) + 1
    return None


def _sign(name: str, at: int) -> str | None:
    """What a character is to a name: L, M, A or D as in ``_WORD``, S between words; None: nothing that a name has."""
    char = name[at]
    kind = category(char)
    if kind[0] == "L":
        return None if decomposition(char).startswith(_LIKE_OTHERS) else "L"
    if kind in {"Mn", "Mc"} or _joins(name, at):
        return "M"
    if _BETWEEN_WORDS.match(char):
        return "S"
    return "A" if char in _APOSTROPHES else "D" if char == "." else None


def _joins(name: str, at: int) -> bool:
    """Whether there is a joiner where it changes how its neighbours are written (as RFC 5892 has it, appendix A.1 and A.2)."""
    char, before, after = name[at], name[:at], name[at + 1 :]
    if char not in {_BOND, _NO_BOND} or not before:
        return False
    if combining(before[-1]) == _VIRAMA:
        return True
    return char == _NO_BOND and bool(after) and bidirectional(before[-1]) == bidirectional(after[0]) == "AL"
