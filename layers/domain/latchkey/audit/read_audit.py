"""Read the audit trail."""

from typing import Any

from latchkey.audit.needs import System
from latchkey.shared.model.ids import is_id
from latchkey.shared.model.pages import PAGE, Page, Pager


def read_audit(system: System, school: str, *, cursor: str | None = None, limit: int = PAGE) -> Page[dict[str, Any]]:
    """One page of the school's audit trail, newest first."""
    pager = Pager(f"audit|{school}", system.cursor_key(school))
    return pager.page(*system.audit(school).page(after=pager.after(cursor), limit=limit))


def names_of(system: System, school: str, events: list[dict[str, Any]]) -> dict[str, str]:
    """The names, as they are now, of the people who did these things; the trail itself holds ids only."""
    ids = {event["actor"] for event in events if is_id(event["actor"])}
    return {person.id: person.name for person in system.directory(school).by_ids(sorted(ids))}
