"""Audit events: who did what, when, to how many. Ids and numbers only: no names, addresses, codes or links."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from latchkey.shared.model.ids import new_id
from latchkey.shared.stores.dynamo import Put, Table, Value

EventWrite: TypeAlias = tuple[Table, Put]
"""An event that another store writes in a transaction of its own, with what it tells of."""
_KEPT = 7 * 365 * 86_400


class Audit:
    """The audit trail of one school. Events are written once and never changed."""

    def __init__(self, table: Table, school: str) -> None:
        self._table = table
        self.school = school

    def record(self, actor: str, action: str, now: int, facts: Mapping[str, str | int] | None = None) -> None:
        """Write an event. ``actor`` is a person's id, or the name of a part of the system; ``action`` like ``send.start``."""
        self._table.put(self.record_of(actor, action, now, facts)[1])

    def record_of(self, actor: str, action: str, now: int, facts: Mapping[str, str | int] | None = None) -> EventWrite:
        """The write that ``record`` makes, to stand in a transaction."""
        event: dict[str, Value] = {"pk": f"{self.school}#AUDIT", "sk": new_id(now), "actor": actor, "action": action, "at": now}
        rest: dict[str, Value] = {"facts": dict(facts or {}), "expires_at": now + _KEPT}
        return self._table, Put(item=event | rest, when=[("pk", "missing", None)])

    def page(self, *, after: str | None = None, limit: int = 50) -> tuple[list[dict[str, Any]], str | None]:
        """``id, actor, action, at, facts`` of events, newest first, and the cursor of the next page."""
        pk = f"{self.school}#AUDIT"
        page = self._table.page(pk, start={"pk": pk, "sk": after} if after else None, limit=limit, newest_first=True)
        events = [
            {"id": item["sk"], "actor": item["actor"], "action": item["action"], "at": item["at"], "facts": item["facts"]}
            for item in page.items
        ]
        return events, page.next["sk"] if page.next else None
