"""Follow the tables: what has changed in a batch of their streams."""

from collections.abc import Iterable, Mapping
from typing import Any

from latchkey.roll.needs import System
from latchkey.roll.stores.stream import Seen, changes_in


def follow_tables(system: System, records: Iterable[Mapping[str, Any]]) -> Seen:
    """The changes of a batch by school, and the schools whose roll is asked for."""
    return changes_in(records, system.now(), system.links_in, system.invitation_in)
