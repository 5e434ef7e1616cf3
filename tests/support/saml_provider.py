"""A SAML identity provider of the tests: answers signed with a key that is made for the run, and everything wrong with them."""

import base64
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape, quoteattr

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
from signxml.signer import XMLSigner

SAML: Final = "urn:oasis:names:tc:SAML:2.0:assertion"
SAMLP: Final = "urn:oasis:names:tc:SAML:2.0:protocol"
MD: Final = "urn:oasis:names:tc:SAML:2.0:metadata"
DS: Final = "http://www.w3.org/2000/09/xmldsig#"
XS: Final = "http://www.w3.org/2001/XMLSchema"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
PERSISTENT: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
MAIL: Final = "urn:oid:0.9.2342.19200300.100.1.3"
EPPN: Final = "urn:oid:1.3.6.1.4.1.5923.1.1.1.6"
TARGETED: Final = "urn:oid:1.3.6.1.4.1.5923.1.1.1.10"
GIVEN: Final = "urn:oid:2.5.4.42"
FAMILY: Final = "urn:oid:2.5.4.4"
AFFILIATION: Final = "urn:oid:1.3.6.1.4.1.5923.1.1.1.9"
PLACE: Final = f"<ds:Signature xmlns:ds={quoteattr(DS)} Id='placeholder'/>"
"""Where the signature of an element comes to stand."""


@dataclass(frozen=True)
class Keys:
    """A private key and its certificate; ``text`` is the certificate as connections keep it."""

    private: Any
    certificate: x509.Certificate

    @property
    def text(self) -> str:
        """Base64 of DER."""
        return base64.b64encode(self.certificate.public_bytes(serialization.Encoding.DER)).decode()


@cache
def keys(name: str = "first", kind: str = "rsa", ends_in_days: int = 365) -> Keys:
    """A key of this name, the same all the run long."""
    private: Any = (
        ec.generate_private_key(ec.SECP256R1()) if kind == "ec" else rsa.generate_private_key(65537, int(kind[3:] or 2048))
    )
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    ends = datetime.now(UTC) + timedelta(days=ends_in_days)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(ends - timedelta(days=1_000))
        .not_valid_after(ends)
    )
    return Keys(private, made.sign(private, hashes.SHA256()))


def instant(at: int) -> str:
    """A time as SAML writes it."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A response and what it says; ``replace`` makes another. Texts are put in as they are where a name ends in ``_xml``."""

    issuer: str = "https://idp.test/entity"
    audience: str = "https://latchkey.test/sso/saml/metadata/northbridge/unify"
    recipient: str = "https://latchkey.test/sso/saml"
    destination: str | None = "https://latchkey.test/sso/saml"
    answers: str = "_northbridge." + "0" * 32
    envelope_answers: str | None = None
    now: int = 1_800_000_000
    subject: str = "subject-1"
    name_format: str = PERSISTENT
    name_qualifier: str = ""
    name_xml: str | None = None
    attributes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    attributes_xml: str = ""
    conditions_xml: str | None = None
    confirmation_xml: str | None = None
    statement_xml: str | None = None
    context: str = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
    status: str = "urn:oasis:names:tc:SAML:2.0:status:Success"
    id: str = "_assertion1"
    response_id: str = "_response1"
    version: str = "2.0"

    def assertion(self) -> str:
        """The assertion, with a place for its signature."""
        early, late = instant(self.now - 5), instant(self.now + 300)
        qualifier = f" NameQualifier={quoteattr(self.name_qualifier)}" if self.name_qualifier else ""
        name = self.name_xml if self.name_xml is not None else (
            f"<saml:NameID Format={quoteattr(self.name_format)}{qualifier}>{escape(self.subject)}</saml:NameID>"
        )  # fmt: skip
        confirmation = self.confirmation_xml if self.confirmation_xml is not None else (
            '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData '
            f'InResponseTo={quoteattr(self.answers)} Recipient={quoteattr(self.recipient)} NotOnOrAfter="{late}"/>'
            "</saml:SubjectConfirmation>"
        )  # fmt: skip
        conditions = self.conditions_xml if self.conditions_xml is not None else (
            f'<saml:Conditions NotBefore="{early}" NotOnOrAfter="{late}"><saml:AudienceRestriction>'
            f"<saml:Audience>{escape(self.audience)}</saml:Audience></saml:AudienceRestriction></saml:Conditions>"
        )  # fmt: skip
        statement = self.statement_xml if self.statement_xml is not None else (
            f'<saml:AuthnStatement AuthnInstant="{instant(self.now)}"><saml:AuthnContext><saml:AuthnContextClassRef>'
            f"{escape(self.context)}</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>"
        )  # fmt: skip
        return (
            f'<saml:Assertion xmlns:saml="{SAML}" xmlns:xs="{XS}" xmlns:xsi="{XSI}" ID={quoteattr(self.id)} '
            f'Version="{self.version}" IssueInstant="{instant(self.now)}"><saml:Issuer>{escape(self.issuer)}</saml:Issuer>{PLACE}'
            f"<saml:Subject>{name}{confirmation}</saml:Subject>{conditions}{statement}"
            f"<saml:AttributeStatement>{''.join(_attributes(self.attributes))}{self.attributes_xml}</saml:AttributeStatement>"
            "</saml:Assertion>"
        )

    def envelope(self, inside: str, *, signed: bool = False) -> str:
        """The response around an assertion."""
        answers = self.answers if self.envelope_answers is None else self.envelope_answers
        said = "".join(
            f" {name}={quoteattr(value)}"
            for name, value in (("InResponseTo", answers), ("Destination", self.destination))
            if value
        )
        return (
            f'<samlp:Response xmlns:samlp="{SAMLP}" ID={quoteattr(self.response_id)} Version="2.0" '
            f'IssueInstant="{instant(self.now)}"{said}><saml:Issuer xmlns:saml="{SAML}">{escape(self.issuer)}</saml:Issuer>'
            f"{PLACE if signed else ''}<samlp:Status><samlp:StatusCode Value={quoteattr(self.status)}/></samlp:Status>"
            f"{inside}</samlp:Response>"
        )

    def signed(self, by: Keys | None = None, **how: Any) -> str:
        """The response, its assertion signed."""
        return self.envelope(sign(self.assertion(), by or keys(), **how))

    def signed_around(self, by: Keys | None = None, **how: Any) -> str:
        """The response, signed as a whole; its assertion has no signature of its own."""
        return sign(self.envelope(self.assertion().replace(PLACE, ""), signed=True), by or keys(), **how)

    def signed_twice(self, by: Keys | None = None) -> str:
        """The response and its assertion, each signed."""
        return sign(self.envelope(sign(self.assertion(), by or keys()), signed=True), by or keys())


