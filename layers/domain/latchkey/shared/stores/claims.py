"""Which run a request's key has started: the table ``activity``."""

from collections.abc import Mapping
from typing import Final, Literal

from latchkey.shared.stores.dynamo import ConditionFailed, Item, Put, Table

Kind = Literal["send", "export", "roster", "emails", "contacts", "leavers"]
_KINDS: Final[Mapping[Kind, tuple[str, int]]] = {
    "send": ("#KEYS", 30 * 86_400),
    "export": ("#EXPORTKEYS", 86_400),
    "roster": ("#ROSTERKEYS", 86_400),
    "emails": ("#EMAILKEYS", 86_400),
    "contacts": ("#CONTACTSKEYS", 86_400),
    "leavers": ("#LEAVERSKEYS", 86_400),
}
"""Where the keys of a kind of run stand, and for how many seconds. The kind is the attribute that holds the run's id."""


class Claims:
    """The keys of one school's requests."""

    def __init__(self, table: Table, school: str) -> None:
        self._table = table
        self.school = school

    def claim(self, kind: Kind, key: str, run: str, now: int) -> str:
        """The id of the run that this key stands for: the given one, unless an earlier request has claimed another."""
        partition, seconds = _KINDS[kind]
        mine: Item = {"pk": f"{self.school}{partition}", "sk": key, kind: run, "expires_at": now + seconds}
        # Of two requests at once one writes, and the other is told the id that the first one wrote.
        unclaimed = ("pk", "missing", None)
        try:
            self._table.put(Put(item=mine, when=[unclaimed]))
        except ConditionFailed as claimed:
            return str(claimed.item[kind]) if claimed.item else run
        return run
