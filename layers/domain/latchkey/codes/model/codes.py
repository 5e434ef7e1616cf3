"""PINs, parent codes and codes that are read out: computed from a key of the school, never stored.

A code is ``<kind><number><mac><check>`` in an alphabet of 23 signs without look-alikes and without vowels: none looks like
a number or a formula, and each begins with a letter. ``number`` (5 signs) is the person's short number, ``mac`` an HMAC over
kind, number and generation, ``check`` catches every single wrong sign and every swap of neighbours (weights modulo the prime
23), so that a typing error is told from a wrong guess. No code spells a word of ``words``: where one would, the HMAC is
taken again with a count, and a number that spells one by itself is not given out.
"""

import hmac
import re
from dataclasses import dataclass, replace
from itertools import count
from operator import mul
from typing import Final, Literal, Protocol

from latchkey.codes.model import words
from latchkey.people.model.matched import Entitled
from latchkey.people.model.person import CodeState

Kind = Literal["pin", "parent", "read_out"]
"""``pin`` and ``parent`` are a student's; ``read_out`` is anybody's who rings the office, and works like a PIN."""
Fault = Literal["dead", "voided", "used", "expired"]
ALPHABET: Final = "2346789CDFHJKMNPQRTVWXY"
_VALUE: Final = {sign: value for value, sign in enumerate(ALPHABET)}
_WEIGHTS: Final = range(1, 23)
_LETTER: Final[dict[Kind, str]] = {"pin": "P", "parent": "F", "read_out": "V"}  # no word begins with V
_KIND: Final[dict[str, Kind]] = {letter: kind for kind, letter in _LETTER.items()}
_NUMBER_SIGNS: Final = 5
_OLDER: Final = 3  # generations that are still known as having been ours
MAC_SIGNS: Final[dict[Kind, int]] = {"pin": 5, "parent": 9, "read_out": 5}  # 22.6 and 40.7 bits
USES: Final[dict[Kind, int]] = {"pin": 1, "parent": 5, "read_out": 1}  # how often a code works
MOST_FAILURES: Final = 10  # wrong guesses at one person's code, after which it is dead and the school gives another
LONGEST_NUMBER: Final = len(ALPHABET) ** _NUMBER_SIGNS - 1
# What people and word processors put between the groups: white space and every kind of hyphen and dash.
_BETWEEN: Final = re.compile(r"[\s\-\u00ad\u2010-\u2015\u2212\u200b\ufeff]+")


class Coded(Entitled, Protocol):
    """Somebody who may have codes."""

    @property
    def pin(self) -> CodeState | None: ...
    @property
    def parent_code(self) -> CodeState | None: ...
    @property
    def read_out(self) -> CodeState | None: ...


@dataclass(frozen=True, slots=True)
class Code:
    """What a typed code says; ``text`` is its canonical form without hyphens."""

    kind: Kind
    number: int
    text: str


def key_label(school: str, epoch: int = 0) -> str:
    """The label under which the keyring derives the code key of a school in an epoch; epoch 0 has no number in it."""
    return f"latchkey/codes/v1/{school}" + (f"/{epoch}" if epoch else "")


def code(kind: Kind, number: int, generation: int, key: bytes) -> str:
    """The code in groups of four (``P234-6789-CDFH``): the same for the same student and generation, whoever prints it."""
    if not 0 < number <= LONGEST_NUMBER:
        raise ValueError("a number is out of range")
    signs, named = MAC_SIGNS[kind], _LETTER[kind] + _signs(number, _NUMBER_SIGNS)
    label = said = f"{kind}|{number}|{generation}"
    for again in count(1):
        body = named + _signs(int.from_bytes(hmac.digest(key, said.encode(), "sha256")) % 23**signs, signs)
        text = body + _check(body)
        if not words.ends_a_word_beyond(text, len(named)):
            break
        said = f"{label}|{again}"
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def number_is_usable(number: int) -> bool:
    """Whether a student may be given this number: no code of theirs spells a word before its secret signs begin."""
    return not any(words.holds_a_word(letter + _signs(number, _NUMBER_SIGNS)) for letter in _LETTER.values())


def generation_of(typed: Code, generation: int, key: bytes) -> int | None:
    """Which generation this code is of: this one, or one of the three before it; None if we never made it.

    Every one is computed and compared as bytes in constant time, so that the time tells nothing of how near a guess came.
    """
    found = None
    for each in range(max(1, generation - _OLDER), generation + 1):
        made = code(typed.kind, typed.number, each, key).replace("-", "")
        if hmac.compare_digest(made.encode(), typed.text.encode()):
            found = each
    return found


def read(typed: object) -> Code | None:
    """The code in what somebody typed (any case, spaces and hyphens anywhere), or None where it cannot be one."""
    if not isinstance(typed, str) or len(typed) > 64:
        return None
    text = _BETWEEN.sub("", typed)
    if not text.isascii():
        return None  # before upper(), which makes ASCII of some other letters
    text = text.upper()
    kind = _KIND.get(text[:1])
    if kind is None or len(text) != 2 + _NUMBER_SIGNS + MAC_SIGNS[kind] or not set(text) <= _VALUE.keys():
        return None
    if _check(text[:-1]) != text[-1]:
        return None
    number = 0
    for sign in text[1 : 1 + _NUMBER_SIGNS]:
        number = number * 23 + _VALUE[sign]
    return Code(kind, number, text)


def state_of(person: Coded, kind: Kind) -> CodeState | None:
    """The state of a person's code of this kind; None if they never had one."""
    return {"pin": person.pin, "parent": person.parent_code, "read_out": person.read_out}[kind]


def fault(state: CodeState, kind: Kind, now: int, epoch: int) -> Fault | None:
    """Why a code in this state no longer works in this epoch of its school; None if it does."""
    if state.failed >= MOST_FAILURES:
        return "dead"
    if state.voided or state.epoch < epoch:
        return "voided"
    if state.uses >= USES[kind]:
        return "used"
    return "expired" if state.expires_at <= now else None


def works(state: CodeState | None, kind: Kind, now: int, epoch: int) -> bool:
    """Whether there is a code that still opens something: what works is printed again, anything else is due for a new one."""
    return state is not None and fault(state, kind, now, epoch) is None


def voided(state: CodeState) -> CodeState:
    """The state of a code that the school has ended; in the table, ``voided`` under the same generation."""
    return replace(state, voided=True)


def redeem_url(origin: str, school: str, code: str | None = None) -> str:
    """The short address where a code is used, with the code in the fragment, which no server sees: ``/r/<slug>#P2346789CDFH``."""
    place = f"{origin}/r/{school}"
    return f"{place}#{code.replace('-', '')}" if code else place


def _signs(value: int, length: int) -> str:
    signs = ""
    for _ in range(length):
        value, rest = divmod(value, 23)
        signs = ALPHABET[rest] + signs
    return signs


def _check(body: str) -> str:
    return ALPHABET[sum(map(mul, _WEIGHTS, map(_VALUE.__getitem__, body))) % 23]
