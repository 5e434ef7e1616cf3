"""What is kept of a sign-in between its steps: a token that its holder brings back, sealed and short-lived.

It says whose password was right, in which state of the account, and what was shown since; it holds no secret. A MAC under a key
of the school binds it: nobody can make one up or take it to another school, and after ``LIFE`` seconds it counts no more.
"""

import base64
import binascii
import hmac
import json
from dataclasses import dataclass
from typing import Final

LIFE: Final = 600
"""Seconds from the right password to the last step: long enough to fetch the phone from the coat."""
_MAC: Final = 16
_LONGEST: Final = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the token says: ids and states only. ``at`` is when the password was right (epoch seconds), ``by`` the connection
    of the school's own provider in place of a password, or "".
    """

    person: str
    version: int
    stamp: str
    ways: tuple[str, ...]
    proved_at: int | None
    at: int
    by: str = ""


def seal(kept: Kept, school: str, key: bytes) -> str:
    """The token: URL-safe, about 150 characters."""
    facts = [kept.person, kept.version, kept.stamp, list(kept.ways), kept.proved_at, kept.at, *([kept.by] if kept.by else [])]
    body = json.dumps(facts, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_mac(body, school, key) + body).rstrip(b"=").decode()


def unseal(token: object, school: str, key: bytes, now: int) -> Kept | None:
    """What a token of this school says; None for anything else, and for one that is over."""
    if not isinstance(token, str) or not 0 < len(token) <= _LONGEST or not token.isascii():
        return None
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        return None
    mac, body = raw[:_MAC], raw[_MAC:]
    if not hmac.compare_digest(mac, _mac(body, school, key)):
        return None
    person, version, stamp, ways, proved_at, at, *by = json.loads(body)
    kept = Kept(person=person, version=version, stamp=stamp, ways=tuple(ways), proved_at=proved_at, at=at, by="".join(by))
    return kept if now - kept.at < LIFE else None


def _mac(body: bytes, school: str, key: bytes) -> bytes:
    return hmac.digest(key, b"sign-in\0" + school.encode() + b"\0" + body, "sha256")[:_MAC]
