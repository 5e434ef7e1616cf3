"""Idempotency keys of requests: the same admin with the same key means the same run, however often the request comes."""

import hashlib
import re
from typing import Final

from latchkey.errors import Invalid

_KEY: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")


def parse_key(key: object) -> str | None:
    """An idempotency key, or None."""
    if key is None or key == "":
        return None
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise Invalid(fields={"idempotency_key": "Use 8 to 64 letters, digits, hyphens and underscores."})
    return key


def hashed(admin: str, key: str) -> str:
    """What is kept of a key, 32 hex digits: another admin's key is another one, even if it looks the same."""
    return hashlib.sha256(f"{admin}|{key}".encode()).hexdigest()[:32]
