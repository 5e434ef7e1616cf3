"""What a provider's answer without a code means: a word of ours for each, and its code for whoever looks it up.

``error_description`` is anybody's text, and may name people: of it nothing is kept but Microsoft's own number (``AADSTS65001``).
"""

import re
from collections.abc import Mapping
from typing import Final, Literal

Failure = Literal[
    "denied",
    "consent",
    "interaction",
    "blocked",
    "provider",
    "unreachable",
    "setup",
    "clock",
    "changed",
    "late",
    "used",
    "lost",
]
"""Why a sign-in at a provider came to nothing here.

``denied``: whoever signs in, or the provider, said no. ``consent``: its admin has to allow us first. ``blocked``: its admin does
not let this person use us. ``setup``: the registration there and the settings here differ. ``changed``: the school's settings are
others than when it began. ``late``: it took too long. ``used``: this answer was used before. ``lost``: this browser did not
ask.
"""
_FAILURES: Final[Mapping[str, Failure]] = {
    "access_denied": "denied",
    "consent_required": "consent",
    "interaction_required": "interaction",
    "login_required": "interaction",
    "account_selection_required": "interaction",
    "admin_policy_enforced": "blocked",
    "org_internal": "blocked",
    "server_error": "provider",
    "temporarily_unavailable": "provider",
    "invalid_request": "setup",
    "invalid_client": "setup",
    "invalid_scope": "setup",
    "unauthorized_client": "setup",
    "unsupported_response_type": "setup",
    "unsupported_response_mode": "setup",
    "redirect_uri_mismatch": "setup",
}
_MICROSOFT: Final = re.compile(r"AADSTS\d{4,7}")
_OF_MICROSOFT: Final[Mapping[str, Failure]] = {
    "AADSTS65001": "consent",
    "AADSTS65004": "denied",
    "AADSTS90094": "consent",
    "AADSTS900941": "consent",
    "AADSTS50105": "blocked",
    "AADSTS50076": "interaction",
    "AADSTS50079": "interaction",
    "AADSTS53000": "blocked",
    "AADSTS53003": "blocked",
    "AADSTS700016": "setup",
    "AADSTS50011": "setup",
    "AADSTS50020": "blocked",
}
_CODE: Final = re.compile(r"[A-Za-z0-9_.-]{1,60}")


def failure_of(error: str, description: str) -> Failure:
    """What an error of the authorization endpoint means."""
    number = _number(description)
    return _OF_MICROSOFT.get(number) or _FAILURES.get(error) or "provider"


def code_of(error: object, description: object = "") -> str:
    """The provider's own code, to be looked up; "" where there is none of a plain spelling."""
    number = _number(description if isinstance(description, str) else "")
    if number:
        return number
    return error if isinstance(error, str) and _CODE.fullmatch(error) else ""


def _number(description: str) -> str:
    found = _MICROSOFT.search(description[:2_000])
    return found[0] if found else ""
