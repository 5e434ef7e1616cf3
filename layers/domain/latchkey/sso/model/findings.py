"""What a look at a connection, or an admin's own try, has found: each a check, how it stands, and why.

``federate`` and ``saml`` find; the words, and what mends it, are the console's (``sso/model/finding_words``). A finding holds
nothing that a provider has written, but for ``said``: the provider's error code, and nothing else of its answer.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

Check = Literal[
    "redirect_address",
    "secret",
    "tenant",
    "consent",
    "clock",
    "email_claim",
    "issuer",
    "keys",
    "metadata",
    "federation",
    "certificates",
    "account",
]
State = Literal["ok", "warn", "stop", "unknown"]
Why = Literal[
    "",
    "not_registered",  # redirect_address: the provider does not know ours
    "not_tried",  # what only a round trip shows
    "missing",  # secret: none is kept; email_claim: the token has none; certificates: the metadata has none
    "refused",  # secret: the provider refuses it; consent: the user or an admin has not agreed; federation: another one signed
    "unsigned",  # federation: the metadata has no signature at all
    "expired",  # secret, certificates, federation
    "ends_soon",  # secret, certificates, federation
    "other",  # tenant, issuer: another one than ours
    "admin_needed",  # consent: only the provider's admin can agree
    "ahead",  # clock: the provider's time is later than ours
    "behind",
    "unreachable",  # keys, metadata, issuer: no answer
    "unusable",  # keys, metadata: an answer that cannot be used; federation: what was pasted is no certificate that we take
    "forbidden_address",  # an address that is not public, or not https
    "unverified",  # email_claim: there, but the provider does not vouch for it
    "unknown_here",  # account: nobody here has it
    "several",  # account: more than one has it
]
CHECKS: Final[tuple[Check, ...]] = get_args(Check)
STATES: Final[tuple[State, ...]] = get_args(State)
WHYS: Final[tuple[Why, ...]] = get_args(Why)
_CODE: Final = re.compile(r"[A-Za-z0-9_.-]{1,60}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One check. ``said`` is the provider's own error code (``invalid_client``, ``AADSTS7000215``), for whoever looks it up."""

    check: Check
    state: State
    why: Why = ""
    said: str = ""


def as_values(findings: Iterable[Finding]) -> list[dict[str, str]]:
    """Findings as plain values: in a function's answer, and in the table."""
    return [{"check": each.check, "state": each.state, "why": each.why, "said": code(each.said)} for each in findings]


def from_values(values: Iterable[Mapping[str, Any]]) -> tuple[Finding, ...]:
    """The findings of such values; what another release has written and this one does not know is left out."""
    found = []
    for each in values:
        if each.get("check") in CHECKS and each.get("state") in STATES:
            why: Why = next((why for why in WHYS if why == each.get("why")), "")
            found.append(Finding(check=each["check"], state=each["state"], why=why, said=code(each.get("said"))))
    return tuple(found)


def code(said: object) -> str:
    """A provider's error code, or nothing where it is not one."""
    return said if isinstance(said, str) and _CODE.fullmatch(said) else ""
