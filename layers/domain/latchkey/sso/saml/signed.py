"""What a signature covers: the bytes that were signed, and a document made of them alone.

Who reads an assertion reads this document, never the one that came: whatever stands elsewhere in that one, at whatever place,
under whatever id (signature wrapping), is not in it. The certificate is one that we have kept; what the signature itself says of
keys is never looked at. ``signxml`` does the cryptography; what may be signed, how, and where, is decided here before.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from latchkey.sso.saml.names import ENVELOPED, EXCLUSIVE, ds
from latchkey.sso.saml.refusals import Refused
from latchkey.sso.saml.safe_xml import LARGEST, MOST_ELEMENTS, Element, at_most_one, one, read

METHODS: Final = frozenset(
    {
        SignatureMethod.RSA_SHA256,
        SignatureMethod.RSA_SHA384,
        SignatureMethod.RSA_SHA512,
        SignatureMethod.ECDSA_SHA256,
        SignatureMethod.ECDSA_SHA384,
        SignatureMethod.ECDSA_SHA512,
    }
)
DIGESTS: Final = frozenset({DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512})
MOST_CERTIFICATES: Final = 2
"""Of one provider: the one in use, and the next."""
_LEAST_RSA_BITS: Final = 2048
_CURVES: Final = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)
_METHODS: Final = {each.value for each in METHODS}
_DIGESTS: Final = {each.value for each in DIGESTS}
_PARTS: Final = {ds("SignedInfo"), ds("SignatureValue"), ds("KeyInfo")}


def certificate_of(text: str) -> x509.Certificate:
    """A certificate (base64 of its DER form, with or without a frame) whose key we take; ``Refused`` ("keys") otherwise."""
    body = "".join(line for line in text.strip().splitlines() if not line.startswith("-----"))
    framed = f"-----BEGIN CERTIFICATE-----\n{''.join(body.split())}\n-----END CERTIFICATE-----\n"
    try:
        found = x509.load_pem_x509_certificate(framed.encode("ascii", "replace"))
        key = found.public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Refused("keys") from error
    strong = (isinstance(key, rsa.RSAPublicKey) and key.key_size >= _LEAST_RSA_BITS) or (
        isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, _CURVES)
    )
    if not strong:
        raise Refused("keys")
    return found


def signature_in(element: Element) -> Element | None:
    """The signature that is a child of an element; None if there is none."""
    return at_most_one(element, ds("Signature"))


def signed(
    element: Element, certificates: Sequence[str], *, largest: int = LARGEST, most_elements: int = MOST_ELEMENTS
) -> Element:
    """The element as its own signature covers it, by one of these certificates: the root of a document of the signed bytes."""
    signature = signature_in(element)
    if signature is None:
        raise Refused("unsigned")
    _decent(element, signature)
    for certificate in certificates[:MOST_CERTIFICATES]:
        data = _verified(element, certificate_of(certificate))
        if data is not None:
            found = read(data, largest, most_elements)
            if found.tag != element.tag or found.get("ID") != element.get("ID"):
                raise Refused("shape")
            return found
    raise Refused("signature")


def _decent(element: Element, signature: Element) -> None:
    """One reference, to the element around the signature, with the two transforms that SAML allows, and algorithms of ours."""
    if {each.tag for each in signature} - _PARTS:
        raise Refused("shape")  # ds:Object: a place to hide an assertion in
    info = one(signature, ds("SignedInfo"))
    reference = one(info, ds("Reference"))
    if not element.get("ID") or reference.get("URI") != f"#{element.get('ID')}":
        raise Refused("shape")
    steps = [each.get("Algorithm") for each in one(reference, ds("Transforms"))]
    if steps != [ENVELOPED, EXCLUSIVE]:
        raise Refused("algorithm")
    if one(info, ds("CanonicalizationMethod")).get("Algorithm") != EXCLUSIVE:
        raise Refused("algorithm")
    if one(info, ds("SignatureMethod")).get("Algorithm") not in _METHODS:
        raise Refused("algorithm")
    if one(reference, ds("DigestMethod")).get("Algorithm") not in _DIGESTS:
        raise Refused("algorithm")


def _verified(element: Element, certificate: x509.Certificate) -> bytes | None:
    """The bytes that this certificate's key has signed; None if it has not."""
    # An old certificate whose key is still in the provider's metadata is the provider's to end; the self-check warns of it.
    expected = SignatureConfiguration(
        location="./",
        expect_references=1,
        signature_methods=METHODS,
        digest_algorithms=DIGESTS,
        ignore_ambiguous_key_info=True,
        verification_time=certificate.not_valid_before_utc + timedelta(seconds=1),
    )
    try:
        found = XMLVerifier().verify(
            etree.tostring(element, with_tail=False), x509_cert=certificate, expect_config=expected, id_attribute="ID"
        )
    except (SignXMLException, ValueError, TypeError, AttributeError, etree.LxmlError, UnsupportedAlgorithm):
        return None  # whatever is odd about it, it is not signed by this key
    return None if isinstance(found, list) else found.signed_data
