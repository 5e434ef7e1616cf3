"""Read the audit trail."""

from dataclasses import dataclass
from typing import Any, Final

from latchkey.audit.needs import System
from latchkey.shared.model import cursors
from latchkey.shared.model.ids import is_id

PAGE: Final = 50
LONGEST_PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Some events, newest first; ``next`` is the cursor of the next page."""

    events: list[dict[str, Any]]
    next: str | None


def read_audit(system: System, school: str, *, cursor: str | None = None, limit: int = PAGE) -> AuditPage:
    """One page of the school's audit trail."""
    context, key = f"audit|{school}", system.lookup_key(school)
    after = str(cursors.unseal(cursor, context, key)[0]) if cursor else None
    events, following = system.audit(school).page(after=after, limit=limit)
    return AuditPage(events, cursors.seal([following], context, key) if following else None)


def names_of(system: System, school: str, events: list[dict[str, Any]]) -> dict[str, str]:
    """The names, as they are now, of the people who did these things; the trail itself holds ids only."""
    ids = {event["actor"] for event in events if is_id(event["actor"])}
    return {person.id: person.name for person in system.directory(school).by_ids(sorted(ids))}
