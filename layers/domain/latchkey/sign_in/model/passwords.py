"""Which passwords are good enough, and why not.

Length instead of classes, a list of common passwords, and words that anybody who knows the school or the person would try
first (NIST SP 800-63B-4 3.1.1.2, ASVS 6.2). A refusal says what is wrong and how to choose better.
"""

import re
import unicodedata
from collections.abc import Container, Iterable
from typing import Final

from latchkey.people.model.person import Person, Role
from latchkey.schools.model.school import School
from latchkey.shared.model.identifiers import email
from latchkey.shared.model.texts import said

LONGEST: Final = 256  # code points: generous for a sentence, too little to keep a processor busy (Django CVE-2021-45115)
LONGEST_RECEIVED: Final = 1024  # before it is normalised
_SHORTEST: Final[dict[Role, int]] = {"student": 10, "parent": 12, "teacher": 12, "staff": 12}
ADVICE: Final = said("Three words that have nothing to do with each other make a good password.")

_SHORTEST_WORD: Final = 4  # a shorter name is part of too many words
_LEFT_OVER: Final = 8  # what must remain beside the words that anybody would try
_DECORATION: Final = 5  # digits and signs that people put around a word: "2024!"
_FEWEST_SIGNS: Final = 5
_ROWS: Final = ("abcdefghijklmnopqrstuvwxyz", "0123456789", "1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEXT: Final = {row[i : i + 2] for row in _ROWS for i in range(len(row) - 1)}
_STEPS: Final = _NEXT | {pair[::-1] for pair in _NEXT}
_SIGNS: Final = "0123456789 !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~£€"
_SPOKEN: Final = str.maketrans("@4831!057$", "aabeiiosts")
_REPEATED: Final = re.compile(r"(.+?)\1+")
_WORD: Final = re.compile(r"[^\W\d_]+")
_ALWAYS: Final = ("latchkey", "password", "school", "academy")


_TYPOGRAPHIC: Final = re.compile("[\u2010-\u2015\u2018-\u201f\u2032\u2033]")
"""Signs that phones and word processors make by themselves of ' " and -, and that no keyboard has as a key."""


def typographic(password: str) -> str:
    """The first sign of a password that its owner may have to search for on another keyboard; empty if there is none."""
    found = _TYPOGRAPHIC.search(normal(password))
    return found.group() if found is not None else ""


def shortest(role: Role) -> int:
    """How many characters a password of this role has at least."""
    return _SHORTEST[role]


def normal(password: str) -> str:
    """The form that is hashed and verified: NFKC, and nothing else changed (ADR 0008)."""
    return unicodedata.normalize("NFKC", password)


def context_words(person: Person, school: School) -> frozenset[str]:
    """Words that anybody would try for this person: names, login, school, place."""
    texts = (
        person.given_name,
        person.family_name,
        person.preferred_given_name or "",
        person.preferred_family_name or "",
        person.username or "",
        (person.email or "").partition("@")[0],
        school.name,
        school.slug,
        school.town,
        *_ALWAYS,
    )
    words = set()
    for text in texts:
        folded = _fold(text)
        words |= {folded, folded.replace(" ", ""), *_WORD.findall(folded)}
    return frozenset(word for word in words if len(word) >= _SHORTEST_WORD)


def fault(password: str, at_least: int, context: Iterable[str], common: Container[str]) -> str | None:
    """Why this password cannot be used, and how to choose a better one; None if it can. ``common`` holds folded words."""
    text = normal(password)
    return _wrong_form(text, at_least) or _easily_guessed(_fold(text), context, common)


def _wrong_form(text: str, at_least: int) -> str | None:
    if any(unicodedata.category(char) in {"Cc", "Cs"} for char in text):
        return said("This has a character that cannot be part of a password, such as a line break. Type it again without.")
    if email(text) is not None:
        return said(
            "This has the form of an e-mail address, which a password must not have: others would try it. {advice}", advice=ADVICE
        )
    if len(text) < at_least:
        return said("This is too short: use at least {count} characters. {advice}", count=at_least, advice=ADVICE)
    if len(text) > LONGEST:
        return said("This is too long: use at most {count} characters.", count=LONGEST)
    return None


def _easily_guessed(folded: str, context: Iterable[str], common: Container[str]) -> str | None:
    if len(set(folded)) < _FEWEST_SIGNS or _is_repetition(folded) or _is_sequence(folded):
        return said("This repeats itself or follows the keyboard, so it is quickly guessed. {advice}", advice=ADVICE)
    forms = _forms(folded)
    if any(_is_common(form, common) for form in forms):
        return said("This is on a list of passwords and words that are tried first. {advice}", advice=ADVICE)
    words = sorted(context, key=len, reverse=True)
    if any(_is_made_of(form, words, common) for form in forms):
        return said(
            "This is mostly made of your name, your school or another word that is easy to guess here. {advice}", advice=ADVICE
        )
    return None


def _fold(text: str) -> str:
    """How words are compared: without case and without accents."""
    split = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFKC", "".join(char for char in split if not unicodedata.combining(char)))


def _forms(folded: str) -> set[str]:
    """As typed, and with signs that stand for letters read as letters: "p@ssw0rd!!" may begin or end with mere decoration."""
    stripped = (folded, folded.lstrip(_SIGNS), folded.rstrip(_SIGNS), folded.strip(_SIGNS))
    return {folded} | {part.translate(_SPOKEN) for part in stripped if len(folded) - len(part) <= _DECORATION}


def _core(folded: str) -> str:
    return folded.strip(_SIGNS)


def _is_repetition(folded: str) -> bool:
    """ "abcabcabcabc": a short piece again and again. A long piece is judged by what it is."""
    found = _REPEATED.fullmatch(folded)
    return found is not None and len(found[1]) < _LEFT_OVER


def _is_sequence(folded: str) -> bool:
    """Mostly steps along the alphabet, the digits or a row of the keyboard, or the same sign again."""
    steps = sum(pair in _STEPS or pair[0] == pair[1] for pair in (folded[i : i + 2] for i in range(len(folded) - 1)))
    return steps >= 0.75 * (len(folded) - 1)


def _is_common(form: str, common: Container[str]) -> bool:
    core = _core(form)
    if form in common or (core in common and len(form) - len(core) <= _DECORATION):
        return True
    repeated = _REPEATED.fullmatch(core)
    return repeated is not None and repeated[1] in common


def _is_made_of(form: str, words: list[str], common: Container[str]) -> bool:
    """Whether too little remains once the words that anybody would try are taken away."""
    left = form
    for word in words:
        left = left.replace(word, " ")
    if left == form:
        return False
    core = "".join(char for char in left if char.isalnum())
    return len(core) < _LEFT_OVER or core in common or _is_sequence(core)
