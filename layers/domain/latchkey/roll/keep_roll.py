"""Keep the roll: a worker's, who sees in the tables' streams what has changed.

    changes ──▶ appended to the item ──▶ too many, or somebody is gone: a new object, from the one before and the changes
    asked for, or many people changed ──▶ a new object, built from nothing

Lambda brings what failed again, and in order: to append twice is to append once. Nobody who appends waits for who writes an
object; who is to write one and finds another at it waits a little, and is brought again.
"""

from dataclasses import replace
from typing import Final

from latchkey.errors import Changed, TryLater
from latchkey.roll.build_roll import build_roll
from latchkey.roll.model.changes import Base, Changes, lay
from latchkey.roll.model.packing import pack_base, unpack_base
from latchkey.roll.needs import System
from latchkey.roll.read_roll import TOUCHED_FOR
from latchkey.roll.stores.kept_rolls import KeptRolls, State

_TRIES: Final = 20
_LEAST, _MOST = 8_000, 32_000
_PERSONS_SHARE: Final = 0.4
"""Bytes of changes from which a new object is written: every reader reads them each time, 4,096 of them for one RRU, and takes
longer for a large object. 1,500 people: 8,000 bytes, some 120 of them; 100,000 people: 32,000, some 500."""
_LEASE: Final = 60  # seconds for a new object: 100,000 people take about ten
_AT_ONCE: Final = 4_000
"""Links appended at once: some 130 kB, and an item takes 400. A batch of a fast send has more: 240 chunks, once a minute."""
_PAUSE: Final = 1.0
_BEFORE: Final = 15  # seconds: what was noted so long before the directory was read was in its index by then


def take_changes(system: System, school: str, changes: Changes) -> None:
    """Append changes to a school's kept roll; nothing where none is kept, because then it is built from the directory."""
    for part in changes.in_parts(_AT_ONCE):
        _append(system, school, part)
        renew(system, school)


def _append(system: System, school: str, changes: Changes) -> None:
    rolls = system.rolls(school)
    for _ in range(_TRIES):
        state = rolls.state()
        if state is None or not state.base or state.changes is None:
            return
        old = [each for each, at in state.touched.items() if at <= system.now() - TOUCHED_FOR]
        try:
            rolls.append(state, state.changes.plus(changes), drop=old)
        except Changed:
            continue
        return
    raise TryLater()


def renew(system: System, school: str) -> None:
    """Write a new object where one is due, and again where one is due by then."""
    rolls = system.rolls(school)
    for _ in range(_TRIES):
        state = rolls.state()
        if state is None or not _is_due(state):
            return
        if state.busy and state.busy_until > system.now():
            system.wait(_PAUSE)
            continue
        try:
            busy = rolls.take(state, system.now() + _LEASE)
        except Changed:
            continue
        try:
            _write(system, rolls, state, busy)
        except BaseException:
            rolls.give_back(busy)
            raise
    raise TryLater()


def _is_due(state: State) -> bool:
    if _is_anew(state):
        return bool(state.base or state.wanted)
    much = min(_MOST, max(_LEAST, int(state.people * _PERSONS_SHARE)))
    return state.changes is not None and (state.changes.erases or state.size > much)


def _is_anew(state: State) -> bool:
    """Whether the roll is to be built from nothing."""
    return bool(state.stale or state.wanted) or not state.base or state.changes is None


def _write(system: System, rolls: KeptRolls, before: State, busy: str) -> None:
    """Write a new object and name it, without those changes that are in it.

    Built from nothing, it has all that was noted before it was begun; what was noted since stays, whether it is in it or not.
    """
    began = system.now()
    base = None if _is_anew(before) else _laid(rolls, before, began)
    anew = base is None
    if base is None:
        refused, used = system.invitations_known(rolls.school)
        base = replace(build_roll(system, rolls.school), refused=refused, used=used)
    key = rolls.put(pack_base(rolls.school, base))
    for _ in range(_TRIES):
        state = rolls.state()
        if state is None or state.busy != busy:  # the school is gone, or another has had to begin anew
            break
        now = state.changes or Changes()
        left = now.since(began - _BEFORE) if anew else now.without(before.changes or Changes())
        done = anew and (state.stale, state.wanted) == (before.stale, before.wanted)
        try:
            rolls.replace(state, key, len(base.entries), left, done=done)
        except Changed:
            continue
        rolls.drop(state.base)
        return
    rolls.drop(key)
    raise TryLater()


def _laid(rolls: KeptRolls, state: State, now: int) -> Base | None:
    """The object and its changes; None where it cannot be read."""
    data = rolls.read(state.base)
    base = unpack_base(rolls.school, data) if data is not None else None
    return replace(lay(state.changes or Changes(), base), as_of=now) if base is not None else None
