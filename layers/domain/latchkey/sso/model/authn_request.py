"""The request with which a browser is sent to a SAML provider (HTTP-Redirect). It is written without an XML library."""

import base64
import zlib
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit
from xml.sax.saxutils import escape, quoteattr

from latchkey.sso.model.saml_addresses import ACS, entity_id
from latchkey.sso.model.saml_attempt import SamlAttempt


def authn_request(attempt: SamlAttempt, origin: str, sign_in_url: str) -> str:
    """The request's XML. It asks for no kind of name: federations send what they have agreed on, and refuse other wishes."""
    instant = datetime.fromtimestamp(attempt.at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    anew = ' ForceAuthn="true"' if attempt.anew else ""
    return (
        '<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" '
        'xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" '
        f'ID={quoteattr(attempt.id)} Version="2.0" IssueInstant="{instant}" Destination={quoteattr(sign_in_url)}{anew} '
        f"AssertionConsumerServiceURL={quoteattr(origin + ACS)} "
        'ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST">'
        f"<saml:Issuer>{escape(entity_id(origin, attempt.school, attempt.connection))}</saml:Issuer>"
        '<samlp:NameIDPolicy AllowCreate="true"/>'
        "</samlp:AuthnRequest>"
    )


def redirect(attempt: SamlAttempt, origin: str, sign_in_url: str) -> str:
    """Where the browser goes with it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(authn_request(attempt, origin, sign_in_url).encode()) + packer.flush()
    query = urlencode({"SAMLRequest": base64.b64encode(packed).decode()})
    return f"{sign_in_url}{'&' if urlsplit(sign_in_url).query else '?'}{query}"
