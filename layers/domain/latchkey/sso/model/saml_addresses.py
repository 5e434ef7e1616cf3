"""The addresses of SAML: what we are called at a provider, and where its answers come to."""

import re
from typing import Final

ACS: Final = "/sso/saml"
"""Where answers are posted (the assertion consumer service)."""
OFFERED: Final = ("rm-unify", "saml")
"""The connections that the console offers to add: a provider needs our metadata before they are there."""
_METADATA: Final = "/sso/saml/metadata"
_PLACE: Final = re.compile(r"/([a-z0-9-]{1,63})/([a-z0-9-]{1,20})")


def entity_id(origin: str, school: str, name: str) -> str:
    """What a connection of a school is called at its provider; our metadata stands at this address."""
    return f"{origin}{_METADATA}/{school}/{name}"


def connection_of(origin: str, entity: str) -> tuple[str, str] | None:
    """``(school, connection)`` of an entity id of ours; None if it is not one."""
    begins = f"{origin}{_METADATA}"
    found = _PLACE.fullmatch(entity.removeprefix(begins)) if entity.startswith(begins) else None
    return (found[1], found[2]) if found else None


def start_address(school: str, name: str) -> str:
    """Where a sign-in with a connection begins."""
    return f"/schools/{school}/sso/{name}"
