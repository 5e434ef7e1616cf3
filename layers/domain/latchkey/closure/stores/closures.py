"""Closures that were begun, and rehearsals, in the table ``activity``: numbers only."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any, Final

from latchkey.closure.model.rehearsal import Begun, Found, Mails, Rehearsal, RehearsalState
from latchkey.shared.stores.dynamo import Condition, ConditionFailed, Item, Put, Table, Update, Value

KEPT: Final = 400 * 86_400
_BEGUN: Final = "BEGUN"


class Closures:
    """Those of one school."""

    def __init__(self, table: Table, school: str) -> None:
        self._table = table
        self.school = school
        self._rehearsals = f"{school}#REHEARSALS"

    def begin(self, begun: Begun) -> None:
        """Note that a closure was begun, in place of the one before."""
        item: Item = {"pk": self._pk, "sk": _BEGUN, **asdict(begun), "expires_at": begun.created_at + KEPT}
        self._table.put(Put(item=item))

    def begun(self) -> Begun | None:
        """The last one that was begun."""
        item = self._table.get(self._pk, _BEGUN)
        return Begun(**{name: item[name] for name in Begun.__dataclass_fields__}) if item else None

    def make(self, rehearsal: Rehearsal) -> None:
        """Write a new rehearsal."""
        item: dict[str, Value] = {
            "pk": self._rehearsals,
            "sk": rehearsal.id,
            "created_at": rehearsal.created_at,
            "created_by": rehearsal.created_by,
            "state": rehearsal.state,
            "expires_at": rehearsal.created_at + KEPT,
        }
        self._table.put(Put(item=item, when=[("pk", "missing", None)]))

    def get(self, rehearsal: str) -> Rehearsal | None:
        """The rehearsal with this id."""
        item = self._table.get(self._rehearsals, rehearsal)
        return _from_item(item) if item else None

    def latest(self) -> Rehearsal | None:
        """The newest rehearsal."""
        page = self._table.page(self._rehearsals, limit=1, newest_first=True)
        return next(map(_from_item, page.items), None)

    def end(self, rehearsal: Rehearsal, state: RehearsalState, now: int, found: Found | None = None) -> Rehearsal:
        """Note how it ended; the first to say so is right."""
        facts: dict[str, Value] = {"state": state, "finished_at": now, "found": _found_item(found) if found else None}
        still_open: Condition = ("state", "=", "queued")
        try:
            self._table.update(Update(pk=self._rehearsals, sk=rehearsal.id, set=facts, when=[("pk", "exists", None), still_open]))
        except ConditionFailed:
            return self.get(rehearsal.id) or rehearsal
        return replace(rehearsal, state=state, finished_at=now, found=found)

    @property
    def _pk(self) -> str:
        return f"{self.school}#CLOSURE"


def _found_item(found: Found) -> dict[str, Any]:
    return asdict(found)


def _from_item(item: Item) -> Rehearsal:
    found: Mapping[str, Any] | None = item.get("found")
    return Rehearsal(
        id=item["sk"],
        created_at=item["created_at"],
        created_by=item["created_by"],
        state=item["state"],
        finished_at=item.get("finished_at"),
        found=_found(found) if found else None,
    )


def _found(facts: Mapping[str, Any]) -> Found:
    mails = {name: Mails(**facts[name]) for name in ("links", "invitations")}
    return Found(**{**facts, **mails})
