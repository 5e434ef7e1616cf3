"""Identifiers: short, URL-safe, lower-case; none of them is a secret."""

import hashlib
import re
import secrets
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford base32
_PAIRS = [one + other for one in _ALPHABET for other in _ALPHABET]  # two signs a step: a roster makes a million ids
_ID = re.compile(r"[0-9a-z]{16,26}")
_SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


def _base32(value: int, length: int) -> str:
    return "".join([_PAIRS[(value >> shift) & 1023] for shift in range(5 * (length - 2), -1, -10)])


def new_id(now: float | None = None) -> str:
    """26 characters that sort by time: 48 bits of milliseconds, then 80 random bits (the shape of a ULID)."""
    milliseconds = int((time.time() if now is None else now) * 1000)
    return _base32(milliseconds << 80 | secrets.randbits(80), 26)


def derived_id(at: int, what: str) -> str:
    """An id of the same shape, with the time ``at`` in it, that is the same whenever it is made of the same thing."""
    digest = hashlib.sha256(f"derived/v1/{what}".encode()).digest()
    return _base32(at * 1000 << 80 | int.from_bytes(digest[:10]), 26)


def first_id(at: int) -> str:
    """What sorts before every id that ``new_id`` makes at or after this moment (epoch seconds), and after all from before it."""
    return _base32(max(0, at) * 1000 << 80, 26)


def person_id(school: str, mis_id: str) -> str:
    """The id of a person of a roster: the same row always makes the same person, so a repeated import changes nothing."""
    digest = hashlib.sha256(f"person/v1/{school}/{mis_id}".encode()).digest()
    return _base32(int.from_bytes(digest[:13]) >> 4, 20)


def is_id(text: str) -> bool:
    """Whether the text has the form of an id of a person, send, export or roster."""
    return _ID.fullmatch(text) is not None


def is_slug(text: str) -> bool:
    """Whether the text can be a school's slug: 2 to 40 characters, a-z, 0-9 and single hyphens."""
    return 2 <= len(text) <= 40 and _SLUG.fullmatch(text) is not None
