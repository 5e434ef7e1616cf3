"""Keep the roll: a worker's, who sees in the tables' streams what has changed.

    changes ──▶ appended to the item ──▶ too many, or somebody is gone: a new object, from the one before and the changes
    asked for, or many people changed ──▶ a new object, built from nothing

Lambda brings what failed again, and in order: to append twice is to append once. Nobody who appends waits for who writes an
object; who is to write one and finds another at it waits a little, and is brought again.
"""

import logging
import time
from typing import Final

from latchkey.errors import Changed, TryLater
from latchkey.roll.build_roll import build_roll
from latchkey.roll.model.changes import Base, Changes, lay
from latchkey.roll.model.packing import pack_base, unpack_base
from latchkey.roll.needs import System
from latchkey.roll.read_roll import TOUCHED_FOR
from latchkey.roll.stores.kept_rolls import KeptRolls, State

_TRIES: Final = 20
_LEAST, _LARGEST = 8_000, 32_000
"""Bytes of changes that a new object is written for: every reader reads them each time, 4,096 of them for one RRU."""
_OF_OBJECT: Final = 100
"""Up to so many parts of a hundred... of an object; see ``_is_much``."""
_LEASE: Final = 60  # seconds for a new object: 100,000 people take about ten
_BEFORE: Final = 15  # seconds: what was noted so long before the directory was read was in its index by then
log = logging.getLogger(__name__)


def take_changes(system: System, school: str, changes: Changes) -> None:
    """Append changes to a school's kept roll; nothing where none is kept, because then it is built from the directory."""
    rolls = system.rolls(school)
    for _ in range(_TRIES):
        state = rolls.state()
        if state is None or not state.base:
            return
        if state.changes is None:
            _rewrite(system, rolls, anew=True)
            return
        old = [each for each, at in state.touched.items() if at <= system.now() - TOUCHED_FOR]
        try:
            rolls.append(state, state.changes.plus(changes), drop=old)
        except Changed:
            continue
        if changes.erases or state.size > _LEAST:
            _rewrite(system, rolls, anew=False)
        return
    raise TryLater()
