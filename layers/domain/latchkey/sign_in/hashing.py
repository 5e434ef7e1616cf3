"""Argon2id, with the parameters of the OWASP Password Storage Cheat Sheet; loaded when the first password comes.

A password is hashed as it was received, in NFKC (ADR 0008). Where there is no hash to compare with, the same work is done
on one that belongs to nobody, so that the time tells nothing (Django CVE-2024-39329).
"""

from functools import cache
from typing import TYPE_CHECKING, Final

from latchkey.sign_in.model.passwords import normal

if TYPE_CHECKING:
    from argon2 import PasswordHasher

MEMORY: Final = 19_456  # KiB
ROUNDS: Final = 2
LANES: Final = 1
# Random bytes in the form of a hash with the parameters above: no password is known for it, nor can one be found.
NOBODY: Final = "$argon2id$v=19$m=19456,t=2,p=1$wkqgmj8DNLjFqzJlv2fVkQ$Ih4bRCicBMp8x5/tDJRCH1l6/uqt4oZ5JHTSsCp88BY"


def hash_of(password: str) -> str:
    """The hash to keep; each one has its own salt."""
    return _hasher().hash(_bytes(password))


def verify(kept: str | None, password: str) -> bool:
    """Whether the password belongs to the hash. None, or a hash that cannot be read, costs the same and never matches."""
    from argon2.exceptions import Argon2Error, InvalidHashError

    try:
        _hasher().verify(kept or NOBODY, _bytes(password))
    except (Argon2Error, InvalidHashError, UnicodeEncodeError):
        return False
    return kept is not None


def is_dated(kept: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher().check_needs_rehash(kept)


def _bytes(password: str) -> bytes:
    # Half a surrogate pair can come in JSON; it must fail like any wrong password, not like an error.
    return normal(password).encode("utf-8", "surrogatepass")


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher, Type

    return PasswordHasher(time_cost=ROUNDS, memory_cost=MEMORY, parallelism=LANES, hash_len=32, salt_len=16, type=Type.ID)
