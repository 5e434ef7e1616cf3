"""Read the token of a link that we made (ASVS 9.1.1: nothing of it counts before its MAC does), with its school.

The school is read here, consistently: once the operator has ended its links, no old one is accepted. A link of another purpose
than those that are asked for is refused as if it were damaged: none opens what another is for.
"""

from collections.abc import Container

from latchkey.errors import Gone
from latchkey.password_links.model import links
from latchkey.password_links.model.links import Link, Purpose
from latchkey.password_links.needs import System
from latchkey.schools.model.school import School
from latchkey.shared.model.ids import is_slug
from latchkey.shared.model.texts import said

DAMAGED = said("This link is not complete. Open it from the mail again, or ask for a new one.")


def genuine(system: System, token: str, purposes: Container[Purpose]) -> tuple[Link, School]:
    """The link of a token, for one of these purposes, and its school; ``Gone`` if we have not made it."""
    parts = links.read(token)
    school = system.schools.get(parts[0].school) if parts is not None and is_slug(parts[0].school) else None
    if parts is None or school is None:
        raise Gone(DAMAGED, code="damaged")
    link, body, mac = parts
    if not links.is_genuine(body, mac, system.link_key(link.school, school.link_epoch)) or link.purpose not in purposes:
        raise Gone(DAMAGED, code="damaged")
    return link, school
