"""The merges that can still be undone or were undone, within the 30 days for which they are kept."""

from latchkey.doubles.model.merges import Merge
from latchkey.doubles.needs import System
from latchkey.shared.model.pages import Page, Pager

PAGE = 20


def list_merges(system: System, school: str, *, cursor: str | None = None, limit: int = PAGE) -> Page[Merge]:
    """One page, newest first. What DynamoDB has not deleted yet although its time is over is not among them."""
    pager, now = Pager(f"merges|{school}", system.cursor_key(school)), system.now()
    found, following = system.merges(school).page(after=pager.after(cursor), limit=limit)
    fresh = [merge for merge in found if now < merge.undo_until]
    return pager.page(fresh, following if len(fresh) == len(found) else None)
