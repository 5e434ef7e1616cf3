"""An attempt to sign in by SAML: what we asked for, and whose browser asked. Its id is that of the request."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from typing import Final

LIFE: Final = 600
"""Seconds for which an answer is waited for."""
_ID: Final = re.compile(r"_([a-z0-9-]{1,63})\.([0-9a-f]{32})")
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SamlAttempt:
    """One attempt. ``version``: of the connection. ``browser``: the hash of the secret in the browser's cookie.

    ``place``: the page of ours to go to afterwards, "" for the usual one. ``trial``: the id of an admin's own try, "" of a
    sign-in. ``anew``: whether the provider was asked to let nobody in whom it already knows. ``at``: epoch seconds.
    """

    id: str
    school: str
    connection: str
    version: int
    browser: str
    at: int
    place: str = ""
    trial: str = ""
    anew: bool = False


def new_id(school: str) -> str:
    """The id of a request: a name of XML, 128 random bits, and where to look for the attempt when the answer comes."""
    return f"_{school}.{secrets.token_hex(16)}"


def school_of(identifier: str) -> str | None:
    """The school whose attempt this would be; None where it is no id of ours."""
    found = _ID.fullmatch(identifier)
    return found[1] if found else None


def browser_secret(kept: str | None) -> str:
    """The secret that a browser has in its cookie, or a new one: two tabs of one browser share it."""
    return kept if kept is not None and _SECRET.fullmatch(kept) else secrets.token_urlsafe(32)


def browser_hash(secret: str | None) -> str:
    """The hash of a browser's secret; of none, one that no attempt has."""
    return hashlib.sha256(f"saml-browser/v1/{secret}".encode()).hexdigest() if secret and _SECRET.fullmatch(secret) else ""
