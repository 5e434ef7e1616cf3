"""Recovery codes: ten, each for one use, shown once.

A code is 25 signs in five groups, 125 random bits. So a plain hash of it is as good as a slow one: nobody can try that many
(ASVS 6.5.2 asks for a password hash below 112 bits). Signs that look alike are read alike.
"""

import hashlib
import re
import secrets
from typing import Final

HOW_MANY: Final = 10
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH: Final = 25
_GROUP: Final = 5
_ALIKE: Final = str.maketrans("OIL", "011")
_BETWEEN: Final = re.compile(r"[\s\u2010-\u2015\u2212._-]")


def new_codes() -> tuple[str, ...]:
    """Ten new codes, as they are shown."""
    return tuple(_grouped("".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))) for _ in range(HOW_MANY))


def hash_of(typed: str) -> str | None:
    """The hash of a code, however it was typed; None for what is no code."""
    code = _BETWEEN.sub("", typed).upper().translate(_ALIKE)
    if len(code) != _LENGTH or not set(code) <= set(_ALPHABET):
        return None
    return hashlib.sha256(f"latchkey/recovery/v1/{code}".encode()).hexdigest()


def _grouped(code: str) -> str:
    return "-".join(code[place : place + _GROUP] for place in range(0, _LENGTH, _GROUP))
