"""SPF and DMARC records as receivers read them, as far as a look needs it, and which domains belong together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

SES_INCLUDE: Final = "include:amazonses.com"
_TWO_LEVELS: Final = frozenset(
    f"{name}.uk" for name in ("ac", "co", "gov", "ltd", "me", "net", "nhs", "org", "plc", "police", "sch")
) | {"com.au", "edu.au", "co.nz", "school.nz", "ac.nz"}
"""Endings below which domains are registered. A list of all is not worth its weight: a look warns, and decides nothing."""
_THREE_LEVELS: Final = frozenset({"sch.uk"})
"""Schools have their names below a local authority's: ``northbridge.kent.sch.uk``."""
Policy = Literal["none", "quarantine", "reject"]


@dataclass(frozen=True, slots=True)
class Dmarc:
    """What the domain's owner asks of receivers; ``strict_dkim`` and ``strict_spf``: only for exactly this domain."""

    policy: Policy
    strict_dkim: bool = False
    strict_spf: bool = False


def spf_of(texts: Sequence[str]) -> list[str]:
    """The SPF records among the TXT records of a name. More than one is an error for every receiver (RFC 7208, 4.5)."""
    return [text for text in texts if text.strip().lower().split(" ", 1)[0] == "v=spf1"]


def lets_ses_send(record: str) -> bool:
    """Whether an SPF record lets SES send: by its include (or everybody, which is worse in another way)."""
    terms = [term.lstrip("+").rstrip(".") for term in record.lower().split()[1:]]
    return SES_INCLUDE in terms or any(term.startswith("redirect=") and term.endswith("amazonses.com") for term in terms)


def dmarc_of(texts: Sequence[str], *, below: bool = False) -> list[Dmarc]:
    """The DMARC records among the TXT records of a name; ``below``: as they count for a domain below that one (``sp``)."""
    found = []
    for text in texts:
        tags = _tags(text)
        if tags.get("v") == "dmarc1":
            asked = (tags.get("sp") if below else None) or tags.get("p", "none")
            policy: Policy = "reject" if asked == "reject" else "quarantine" if asked == "quarantine" else "none"
            found.append(Dmarc(policy, tags.get("adkim") == "s", tags.get("aspf") == "s"))
    return found


def organisation(domain: str) -> str:
    """The registered domain above a domain, which DMARC looks at where a domain has no record itself."""
    labels = domain.lower().strip(".").split(".")
    ending = ".".join(labels[-2:])
    keep = 4 if ending in _THREE_LEVELS else 3 if ending in _TWO_LEVELS else 2
    return ".".join(labels[-keep:])


def dmarc_names(domain: str) -> tuple[str, ...]:
    """Where a domain's DMARC record is looked for: at itself, then at its organisation."""
    return tuple(dict.fromkeys(f"_dmarc.{each}" for each in (domain, organisation(domain))))


def is_aligned(domain: str, other: str, *, strict: bool = False) -> bool:
    """Whether two domains are one for DMARC."""
    if strict:
        return domain.lower() == other.lower()
    return bool(other) and organisation(domain) == organisation(other)


def _tags(text: str) -> Mapping[str, str]:
    pairs = (part.partition("=") for part in text.lower().split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs}
