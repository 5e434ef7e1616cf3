"""Forgot password: note what was typed, as a look-up key, and leave everything else to the queue.

The answer comes after one message, whatever the text was and whoever it belongs to; the worker limits, looks up and mails.
"""

from latchkey.password_links.needs import System
from latchkey.schools.find_school import the_school
from latchkey.schools.model.school import School
from latchkey.shared.model.addresses import visitor
from latchkey.shared.model.identifiers import typed_lookups
from latchkey.shared.model.ids import new_id


def ask(system: System, slug: str, typed: str, source_ip: str) -> School:
    """Ask for a link for whoever has this e-mail address or username."""
    school = the_school(system, slug)
    keys = [system.lookup_key(slug, epoch) for epoch in school.lookup_epochs]
    by, (key, *older) = typed_lookups(keys, typed)
    message = {
        "kind": "forgot",
        "school": slug,
        "request": new_id(),
        "by": by,
        "key": key,
        "from": visitor(keys[0], source_ip),
        "at": system.now(),
    }
    # Whose key is not replaced yet is found by the older one; the worker cannot compute it from the newer one.
    system.queue("REQUESTS_QUEUE").put(message | ({"older": older[0]} if older else {}))
    return school
