"""The outside of a response: read before anything is verified, so it says only where to look, and is believed nowhere."""

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Final

from latchkey.sso.saml.names import DS, SUCCESS, ds, saml, samlp
from latchkey.sso.saml.refusals import Refused
from latchkey.sso.saml.safe_xml import LARGEST, Element, at_most_one, one, read, text

_SPACES: Final = re.compile(r"[ \t\r\n]+")
_ASSERTIONS: Final = frozenset({"Assertion", "EncryptedAssertion"})
_CHILDREN: Final = {
    saml("Issuer"),
    ds("Signature"),
    samlp("Extensions"),
    samlp("Status"),
    saml("Assertion"),
    saml("EncryptedAssertion"),
}


@dataclass(frozen=True, slots=True)
class Envelope:
    """A response and what it says of itself, none of which is verified: ``answers`` the id of a request, "" of none."""

    root: Element
    answers: str
    destination: str
    audience: str


def opened(posted: object) -> Envelope:
    """The response in the field ``SAMLResponse`` of a form."""
    root = read(_decoded(posted))
    if root.tag != samlp("Response") or root.get("Version") != "2.0" or not root.get("ID"):
        raise Refused("shape")
    if any(each.tag not in _CHILDREN for each in root):
        raise Refused("shape")
    return Envelope(root, root.get("InResponseTo", ""), root.get("Destination", ""), _audience(root))


def the_assertion(root: Element) -> Element:
    """The only assertion of a response, where it belongs, and with no signature elsewhere; ``Refused`` otherwise."""
    status = one(one(root, samlp("Status")), samlp("StatusCode"))
    if status.get("Value") != SUCCESS:
        raise Refused("declined")
    named = [each for each in root.iter() if _local(each) in _ASSERTIONS]
    if any(_local(each) == "EncryptedAssertion" for each in named):
        raise Refused("encrypted")
    assertion = one(root, saml("Assertion"))
    if named != [assertion]:
        raise Refused("shape")  # wrapped: another one stands somewhere
    signatures = [each for each in root.iter() if each.tag == ds("Signature")]
    if any(each.getparent() not in (root, assertion) for each in signatures):
        raise Refused("shape")
    if any(_local(each) == "Signature" and not each.tag.startswith(f"{{{DS}}}") for each in root.iter()):
        raise Refused("shape")
    return assertion


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _audience(root: Element) -> str:
    """For whom an assertion says that it is made; "" if that is not plain."""
    found = root.findall(f"{saml('Assertion')}/{saml('Conditions')}/{saml('AudienceRestriction')}/{saml('Audience')}")
    return text(found[0]) if len(found) == 1 else ""


def _decoded(posted: object) -> bytes:
    if not isinstance(posted, str) or len(posted) > LARGEST * 4 // 3:
        raise Refused("unreadable")
    try:
        return base64.b64decode(_SPACES.sub("", posted), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused("unreadable") from error


def issuer_of(root: Element) -> str | None:
    """The issuer that a message names; None if it names none."""
    found = at_most_one(root, saml("Issuer"))
    return None if found is None else text(found)
