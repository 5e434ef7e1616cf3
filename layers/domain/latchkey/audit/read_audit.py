"""Read the audit trail."""

from typing import Any

from latchkey.audit.model.event_filter import EventFilter
from latchkey.audit.model.in_words import Kind
from latchkey.audit.needs import System
from latchkey.shared.model.pages import PAGE, Page, Pager

_EVERYTHING = EventFilter()


def read_audit(
    system: System,
    school: str,
    *,
    kind: Kind = "all",
    wanted: EventFilter = _EVERYTHING,
    cursor: str | None = None,
    limit: int = PAGE,
) -> Page[dict[str, Any]]:
    """One page of the school's audit trail, newest first: all of it, one kind of event, or those that a filter means.

    Of a filter a page may be shorter than asked for, with a next one all the same: what one request looks at has an end.
    """
    context = f"audit|{school}" if kind == "all" else f"audit|{school}|{kind}"
    pager = Pager(f"{context}|{wanted.as_text()}" if wanted else context, system.cursor_key(school))
    after, audit = pager.after(cursor), system.audit(school)
    if wanted:
        return pager.page(*audit.search(wanted, after=after, limit=limit, kind=kind))
    return pager.page(*audit.page(after=after, limit=limit, kind=kind))
