"""What is kept of selections."""

from collections.abc import Mapping
from typing import Final

from latchkey.shared.stores.register import Kind

_ATTRIBUTES: Final[Mapping[str, str]] = {
    "selection": "Which selection",
    "by": "The admin's id",
    "filters": "Which groups are chosen, by role, year and the like; nothing that was typed",
    "ids": "The ids of those who were ticked, or found by a search",
    "without": "The ids of those who were taken out again",
    "revision": "How often it was changed",
    "changed_at": "When last",
}
REGISTER: Final = (
    Kind(
        name="selection of people",
        table="activity",
        pk="<school>#SELECTIONS",
        sk="<admin>",
        why="Whom an admin has chosen in the list of people, over its pages; and copies, of which something was started",
        kept="7 days after its last change, a copy 90 days",
        seen_by="the admin who chose",
        about="by id",
        attributes=_ATTRIBUTES,
    ),
)
