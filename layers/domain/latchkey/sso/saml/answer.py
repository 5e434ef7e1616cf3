"""An answer of a provider, from the form's field to what it has verifiably said."""

from collections.abc import Sequence

from latchkey.sso.saml.assertion import Expected, Said, checked
from latchkey.sso.saml.envelope import Envelope, issuer_of, the_assertion
from latchkey.sso.saml.refusals import Refused
from latchkey.sso.saml.safe_xml import Element
from latchkey.sso.saml.signed import signature_in, signed


def read_answer(envelope: Envelope, certificates: Sequence[str], expected: Expected) -> Said:
    """What the provider says of somebody; ``Refused`` with the reason. ``certificates``: those that the connection has."""
    assertion = _verified(envelope.root, certificates)
    if issuer_of(envelope.root) not in (None, expected.issuer):
        raise Refused("issuer")
    is_signed = signature_in(envelope.root) is not None
    if envelope.destination != expected.recipient and (is_signed or envelope.destination):
        raise Refused("recipient")
    if envelope.answers not in ("", expected.answers):
        raise Refused("attempt")
    return checked(assertion, expected)


def _verified(root: Element, certificates: Sequence[str]) -> Element:
    """The assertion as it was signed: by itself, or with the response around it; where both are, both hold."""
    assertion = the_assertion(root)
    if signature_in(root) is not None:
        assertion = the_assertion(signed(root, certificates))
        if signature_in(assertion) is None:
            return assertion
    return signed(assertion, certificates)
