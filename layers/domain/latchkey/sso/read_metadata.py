"""Have ``saml`` read a provider's metadata: the console has no XML parser, and fetches no address that an admin has typed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from latchkey.sso.model.connection import Connection
from latchkey.sso.model.typed import Wrong
from latchkey.sso.needs import Changes

_WHY: Final[Mapping[str, str]] = {
    "unreachable": "Nothing answers at this address. Copy it again from the provider’s page.",
    "forbidden_address": "This address does not lead to the open internet, so it is not asked.",
    "unusable": "What is at this address is not the metadata of a SAML identity provider.",
    "missing": "The metadata names no certificate, or no place to sign in with a redirect.",
    "expired": "The metadata there has run out. Ask the provider to renew it.",
}
"""Why it could not be read, by the words of findings."""
_WHY_NOT_SIGNED: Final[Mapping[str, str]] = {
    "refused": "The metadata at the address above is signed with another certificate. Copy it again from the federation’s page.",
    "unsigned": "The metadata at the address above is not signed. Enter the address at which the federation publishes it.",
    "expired": "This certificate has ended. Copy the one in use from the federation’s page.",
    "unusable": "This is no certificate of an RSA key of 2048 bits or more, or of ECDSA. Copy it from the federation’s page.",
}
"""Why the federation's certificate does not fit it."""
_UNREAD: Final = ("metadata_url", _WHY)
_NOT_SIGNED: Final = ("metadata_certificate", _WHY_NOT_SIGNED)


def read_metadata(system: Changes, connection: Connection, wrong: Wrong) -> Connection:
    """The connection with what its metadata says, which the admin does not have to type; or what is wrong with its address."""
    asked = {"url": connection.metadata_url, "signed_by": connection.metadata_certificate}
    found = system.doorway("SAML_FUNCTION").ask({"read_metadata": asked})
    if "wrong" in found:
        of, words = _NOT_SIGNED if found.get("of") == "federation" else _UNREAD
        wrong[f"{connection.name}.{of}"] = words.get(str(found["wrong"]), words["unusable"])
        return connection
    return replace(
        connection,
        issuer=str(found["issuer"]),
        sign_in_url=str(found["sign_in_url"]),
        certificates=tuple(map(str, found["certificates"]))[:2],
        tenant=connection.tenant or _texts(found.get("scopes")),
    )


def _texts(values: Any) -> tuple[str, ...]:
    return tuple(str(each).lower() for each in values or ())[:10]
