"""Watch an export: the list of exports, and how far one is."""

from typing import Final

from latchkey.errors import NotFound
from latchkey.login_details.model.runs import Export
from latchkey.login_details.needs import System
from latchkey.shared.model.ids import is_id
from latchkey.shared.model.pages import Page, Pager

PAGE: Final = 20  # the form for a new one stands above the list


def list_exports(system: System, school: str, *, cursor: str | None = None, limit: int = PAGE) -> Page[Export]:
    """One page of the school's exports, newest first."""
    pager = Pager(f"exports|{school}", system.cursor_key(school))
    return pager.page(*system.exports(school).page(after=pager.after(cursor), limit=limit))


def voided_at(system: System, school: str) -> int:
    """When codes of the school were last voided: a file from before may hold some of them. 0 if never."""
    return system.exports(school).last_void()


def get_export(system: System, school: str, export: str) -> Export:
    """The export with this id; ``NotFound`` where this school has none."""
    found = system.exports(school).get(export) if is_id(export) else None
    if found is None:
        raise NotFound()
    return found
