"""A provider's metadata: where people sign in, and the certificates that its assertions are signed with.

Of a federation's aggregate one provider is taken out, and the rest is let go as it is read. Where the connection pins the
federation's certificate, the whole file has to be signed with it, and then only what was signed is read.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Final
from xml.sax.saxutils import unescape

from lxml import etree

from latchkey.sso.model.web_addresses import NotAllowed, web_address
from latchkey.sso.saml.names import REDIRECT, SAMLP, ds, md
from latchkey.sso.saml.refusals import Refused
from latchkey.sso.saml.safe_xml import Element, read, text
from latchkey.sso.saml.signed import MOST_CERTIFICATES, certificate_of, signed

LARGEST: Final = 1024 * 1024
"""Bytes of metadata: a provider's own, or a small federation's. The UK federation's aggregate is larger: its MDQ service is asked
for the one provider."""
MOST_ELEMENTS: Final = 60_000
_SCOPE: Final = "{urn:mace:shibboleth:metadata:1.0}Scope"
_MOST_SCOPES: Final = 50
# Only to see whether a file is of one provider alone; what is taken is read as XML, and has to be of this very id.
_ENTITY: Final = re.compile(rb"""\sentityID\s*=\s*["']([^"'<>]{1,1024})["']""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """What metadata says of a provider. ``certificates``: base64 of DER, at most two, those first that hold longest.
    ``valid_until``: epoch seconds, None where it does not end. ``more``: how many certificates were left out."""

    entity_id: str
    sign_in_url: str
    certificates: tuple[str, ...]
    scopes: tuple[str, ...] = ()
    valid_until: int | None = None
    more: int = 0


def the_provider_in(data: bytes, entity_id: str, pinned: str = "", *, now: int, local: tuple[str, ...] = ()) -> Provider:
    """The same; where no entity id is given, the file has to be of one provider alone."""
    if not entity_id:
        found = set(_ENTITY.findall(data))
        if len(found) != 1:
            raise Refused("shape")
        entity_id = _plain(found.pop())
    return provider_in(data, entity_id, pinned, now=now, local=local)


def _plain(value: bytes) -> str:
    try:
        return unescape(value.decode(), {"&quot;": '"', "&apos;": "'"})
    except UnicodeDecodeError as error:
        raise Refused("unreadable") from error


def provider_in(data: bytes, entity_id: str, pinned: str = "", *, now: int, local: tuple[str, ...] = ()) -> Provider:
    """The provider of this exact entity id; ``Refused`` with the reason where there is none that we could use.

    ``pinned``: the certificate with which the file has to be signed; "" where https alone vouches for it. ``local``: origins of
    this machine to which a browser may be sent, besides https ones.
    """
    if pinned:
        root = read(data, LARGEST, MOST_ELEMENTS, comments=True)
        root = signed(root, [pinned], largest=LARGEST, most_elements=MOST_ELEMENTS)
        _fresh(root, now)
        entity = next((each for each in root.iter(md("EntityDescriptor")) if each.get("entityID") == entity_id), None)
    else:
        entity = _streamed(data, entity_id, now)
    if entity is None:
        raise Refused("entity")
    return _provider(entity, now, local)


def _streamed(data: bytes, entity_id: str, now: int) -> Element | None:
    """The one entity, while all others are let go as they are read."""
    if len(data) > LARGEST or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise Refused("unreadable")
    found: Element | None = None
    try:
        walk: Any = etree.iterparse(
            BytesIO(data),
            events=("start", "end"),
            tag=(md("EntityDescriptor"), md("EntitiesDescriptor")),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        for event, element in walk:
            if event == "start":
                _fresh(element, now)
            elif element.tag == md("EntityDescriptor"):
                if element.get("entityID") == entity_id:
                    if found is not None:
                        raise Refused("shape")
                    found = read(etree.tostring(element, with_tail=False), LARGEST, MOST_ELEMENTS)
                element.clear()
    except (etree.LxmlError, ValueError) as error:
        raise Refused("unreadable") from error
    return found


def _provider(entity: Element, now: int, local: tuple[str, ...]) -> Provider:
    _fresh(entity, now)
    roles = [each for each in entity.findall(md("IDPSSODescriptor")) if SAMLP in _protocols(each)]
    if len(roles) != 1:
        raise Refused("entity")
    (role,) = roles
    _fresh(role, now)
    kept, more = _certificates(role)
    return Provider(
        entity_id=entity.get("entityID"),
        sign_in_url=_sign_in_url(role, local),
        certificates=kept,
        scopes=tuple(_scopes(role)[:_MOST_SCOPES]),
        valid_until=min((at for each in (entity, role) if (at := _until(each)) is not None), default=None),
        more=more,
    )


def _protocols(role: Element) -> list[str]:
    found: list[str] = role.get("protocolSupportEnumeration", "").split()
    return found


def _sign_in_url(role: Element, local: tuple[str, ...]) -> str:
    """Where a browser is sent; the first that is plainly an address on the web."""
    for each in role.findall(md("SingleSignOnService")):
        place = str(each.get("Location", ""))
        if each.get("Binding") == REDIRECT:
            try:
                web_address(place, local)
            except NotAllowed:
                continue
            return place
    raise Refused("sign_in")


def _certificates(role: Element) -> tuple[tuple[str, ...], int]:
    found: dict[str, datetime] = {}
    for key in role.findall(md("KeyDescriptor")):
        if key.get("use", "signing") != "signing":
            continue
        for each in key.iter(ds("X509Certificate")):
            value = "".join(text(each).split())
            try:
                found[value] = certificate_of(value).not_valid_after_utc
            except Refused:
                continue  # a key of a kind that we do not take; another may do
    if not found:
        raise Refused("keys")
    longest = sorted(found, key=lambda value: found[value], reverse=True)
    return tuple(longest[:MOST_CERTIFICATES]), max(0, len(longest) - MOST_CERTIFICATES)


def _scopes(role: Element) -> list[str]:
    scopes = [each for each in role.iter(_SCOPE) if each.get("regexp", "false") in {"false", "0"}]
    return list(dict.fromkeys(text(each).lower() for each in scopes if text(each)))


def _fresh(element: Element, now: int) -> None:
    until = _until(element)
    if until is not None and until <= now:
        raise Refused("ended")


def _until(element: Element) -> int | None:
    value = element.get("validUntil")
    if value is None:
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return 0  # a time that nobody can read is over
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())


def certificate_ends(certificate: str) -> int:
    """When a certificate ends, in epoch seconds; ``Refused`` if it is none that we take."""
    return int(certificate_of(certificate).not_valid_after_utc.timestamp())
