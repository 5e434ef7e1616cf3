"""Watch an export: the list of exports, and how far one is."""

from dataclasses import dataclass
from typing import Final

from latchkey.errors import NotFound
from latchkey.login_details.model.runs import Export
from latchkey.login_details.needs import System
from latchkey.shared.model import cursors
from latchkey.shared.model.ids import is_id

PAGE: Final = 20
LONGEST_PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class ExportsPage:
    """Some runs, newest first; ``next`` is the cursor of the next page, ``voided_at`` when codes were last voided (0: never)."""

    exports: list[Export]
    next: str | None
    voided_at: int = 0


def list_exports(system: System, school: str, *, cursor: str | None = None, limit: int = PAGE) -> ExportsPage:
    """One page of the school's exports."""
    context, key = f"exports|{school}", system.lookup_key(school)
    after = str(cursors.unseal(cursor, context, key)[0]) if cursor else None
    exports, following = system.exports(school).page(after=after, limit=limit)
    return ExportsPage(exports, cursors.seal([following], context, key) if following else None, voided_at(system, school))


def voided_at(system: System, school: str) -> int:
    """When codes of the school were last voided: a file from before may hold some of them. 0 if never."""
    return system.exports(school).last_void()


def get_export(system: System, school: str, export: str) -> Export:
    """The export with this id; ``NotFound`` where this school has none."""
    found = system.exports(school).get(export) if is_id(export) else None
    if found is None:
        raise NotFound()
    return found
