"""Read the roll of a school: what is kept, with all that has changed since laid over it.

    item ROLL ──▶ the object that it names (in memory, or from S3) ──▶ changes since ──▶ whom an admin has just changed, read anew
         └─ none, torn, of another release, or many people were changed just now: built from the directory, which is only slower

The item is read each time, and consistently: so whoever changed somebody sees it at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from latchkey.roll.build_roll import build_roll
from latchkey.roll.model.changes import Base, Changes, lay
from latchkey.roll.model.entry import entry_of
from latchkey.roll.model.packing import unpack_base
from latchkey.roll.model.roll import Roll
from latchkey.roll.model.texts import Texts
from latchkey.roll.needs import System
from latchkey.roll.stores.kept_rolls import MANY, KeptRolls, State

TOUCHED_FOR: Final = 60
"""Seconds in which a change has surely come by the stream; until then who was changed is read anew."""
_ASKED_AGAIN: Final = 120  # seconds after which a roll is asked for again that nobody has built
_MOST_KEPT: Final = 250_000  # people in the memory of one container


@dataclass(slots=True)
class Remembered:
    """What a container remembers of one school."""

    key: str
    base: Base
    revision: int = -1
    roll: Roll | None = None
    texts: Texts = field(default_factory=Texts)


class Memory:
    """The rolls that a container remembers, those asked for last; none is older than the item that names it."""

    def __init__(self) -> None:
        self._schools: dict[str, Remembered] = {}

    def get(self, school: str, key: str) -> Remembered | None:
        """What is remembered of a school, if it is of this object."""
        found = self._schools.pop(school, None)
        if found is None or found.key != key:
            return None
        self._schools[school] = found  # the last asked for stands last
        return found

    def keep(self, school: str, key: str, base: Base) -> Remembered:
        """Remember an object; others are forgotten where they are too many."""
        before = self._schools.pop(school, None)
        found = Remembered(key, base, texts=before.texts if before is not None else Texts())
        self._schools[school] = found
        while len(self._schools) > 1 and sum(len(each.base.entries) for each in self._schools.values()) > _MOST_KEPT:
            del self._schools[next(iter(self._schools))]
        return found


def read_roll(system: System, school: str) -> Roll:
    """The roll as it is now."""
    rolls, now = system.rolls(school), system.now()
    state = rolls.state()
    found = _kept(system, rolls, state)
    if found is None and state is not None and state.base:  # there may be another object by now
        state = rolls.state()
        found = _kept(system, rolls, state)
    touched = [each for each, at in state.touched.items() if at > now - TOUCHED_FOR] if state is not None else []
    if found is None:
        _ask(rolls, state, now)
    if state is None or found is None or len(touched) > MANY:
        return _roll(system, school, _with(system, school, build_roll(system, school), touched[:MANY]), Texts())
    if found.roll is None or found.revision != state.revision or touched:
        laid = lay(state.changes or Changes(), found.base)
        found.roll, found.revision = _roll(system, school, _with(system, school, laid, touched), found.texts), state.revision
    found.roll.as_of = now
    return found.roll


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


def _roll(system: System, school: str, base: Base, texts: Texts) -> Roll:
    return Roll(school, base.entries, system.now(), lambda: system.cursor_key(school), texts)
