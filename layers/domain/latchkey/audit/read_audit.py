"""Read the audit trail."""

from typing import Any

from latchkey.audit.model.in_words import Kind
from latchkey.audit.needs import System
from latchkey.shared.model.pages import PAGE, Page, Pager


def read_audit(
    system: System, school: str, *, kind: Kind = "all", cursor: str | None = None, limit: int = PAGE
) -> Page[dict[str, Any]]:
    """One page of the school's audit trail, newest first: all of it, or one kind of event."""
    pager = Pager(f"audit|{school}" if kind == "all" else f"audit|{school}|{kind}", system.cursor_key(school))
    return pager.page(*system.audit(school).page(after=pager.after(cursor), limit=limit, kind=kind))
