"""Links in mails: computed, never stored.

A token is ``1.<purpose>.<school>.<person>.<expires>.<version>.<stamp>.<mac>``: what it grants, to whom, until when, and the
state of the account that it was made for, under an HMAC-SHA-256 with a key of that school. It travels in the URL's
fragment only. Verifying: the MAC first (ASVS 9.1.1), then the state (used, replaced), then the time.
"""

import base64
import hashlib
import hmac
from typing import Final, Literal

from latchkey.people.model.person import Person
from latchkey.shared.model.ids import is_id, is_slug
from latchkey.shared.model.quick import quick

Purpose = Literal["welcome", "reset", "forgot", "confirm", "invitation"]
SETS_PASSWORD: Final[frozenset[Purpose]] = frozenset({"welcome", "reset", "forgot"})
"""What sets a password. Each other purpose has its own addresses, and no link opens those of another."""
DUMMY: Final = "preview"
"""Stands where a token would in previews and tests; it can never work."""
_LETTER: Final[dict[Purpose, str]] = {"welcome": "w", "reset": "r", "forgot": "f", "confirm": "c", "invitation": "i"}
_PURPOSE: Final[dict[str, Purpose]] = {letter: purpose for purpose, letter in _LETTER.items()}

Fault = Literal["damaged", "used", "replaced", "expired"]


@quick(frozen=True, slots=True)
class Link:
    """What a token says. ``expires_at`` in epoch seconds; ``version`` and ``stamp`` are those of the account.

    ``person``: of an invitation its id, for there may be no account yet; version and stamp are then the invitation's.
    """

    purpose: Purpose
    school: str
    person: str
    expires_at: int
    version: int
    stamp: str


def key_label(school: str, epoch: int = 0) -> str:
    """The label under which the keyring derives the link key of a school in an epoch; epoch 0 has no number in it."""
    return f"latchkey/links/v1/{school}" + (f"/{epoch}" if epoch else "")


def token(link: Link, key: bytes) -> str:
    """The token of a link: URL-safe, about 110 characters; the same link always gives the same token."""
    body = f"1.{_LETTER[link.purpose]}.{link.school}.{link.person}.{link.expires_at:x}.{link.version:x}.{link.stamp}"
    return f"{body}.{_mac(body, key)}"


def read(text: object) -> tuple[Link, str, str] | None:
    """``(link, body, mac)`` of a text in the form of a token, not verified; None for anything else."""
    if not isinstance(text, str) or len(text) > 300 or not text.isascii():
        return None
    parts = text.split(".")
    if len(parts) != 8:
        return None
    form, letter, school, person, expires, version, stamp, mac = parts
    if form != "1" or letter not in _PURPOSE or not is_slug(school) or not is_id(person):
        return None
    if not _is_hex(expires, 10) or not _is_hex(version, 8) or not _is_hex(stamp, 12):
        return None
    link = Link(_PURPOSE[letter], school, person, int(expires, 16), int(version, 16), stamp)
    return link, text[: -len(mac) - 1], mac


def is_genuine(body: str, mac: str, key: bytes) -> bool:
    """Whether the MAC belongs to the body, in constant time."""
    return hmac.compare_digest(mac.encode(), _mac(body, key).encode())


def fingerprint(text: str) -> str:
    """What the person item keeps of the link that was used last, to tell "used" from "replaced"."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def fault(link: Link, text: str, person: Person | None, now: int) -> Fault | None:
    """Why a genuine link does not work for the person as they are now; None if it does."""
    if person is None or person.status != "active":
        return "replaced"
    if link.version != person.version or link.stamp != person.stamp:
        return "used" if person.used_link == fingerprint(text) else "replaced"
    return "expired" if link.expires_at <= now else None


def _mac(body: str, key: bytes) -> str:
    digest = hmac.digest(key, body.encode(), "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _is_hex(text: str, longest: int) -> bool:
    return 0 < len(text) <= longest and all(char in "0123456789abcdef" for char in text)