def sign(
    document: str,
    by: Keys,
    *,
    method: SignatureMethod | None = None,
    digest: DigestAlgorithm = DigestAlgorithm.SHA256,
    c14n: CanonicalizationMethod = CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
) -> str:
    """A document with a signature of its root at its place."""
    kind = SignatureMethod.ECDSA_SHA256 if isinstance(by.private, ec.EllipticCurvePrivateKey) else SignatureMethod.RSA_SHA256
    signer = _Signer(signature_algorithm=method or kind, digest_algorithm=digest, c14n_algorithm=c14n)
    root = etree.fromstring(document)
    made = signer.sign(root, key=by.private, cert=[by.certificate], reference_uri=root.get("ID"), id_attribute="ID")
    return str(etree.tostring(made).decode())


class _Signer(XMLSigner):
    """Signs with what we refuse, too."""

    def check_deprecated_methods(self) -> None:
        """A provider of twenty years ago does."""


def read_request(address: str) -> Any:
    """What a browser brings that we have sent to the provider."""
    packed = base64.b64decode(parse_qs(urlsplit(address).query)["SAMLRequest"][0])
    return etree.fromstring(zlib.decompress(packed, -zlib.MAX_WBITS))


def posted(document: str | bytes) -> str:
    """As a form's field has it."""
    return base64.b64encode(document.encode() if isinstance(document, str) else document).decode()


def attribute(name: str, values: Iterable[str], *, raw: bool = False) -> str:
    """An attribute, with typed values; ``raw``: XML as it is."""
    inside = "".join(
        f'<saml:AttributeValue xsi:type="xs:string">{each if raw else escape(each)}</saml:AttributeValue>' for each in values
    )
    return f"<saml:Attribute Name={quoteattr(name)}>{inside}</saml:Attribute>"


def _attributes(attributes: Mapping[str, Sequence[str]]) -> Iterable[str]:
    return (attribute(name, values) for name, values in attributes.items())


def metadata(
    entity_id: str = "https://idp.test/entity",
    *,
    sign_in_url: str = "https://idp.test/sso",
    certificates: Sequence[str] | None = None,
    scopes: Sequence[str] = ("northbridge.test",),
    about: str = "",
    inside: str = "",
) -> str:
    """A provider's metadata. ``about``: more attributes of the entity; ``inside``: more in it."""
    given = [keys().text] if certificates is None else certificates
    descriptors = "".join(
        f'<KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="{DS}"><ds:X509Data><ds:X509Certificate>{each}</ds:X509Certificate>'
        "</ds:X509Data></ds:KeyInfo></KeyDescriptor>"
        for each in given
    )
    named = "".join(f'<shibmd:Scope regexp="false">{each}</shibmd:Scope>' for each in scopes)
    return (
        f'<EntityDescriptor xmlns="{MD}" xmlns:shibmd="urn:mace:shibboleth:metadata:1.0" entityID={quoteattr(entity_id)} {about}>'
        f'{inside}<IDPSSODescriptor protocolSupportEnumeration="{SAMLP}"><Extensions>{named}</Extensions>{descriptors}'
        f'<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location={quoteattr(sign_in_url)}/>'
        "</IDPSSODescriptor></EntityDescriptor>"
    )


def other(answer: Answer, **facts: Any) -> Answer:
    """The same answer but for some facts."""
    return replace(answer, **facts)
