"""The key of an account at a provider: stands for its issuer and its subject there, and is under nobody's key but its own."""

import hashlib


def account_key(issuer: str, subject: str) -> str:
    """The key of this account, 40 hex digits: the same for ever. No issuer can hold the NUL that parts the two."""
    return hashlib.sha256(f"sso/v1/{issuer}\0{subject}".encode()).hexdigest()[:40]
