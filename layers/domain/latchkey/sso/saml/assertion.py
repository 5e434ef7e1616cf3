"""The rules for a verified assertion. Everything here is read from the bytes that were signed, and from nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from latchkey.sso.saml.names import BEARER, ENTITY, PERSISTENT, saml
from latchkey.sso.saml.refusals import Refused
from latchkey.sso.saml.safe_xml import Element, at_most_one, one, text

SKEW: Final = 120
"""Seconds by which a provider's clock and ours may differ."""
LONGEST_VALUE: Final = 1_024
MOST_ATTRIBUTES: Final = 100
MOST_VALUES: Final = 100
_LONGEST_ID: Final = 256
_CONDITIONS: Final = {saml("AudienceRestriction"), saml("OneTimeUse"), saml("ProxyRestriction")}
_ENCRYPTED: Final = (saml("EncryptedID"), saml("EncryptedAttribute"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What an assertion has to say. ``asked_at``: when we asked (epoch seconds); ``anew``: whether we asked to sign in anew."""

    issuer: str
    audience: str
    recipient: str
    answers: str
    asked_at: int
    now: int
    anew: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a verified assertion says. ``persistent``: its persistent name, if it has one; ``until``: when it ends."""

    id: str
    until: int
    persistent: str = ""
    attributes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    contexts: frozenset[str] = frozenset()


def checked(assertion: Element, expected: Expected) -> Said:
    """What an assertion says, where it is what we expected; ``Refused`` with the reason otherwise."""
    if assertion.tag != saml("Assertion") or assertion.get("Version") != "2.0":
        raise Refused("shape")
    if any(True for tag in _ENCRYPTED for _ in assertion.iter(tag)):
        raise Refused("encrypted")
    issuer = one(assertion, saml("Issuer"))
    if text(issuer) != expected.issuer or issuer.get("Format", ENTITY) != ENTITY:
        raise Refused("issuer")
    identifier = assertion.get("ID") or ""
    if not 0 < len(identifier) <= _LONGEST_ID:
        raise Refused("shape")
    _issued(assertion, expected)
    _conditions(one(assertion, saml("Conditions")), expected)
    subject = one(assertion, saml("Subject"))
    until = _confirmed(subject, expected)
    return Said(
        id=identifier,
        until=until,
        persistent=_persistent(subject, expected.issuer),
        attributes=_attributes(assertion),
        contexts=_contexts(assertion, expected),
    )


def _issued(assertion: Element, expected: Expected) -> None:
    issued = _time(assertion.get("IssueInstant"))
    if issued is None or not expected.asked_at - SKEW <= issued <= expected.now + SKEW:
        raise Refused("time")


def _conditions(conditions: Element, expected: Expected) -> None:
    if any(each.tag not in _CONDITIONS for each in conditions):
        raise Refused("shape")  # a condition that we do not know makes an assertion invalid (SAML core, 2.5.1)
    _in_time(conditions, expected.now)
    restrictions = conditions.findall(saml("AudienceRestriction"))
    if not restrictions:
        raise Refused("audience")
    for each in restrictions:
        if expected.audience not in [text(audience) for audience in each.findall(saml("Audience"))]:
            raise Refused("audience")


def _in_time(element: Element, now: int) -> None:
    begins, ends = (_time(element.get(name)) for name in ("NotBefore", "NotOnOrAfter"))
    if (element.get("NotBefore") and begins is None) or (element.get("NotOnOrAfter") and ends is None):
        raise Refused("shape")
    if (begins is not None and begins > now + SKEW) or (ends is not None and ends <= now - SKEW):
        raise Refused("time")


def _confirmed(subject: Element, expected: Expected) -> int:
    """Until when the subject is confirmed to us, as whoever bears the assertion; ``Refused`` if it is not."""
    confirmations = subject.findall(saml("SubjectConfirmation"))
    refused = Refused("shape")
    for each in confirmations:
        if each.get("Method") != BEARER:
            continue
        try:
            return _borne(each, expected)
        except Refused as error:
            refused = error
    raise refused


def _borne(confirmation: Element, expected: Expected) -> int:
    data = one(confirmation, saml("SubjectConfirmationData"))
    if data.get("Recipient") != expected.recipient:
        raise Refused("recipient")
    if data.get("InResponseTo") != expected.answers:
        raise Refused("attempt")
    until = _time(data.get("NotOnOrAfter"))
    if until is None:
        raise Refused("time")
    _in_time(data, expected.now)
    return until


def _persistent(subject: Element, issuer: str) -> str:
    found = at_most_one(subject, saml("NameID"))
    return "" if found is None else persistent_of(found, issuer)


def persistent_of(name: Element, issuer: str) -> str:
    """The persistent name in a ``NameID``, "" if it is of another kind. One that another provider gave is marked as that's."""
    value, giver = text(name), name.get("NameQualifier", "").strip()
    if name.get("Format") != PERSISTENT or not value:
        return ""
    found = value if giver in {"", issuer} else f"{giver}!{value}"
    if len(found) > 2 * _LONGEST_ID:
        raise Refused("subject")
    return found


def _contexts(assertion: Element, expected: Expected) -> frozenset[str]:
    """How the person was authenticated; ``Refused`` if they were not, or long ago where we asked to sign in anew."""
    statements = assertion.findall(saml("AuthnStatement"))
    if not statements:
        raise Refused("shape")
    found = set[str]()
    for each in statements:
        at = _time(each.get("AuthnInstant"))
        if at is None or at > expected.now + SKEW:
            raise Refused("time")
        if expected.anew and at < expected.asked_at - SKEW:
            raise Refused("forced")
        ends = _time(each.get("SessionNotOnOrAfter"))
        if ends is not None and ends <= expected.now - SKEW:
            raise Refused("time")
        found |= {text(context) for context in each.findall(f"{saml('AuthnContext')}/{saml('AuthnContextClassRef')}")}
    return frozenset(found)


def _attributes(assertion: Element) -> dict[str, tuple[str, ...]]:
    """Each attribute by its exact name, with what its values say; several of one name are one."""
    found: dict[str, tuple[str, ...]] = {}
    attributes = assertion.findall(f"{saml('AttributeStatement')}/{saml('Attribute')}")
    if len(attributes) > MOST_ATTRIBUTES:
        raise Refused("shape")
    for each in attributes:
        values = [_value(value) for value in each.findall(saml("AttributeValue"))]
        name = each.get("Name") or ""
        found[name] = (*found.get(name, ()), *(value for value in values if value))
        if len(found[name]) > MOST_VALUES:
            raise Refused("shape")
    return found


def _value(value: Element) -> str:
    """A value's text, whatever type it says it is of; of eduPersonTargetedID, that of the name inside. Anything else is none."""
    if len(value) == 1 and value[0].tag == saml("NameID") and not (value.text or "").strip():
        value = value[0]
    if len(value):
        return ""
    found = text(value)
    if len(found) > LONGEST_VALUE or not found.isprintable():
        return ""
    return found


def _time(value: str | None) -> int | None:
    """Epoch seconds of a time in UTC, as SAML has them ("2026-11-26T18:30:00Z", perhaps with parts of a second)."""
    if not value or not value.isascii() or len(value) > 40 or not value.endswith("Z"):
        return None
    try:
        at = datetime.fromisoformat(value[:-1].partition(".")[0] + "+00:00")
    except ValueError:
        return None
    return int(at.timestamp()) if at.utcoffset() == timedelta(0) and "T" in value else None
