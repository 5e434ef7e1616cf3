"""Words that never appear in a code, as its 23 signs can spell them.

There are hardly any vowels among the signs, but 3, 4 and V read as E, A and U, and abbreviations need none. Short on purpose:
insults and slurs that a child would point at. A word that is added changes the few codes that hold it: print those again.
"""

import re
from collections.abc import Iterator
from itertools import product
from typing import Final

# Letters that the alphabet lacks, or that a digit also looks like; a word with I, O or S cannot be spelt at all.
_READ_AS: Final = {"A": "4", "B": "8", "E": "3", "G": "69", "L": "7", "T": "T7", "U": "V", "Z": "2"}
_LIST: Final = """
    666 ANAL BTCH CNT CRAP CUM CUNT DAMN DCK DEAD DTF DYKE FAG FART FAT FCK FGT FKN FUC FUK GAY HATE HELL HTLR JAP JEW
    KAFFR KFFR KKK KUNT MTHRF NEGR NGGR NGR PAED PAK PRCK RAPE RETARD RTRD TRNNY TURD TWAT TWT WANK WHRE WNK WTF XXX
"""
WORDS: Final = tuple(_LIST.split())


def _spellings(word: str) -> Iterator[str]:
    """Every way in which the signs can spell a word."""
    return map("".join, product(*(_READ_AS.get(letter, letter) for letter in word)))


def _pattern(words: set[str]) -> str:
    """A pattern for any of these words that shares their beginnings: the search runs for each code that is printed."""
    if "" in words:
        return ""
    rest = {first: {word[1:] for word in words if word[0] == first} for first in sorted({word[0] for word in words})}
    return "(?:" + "|".join(first + _pattern(endings) for first, endings in rest.items()) + ")"


SPELLINGS: Final = frozenset(spelling for word in WORDS for spelling in _spellings(word))
_ANY: Final = re.compile(_pattern(set(SPELLINGS)))
_EACH: Final = re.compile(f"(?=({_ANY.pattern}))")


def holds_a_word(signs: str) -> bool:
    """Whether one of the words stands anywhere in these signs (without hyphens)."""
    return _ANY.search(signs) is not None


def ends_a_word_beyond(signs: str, place: int) -> bool:
    """Whether one of the words ends after the first ``place`` signs, wherever it begins."""
    return holds_a_word(signs) and any(found.end(1) > place for found in _EACH.finditer(signs))
