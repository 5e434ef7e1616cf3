"""The cells of a contacts export: names in one cell, several addresses in one, yes and no in all their words."""

import re
from contextlib import suppress
from functools import lru_cache
from typing import Final

from latchkey.people.model import groups
from latchkey.rosters.model.cells import name as clean_name
from latchkey.shared.model import folding
from latchkey.shared.model.written_email import LONGEST, NOTHING, NoAddress, written_email

_YES: Final = frozenset({"t", "true", "y", "yes", "1", "x", "✓", "✔", "ydy", "oes", "ie"})
_NO: Final = frozenset({"f", "false", "n", "no", "0", "nac_ydy", "none"})
_TITLES: Final = frozenset(
    {"mr", "mrs", "ms", "miss", "mx", "dr", "doctor", "prof", "professor", "rev", "revd", "reverend", "sir", "lady", "lord",
     "dame", "fr", "father", "sr", "capt", "captain", "maj", "major", "col", "lt", "sgt", "cllr", "hon", "imam", "rabbi"}
)  # fmt: skip
_AND: Final = frozenset({"&", "and", "+", "/"})
_PARTICLES: Final = frozenset(
    {"van", "von", "der", "den", "de", "di", "da", "dos", "du", "la", "le", "bin", "binti", "al", "el", "ap", "ab"}
)
_APART: Final = re.compile(r"[;,|\n]+|\s+(?=[^\s<>@]+@)")
_DIGITS: Final = re.compile(r"\D+")
_DIGIT: Final = re.compile(r"\d")
_BETWEEN: Final = re.compile(r"[\W_]+")


@lru_cache(maxsize=4096)
def flag(text: str) -> bool | None:
    """Yes or no; None where the cell says neither."""
    word = text.strip().casefold()
    return True if word in _YES else False if word in _NO else None


@lru_cache(maxsize=4096)
def barred(text: str) -> bool:
    """Whether a cell about court orders or restricted access bars somebody: anything that is not empty and not No does."""
    word = text.strip().casefold()
    return word not in NOTHING and word not in _NO


@lru_cache(maxsize=4096)
def priority(text: str) -> int | None:
    """The priority, 1 for the first to call; None where there is none."""
    found = re.match(r"\s*(\d{1,4})(?:\.0+)?(?:st|nd|rd|th)?\s*\Z", text)
    return int(found[1]) or None if found else None


@lru_cache(maxsize=65_536)
def name(text: str) -> str:
    """A name or a part of one, tidied, cut at 100 characters."""
    return clean_name(" ".join(text.split()))


@lru_cache(maxsize=4096)
def title(text: str) -> str:
    """A title such as Mrs, tidied."""
    return name(text)[:20]


def split_name(text: str) -> tuple[str, str, str]:
    """``(title, given names, family name)`` of a name in one cell: "Khan, Aisha", "Mrs A Khan", "Dr and Mrs Lee"."""
    before, comma, after = name(text).partition(",")
    if comma and after.strip():
        found, family = _without_titles(before.split())
        more, given = _without_titles(after.split())
        return found or more, " ".join(given), " ".join(family)
    found, words = _without_titles(before.split())
    place = len(words) - 1
    while place > 1 and words[place - 1].casefold() in _PARTICLES:
        place -= 1
    return found, " ".join(words[:place]) if place > 0 else "", " ".join(words[max(place, 0) :])


def _without_titles(words: list[str]) -> tuple[str, list[str]]:
    place = 0
    while place < len(words) - 1 and words[place].casefold().rstrip(".") in _TITLES | (_AND if place else frozenset()):
        place += 1
    if place and words[place - 1].casefold() in _AND:
        place -= 1
    return " ".join(words[:place]), words[place:]


def emails(text: str) -> tuple[list[str], bool]:
    """The addresses in a cell, each once, in order; and whether something stands there that is none."""
    if text.strip().casefold() in NOTHING:
        return [], False
    if len(text) > LONGEST:
        return [], True
    if text.count("@") == 1:
        with suppress(NoAddress):
            address = written_email(text.strip())
            return [address] if address else [], False
    found, wrong = [], False
    for part in filter(str.strip, _APART.split(text)):
        try:
            address = written_email(part.strip())
        except NoAddress:
            wrong = True
        else:
            found += [address] if address else []
    return list(dict.fromkeys(found)), wrong


def phone(text: str) -> str:
    """A telephone number as it is written, with what stands behind it ("after 6 pm"); empty where there are no digits."""
    return clean_name(" ".join(text.split()))[:40] if _DIGIT.search(text) else ""


def digits(text: str) -> str:
    """The digits of a telephone number, to compare; 0044 and +44 as 0."""
    found = _DIGITS.sub("", text)
    return f"0{found.removeprefix('00').removeprefix('44')}" if found.startswith(("44", "0044")) else found


@lru_cache(maxsize=4096)
def year_group(text: str) -> str:
    """The year group in its one form; empty where the cell says none."""
    return groups.year_group(" ".join(text.split()).casefold().removeprefix("curriculum ").strip()) or ""


@lru_cache(maxsize=4096)
def registration_group(text: str) -> str:
    """A registration group, to compare."""
    return folding.folded(text)


@lru_cache(maxsize=65_536)
def folded(text: str) -> str:
    """A name to compare, as ``shared`` folds it, with single spaces for everything that is no letter or digit."""
    found = folding.folded(text)
    return found if found.isalnum() else _BETWEEN.sub(" ", found).strip()
