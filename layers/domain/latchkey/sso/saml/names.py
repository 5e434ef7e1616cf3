"""The names of SAML 2 and of XML signatures that we read."""

from typing import Final

SAML: Final = "urn:oasis:names:tc:SAML:2.0:assertion"
SAMLP: Final = "urn:oasis:names:tc:SAML:2.0:protocol"
MD: Final = "urn:oasis:names:tc:SAML:2.0:metadata"
DS: Final = "http://www.w3.org/2000/09/xmldsig#"
EXCLUSIVE: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED: Final = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
SUCCESS: Final = "urn:oasis:names:tc:SAML:2.0:status:Success"
BEARER: Final = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
PERSISTENT: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
ENTITY: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity"
REDIRECT: Final = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"


def saml(name: str) -> str:
    """An element's name in the namespace of assertions."""
    return f"{{{SAML}}}{name}"


def samlp(name: str) -> str:
    """An element's name in the namespace of messages."""
    return f"{{{SAMLP}}}{name}"


def md(name: str) -> str:
    """An element's name in the namespace of metadata."""
    return f"{{{MD}}}{name}"


def ds(name: str) -> str:
    """An element's name in the namespace of signatures."""
    return f"{{{DS}}}{name}"
