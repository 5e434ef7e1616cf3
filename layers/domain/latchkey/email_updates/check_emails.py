"""What would become of new addresses; nothing is written."""

from collections.abc import Sequence

from latchkey.email_updates.look_through import look_through
from latchkey.email_updates.model.decisions import Decision, Surroundings, decide, seen_of
from latchkey.email_updates.model.doubts import Doubts
from latchkey.email_updates.model.items import Item
from latchkey.email_updates.needs import System


def check_emails(system: System, school: str, items: Sequence[Item]) -> list[Decision]:
    """A decision for each item, in order."""
    asked, found = look_through(system, school, items)
    key = system.cursor_key(school)
    return decide(asked, Surroundings(found.admins, Doubts(found.used), lambda person: seen_of(person, key)))
