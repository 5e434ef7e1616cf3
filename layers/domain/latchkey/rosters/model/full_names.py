"""A whole name in one cell, taken apart: ``Moor, Tess``, ``Tess Moor``, or ``Moor Tess`` where the header says so."""

from typing import Final

_PARTICLES: Final = frozenset(
    {"van", "von", "de", "der", "den", "del", "della", "di", "da", "do", "dos", "das", "du", "la", "le", "el", "al", "bin", "ibn",
     "ben", "ap", "ab", "ferch", "mac", "mc", "st", "ter", "ten", "af", "av", "zu"}
)  # fmt: skip
_FAMILY_FIRST: Final = ("surname_", "last_name_", "lastname_", "family_name_")


def is_family_first(plain_word: str) -> bool:
    """Whether a header's word says that the family name stands first."""
    return plain_word.startswith(_FAMILY_FIRST)


def taken_apart(text: str, *, family_first: bool) -> tuple[str, str]:
    """``(given, family)``; a comma says where the family name ends. One word is a given name: the person has one name."""
    if "," in text:
        family, _, given = text.partition(",")
        return " ".join(given.split()), " ".join(family.split())
    parts = text.split()
    if len(parts) < 2:
        return text.strip(), ""
    if family_first:
        end = 1
        while end < len(parts) - 1 and parts[end - 1].casefold() in _PARTICLES:
            end += 1
        return " ".join(parts[end:]), " ".join(parts[:end])
    start = len(parts) - 1
    while start > 1 and parts[start - 1].casefold() in _PARTICLES:
        start -= 1
    return " ".join(parts[:start]), " ".join(parts[start:])
