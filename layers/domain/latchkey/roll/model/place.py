"""Where somebody stands in the list of people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latchkey.people.model.person import ROLES
from latchkey.people.model.register import sort_key

if TYPE_CHECKING:
    from latchkey.roll.model.entry import Entry


def place_of(entry: Entry) -> tuple[int, str]:
    """What the list is sorted by."""
    return ROLES.index(entry.role), sort_key(entry)
