"""Our own metadata: what a provider has to know of us, for one school and one connection."""

from typing import Final
from xml.sax.saxutils import quoteattr

from latchkey.sso.model.saml_addresses import ACS, entity_id
from latchkey.sso.saml.names import MD, SAMLP

TYPE: Final = "application/samlmetadata+xml"
_POST: Final = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"


def own_metadata(origin: str, school: str, name: str) -> str:
    """The document. Our requests are not signed: what they ask for is a sign-in, and the answer goes to this address alone."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<EntityDescriptor xmlns={quoteattr(MD)} entityID={quoteattr(entity_id(origin, school, name))}>\n"
        '  <SPSSODescriptor AuthnRequestsSigned="false" WantAssertionsSigned="true" '
        f"protocolSupportEnumeration={quoteattr(SAMLP)}>\n"
        "    <NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent</NameIDFormat>\n"
        f'    <AssertionConsumerService Binding={quoteattr(_POST)} Location={quoteattr(origin + ACS)} index="0" '
        'isDefault="true"/>\n'
        "  </SPSSODescriptor>\n"
        "</EntityDescriptor>\n"
    )
