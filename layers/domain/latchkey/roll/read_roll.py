"""Read the roll of a school: what is kept, with all that has changed since laid over it.

    item ROLL ──▶ the object that it names (in memory, or from S3) ──▶ changes since ──▶ whom an admin has just changed, read anew
         └─ none, torn, of another release, or many people were changed just now: built from the directory, which is only slower

The item is read each time, and consistently: so whoever changed somebody sees it at once.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Final

from latchkey.roll.build_roll import build_roll
from latchkey.roll.model.changes import Base, Changes, lay
from latchkey.roll.model.entry import entry_of
from latchkey.roll.model.known import Known
from latchkey.roll.model.memory import Remembered
from latchkey.roll.model.packing import unpack_base
from latchkey.roll.model.roll import Roll
from latchkey.roll.model.standing import rules_of
from latchkey.roll.needs import System
from latchkey.roll.stores.kept_rolls import MANY, KeptRolls, State
from latchkey.schools.find_school import the_school_now
from latchkey.schools.model.school import School

TOUCHED_FOR: Final = 60
"""Seconds in which a change has surely come by the stream; until then who was changed is read anew."""
_ASKED_AGAIN: Final = 120  # seconds after which a roll is asked for again that nobody has built


def read_roll(system: System, school: str, known: School | None = None) -> Roll:
    """The roll as it is now. ``known``: the school as it was read just now, where somebody has it."""
    state, kept = _kept_roll(system, school, known)
    if kept is not None:
        return kept
    touched = _touched(state, system.now())
    built = _with(system, school, build_roll(system, school), touched[:MANY])
    roll = _roll(system, school, built, Known(built.entries), known)
    known_of = cache(lambda: system.invitations_known(school))
    return replace(roll, refused=lambda: known_of()[0], used=lambda: known_of()[1])


def read_kept_roll(system: System, school: str) -> Roll | None:
    """The roll as it is now, for who may not build one; None where it would have to be built: it is asked for."""
    return _kept_roll(system, school, None)[1]


def _kept_roll(system: System, school: str, known: School | None) -> tuple[State | None, Roll | None]:
    """The item, and the roll where the object that it names and what has changed since say all of it."""
    rolls, now = system.rolls(school), system.now()
    state, found = _found(system, rolls)
    touched = _touched(state, now)
    if found is None and rolls.can_read:
        _ask(rolls, state, now)
    if state is None or found is None or len(touched) > MANY:
        return state, None
    if found.revision != state.revision or touched:
        laid = _with(system, school, lay(state.changes or Changes(), found.base), touched)
        found.entries, found.refused, found.used = laid.entries, laid.refused, laid.used
        found.known = Known(laid.entries, found.first)
        found.revision = -1 if touched else state.revision
    return state, _roll(system, school, found, found.known, known)


def _touched(state: State | None, now: int) -> list[str]:
    """Who was changed a short time ago: the change may not have come by the stream yet."""
    return [each for each, at in state.touched.items() if at > now - TOUCHED_FOR] if state is not None else []


def _found(system: System, rolls: KeptRolls) -> tuple[State | None, Remembered | None]:
    """The item, and the object that it names, where there is one that can be used."""
    state = rolls.state() if rolls.can_read else None
    found = _kept(system, rolls, state)
    if found is None and state is not None and state.base:  # there may be another object by now
        state = rolls.state()
        found = _kept(system, rolls, state)
    return state, found


def _kept(system: System, rolls: KeptRolls, state: State | None) -> Remembered | None:
    """The object that the item names; None where it cannot be used."""
    if state is None or not state.base or state.stale or state.changes is None:
        return None
    known = system.roll_memory.get(rolls.school, state.base)
    if known is not None:
        return known
    data = rolls.read(state.base)
    base = unpack_base(rolls.school, data) if data is not None else None
    return system.roll_memory.keep(rolls.school, state.base, base) if base is not None else None


def _ask(rolls: KeptRolls, state: State | None, now: int) -> None:
    """Have the roll built, unless somebody has asked just now, or the change that it waits for asks already."""
    if state is None or (not state.stale and state.wanted <= now - _ASKED_AGAIN):
        rolls.want(now)


def _with(system: System, school: str, base: Base, touched: Iterable[str]) -> Base:
    """The roll with these people as they are now."""
    wanted, now = [*touched], system.now()
    if not wanted:
        return base
    here = {person.id: person for person in system.directory(school).by_ids(wanted)}
    return lay(Changes({each: (now, entry_of(here[each]) if each in here else None) for each in wanted}), base)


def _roll(system: System, school: str, of_all: Base | Remembered, known: Known, of: School | None) -> Roll:
    now = system.now()
    return Roll(
        school,
        of_all.entries,
        now,
        cursor_key=lambda: system.cursor_key(school),
        rules=lambda: rules_of(of or the_school_now(system, school), now),
        known=known,
        refused=lambda: of_all.refused,
        used=lambda: of_all.used,
    )
