"""Where a roll is kept: an object in S3, and one item of the table ``directory`` that says which, and what has changed since.

The item decides; an object that it does not name is rubbish. Everybody who writes the item raises its ``revision``, on the
condition that it is the one they have read, so nobody's change is lost:

    worker A    read 7 ── append a ──▶ 8
    worker B    read 7 ────── append b ──✗ (7 is over) ── read 8 ── append b ──▶ 9

Who writes a new object first takes the item (``busy``), so that only one does at a time; the others go on appending. The object
is there before the item names it; a worker that dies in between leaves an object that nobody reads and the bucket forgets.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from latchkey.errors import LatchkeyError, TryLater
from latchkey.roll.model.changes import Changes
from latchkey.roll.model.packing import pack_changes, unpack_changes
from latchkey.shared.model.ids import new_id
from latchkey.shared.stores.dynamo import Condition, ConditionFailed, Item, Table, Update, Value
from latchkey.shared.stores.kept_objects import KeptObjects

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from latchkey.shared.stores.aws import Client

SK: Final = "ROLL"
_MOST: Final = 300_000  # bytes: what an item takes, and some
MANY: Final = 25
"""People: so many are read anew, one RRU each; of more at once the roll is built from nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What the item says. Times are epoch seconds.

    ``base``: the object (empty: there is none), with so many ``people``. ``changes``: since it was written (None: they cannot be
    read), of ``size`` bytes. ``touched``: who was changed by an admin, and when: their changes are on their way. ``stale``: names
    the last great change that is not in the object yet. ``wanted``: when somebody last asked that it be built. ``busy``: who is
    about to write a new object, and until when they may.
    """

    revision: int
    base: str
    changes: Changes | None
    size: int
    people: int = 0
    touched: Mapping[str, int] = field(default_factory=dict)
    stale: str = ""
    wanted: int = 0
    busy: str = ""
    busy_until: int = 0


class KeptRolls(KeptObjects):
    """The kept roll of one school. Without a bucket there is no object, and the roll is built whenever it is read."""

    def __init__(self, table: Table, client: Callable[[], Client], bucket: str, school: str) -> None:
        super().__init__(client, bucket, f"rolls/{school}")
        self._table = table
        self.school = school

    def state(self) -> State | None:
        """What is kept, read consistently; None: nothing yet."""
        item = self._table.get(self.school, SK)
        if item is None:
            return None
        packed = item.get("changes", b"")
        return State(
            revision=item.get("revision", 0),
            base=item.get("base", ""),
            changes=unpack_changes(packed) if packed else Changes(),
            size=len(packed),
            people=item.get("people", 0),
            touched=item.get("touched") or {},
            stale=item.get("stale", ""),
            wanted=item.get("wanted", 0),
            busy=item.get("busy", ""),
            busy_until=item.get("busy_until", 0),
        )

    def want(self, now: int) -> None:
        """Ask that the roll be built from nothing; a worker sees it in the table's stream."""
        self._write({"wanted": now}, [])

    def note_change(self, now: int) -> None:
        """Many people were changed: the roll is built from nothing, and until then read from the directory."""
        with suppress(ConditionFailed):
            self._write({"stale": new_id(now)}, [("base", "exists", None)])

    def touch(self, people: Sequence[str], now: int) -> None:
        """These people were changed by an admin, who is to see it at once. It never fails: all see it soon anyway."""
        if len(people) > MANY:
            with suppress(LatchkeyError, ConditionFailed):
                self.note_change(now)
            return
        facts: dict[str, Value] = {f"touched.{person}": now for person in people}
        with suppress(LatchkeyError, ConditionFailed):
            self._write(facts, [("base", "exists", None)])

    def append(self, state: State, changes: Changes, *, drop: Sequence[str] = ()) -> int:
        """Keep these changes in place of those of the state; their size. ``Changed`` if it is no longer as it was read.

        ``drop``: who was touched so long ago that their change has come.
        """
        packed = pack_changes(changes)
        if len(packed) > _MOST:
            raise TryLater()
        facts: dict[str, Value] = {"changes": packed, **{f"touched.{person}": None for person in drop}}
        self._write(facts, [("base", "exists", None), _unchanged(state)])
        return len(packed)

    def take(self, state: State, until: int) -> str:
        """Be the one who writes a new object until then; the name of this. ``Changed`` if the item is not as it was read."""
        name = new_id(until)
        self._write({"busy": name, "busy_until": until}, [_unchanged(state)])
        return name

    def replace(self, state: State, base: str, people: int, left: Changes, *, done: bool) -> None:
        """Name a new object, and what has changed since; by who has the item. ``done``: it was built from nothing."""
        facts: dict[str, Value] = {"base": base, "people": people, "changes": pack_changes(left) if left else None}
        facts |= {"busy": None, "busy_until": None, "touched": {**state.touched}}
        facts |= {"stale": None, "wanted": None} if done else {}
        self._write(facts, [_unchanged(state)])

    def give_back(self, busy: str) -> None:
        """Let another one write a new object."""
        with suppress(ConditionFailed):
            self._write({"busy": None, "busy_until": None}, [("busy", "=", busy)])

    def _write(self, facts: Mapping[str, Value], when: Sequence[Condition]) -> None:
        self._table.update(Update(pk=self.school, sk=SK, set=facts, add={"revision": 1}, when=when))


def is_asked(item: Item) -> bool:
    """Whether an item says that the roll is to be built."""
    return bool(item.get("stale") or item.get("wanted"))


def _unchanged(state: State) -> Condition:
    """Nobody has written the item since it was read."""
    return ("revision", "=", state.revision)
