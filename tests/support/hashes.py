"""Hashes that cost nothing, for tests in which passwords are kept and compared but nobody looks at what that takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from latchkey.sign_in import hashing

MEMORY = 64
"""KiB."""


@contextmanager
def quick_hashes() -> Iterator[None]:
    """The real Argon2id with 64 KiB: a hash and a comparison of 19 MiB take longer than the rest of such a test.

    What the parameters are is held by tests/unit/sign_in and tests/vectors, which never have these.
    """
    nobody = hashing.NOBODY.replace(f"m={hashing.MEMORY},", f"m={MEMORY},")
    assert nobody != hashing.NOBODY
    hashing._hasher.cache_clear()
    try:
        with patch.multiple(hashing, MEMORY=MEMORY, NOBODY=nobody):
            yield
    finally:
        hashing._hasher.cache_clear()
