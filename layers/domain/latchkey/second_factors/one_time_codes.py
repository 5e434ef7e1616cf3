"""Codes of authenticator apps (TOTP, RFC 6238: SHA-1, six digits, 30 seconds); pyotp is loaded by whoever comes here."""

import hmac
import re
from typing import Final

import pyotp

STEP: Final = 30
AROUND: Final = 1
"""Steps before and after the present one whose codes are taken: clocks of phones differ, and people type slowly."""
_BETWEEN: Final = re.compile(r"[\s\u2010-\u2015-]")


def step_of(secret: str, typed: str, now: int) -> int | None:
    """The step whose code this is, of those that count now; None if it is none of them."""
    if not is_code(typed):
        return None
    code, app, present, found = digits(typed), pyotp.TOTP(secret), now // STEP, None
    for step in range(present - AROUND, present + AROUND + 1):
        if hmac.compare_digest(app.generate_otp(step).encode(), code.encode()):
            found = step
    return found


def address(secret: str, login: str, school: str) -> str:
    """The ``otpauth:`` address that an app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=school)


def digits(typed: str) -> str:
    """A code without what people and apps put between its digits; letters stay, and match nothing."""
    return _BETWEEN.sub("", typed)


def is_code(typed: str) -> bool:
    """Whether this has the form of an app's code: six digits."""
    code = digits(typed)
    return len(code) == 6 and code.isascii() and code.isdigit()
