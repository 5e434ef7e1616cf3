"""Secrets of authenticator apps and handles of passkeys: computed, never stored.

An app's secret is an HMAC of the person and a random salt under a key of the school that KMS derives: all tables hold none.
"""

import base64
import hashlib
import hmac
from typing import Final

_BYTES: Final = 20  # RFC 4226, 4: at least 128 bits, 160 recommended; apps expect as much
_TAG: Final = 8


def key_label(school: str) -> str:
    """The label under which the keyring derives the key of a school's second factors."""
    return f"latchkey/second-factors/v1/{school}"


def app_secret(person: str, salt: str, key: bytes) -> str:
    """The secret of an app, in base32, as apps take it: 32 signs."""
    return base64.b32encode(hmac.digest(key, f"totp\0{person}\0{salt}".encode(), "sha256")[:_BYTES]).decode()


def user_handle(school: str, person: str) -> bytes:
    """What a passkey keeps of its owner: a mark of the school and the person's id. It names nobody, and fits in 64 bytes."""
    return _tag(school) + person.encode()


def person_of(handle: bytes, school: str) -> str | None:
    """The person's id in a handle that was made at this school; None for another school's, and for anything else."""
    tag, person = handle[:_TAG], handle[_TAG:]
    return person.decode() if hmac.compare_digest(tag, _tag(school)) and person.isascii() else None


def _tag(school: str) -> bytes:
    return hashlib.sha256(f"latchkey/passkeys/v1/{school}".encode()).digest()[:_TAG]
