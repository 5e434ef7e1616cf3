"""An attempt as a cookie holds it: encrypted and authenticated under a key of ours, bound to the cookie's name."""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from dataclasses import astuple, fields
from typing import Final

from latchkey.sso.model.oidc_attempt import OidcAttempt, tag_of

_LONGEST: Final = 1_500
_NONCE: Final = 12
_NAMES: Final = tuple(each.name for each in fields(OidcAttempt))
_PURPOSE: Final = b"sso-attempt/v1/"


def seal(attempt: OidcAttempt, key: bytes) -> str:
    """The attempt as a text of URL-safe letters, about 400 of them; another one each time."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    number = secrets.token_bytes(_NONCE)
    body = json.dumps(astuple(attempt), separators=(",", ":")).encode()
    sealed = AESGCM(key).encrypt(number, body, _PURPOSE + tag_of(attempt.state).encode())
    return base64.urlsafe_b64encode(number + sealed).rstrip(b"=").decode()


def unseal(text: str, tag: str, key: bytes) -> OidcAttempt | None:
    """The attempt that was sealed for the cookie of this tag; None for anything else. Whether it is over is not looked at."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if not text.isascii() or not 0 < len(text) <= _LONGEST:
        return None
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        body = AESGCM(key).decrypt(raw[:_NONCE], raw[_NONCE:], _PURPOSE + tag.encode())
    except (binascii.Error, InvalidTag, ValueError):
        return None
    attempt = OidcAttempt(**dict(zip(_NAMES, json.loads(body), strict=True)))
    return attempt if tag_of(attempt.state) == tag else None
