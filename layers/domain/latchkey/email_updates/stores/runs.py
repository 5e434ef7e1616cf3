"""E-mail updates: the table ``activity``. A run has the addresses before and after, and is deleted when undoing ends."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from latchkey.audit.stores.audit import EventWrite
from latchkey.email_updates.model.runs import Row, Run
from latchkey.errors import NotFound
from latchkey.shared.stores.aws import Client
from latchkey.shared.stores.dynamo import Condition, ConditionFailed, Item, Put, Table, Update, Value, transact


def _to_item(school: str, run: Run) -> dict[str, Value]:
    return {
        "pk": f"{school}#EMAILS",
        "sk": run.id,
        "id": run.id,
        "state": run.state,
        "created_at": run.created_at,
        "created_by": run.created_by,
        "asked": run.asked,
        "rows": [_row_to_value(row) for row in run.rows],
        "expires_at": run.undo_until,
    }


def _row_to_value(row: Row) -> Value:
    facts = {"person": row.person, "state": row.state, "text": row.text, "before": row.before, "after": row.after}
    return {name: value for name, value in facts.items() if value}


def _from_item(item: Item) -> Run:
    return Run(
        id=item["id"],
        state=item["state"],
        created_at=item["created_at"],
        created_by=item["created_by"],
        asked=item["asked"],
        rows=tuple(Row(**row) for row in item["rows"]),
        lost=tuple(item.get("lost") or ()),
        kept=tuple(item.get("kept") or ()),
        undone_at=item.get("undone_at"),
    )


class EmailRuns:
    """The e-mail updates of one school."""

    def __init__(self, client: Client, table: Table, school: str) -> None:
        self._client = client
        self._table = table
        self.school = school

    def make(self, run: Run, event: EventWrite) -> bool:
        """Write a new run together with its event; False if it exists already."""
        not_there: Condition = ("pk", "missing", None)
        put = Put(item=_to_item(self.school, run), when=[not_there])
        try:
            transact(self._client, [(self._table, put), event])
        except ConditionFailed:
            return False
        return True

    def get(self, run: str) -> Run | None:
        """The run with this id, read consistently."""
        item = self._table.get(f"{self.school}#EMAILS", run)
        return _from_item(item) if item else None

    def page(self, *, after: str | None = None, limit: int = 50) -> tuple[list[Run], str | None]:
        """Runs, newest first, and the cursor of the next page."""
        pk = f"{self.school}#EMAILS"
        page = self._table.page(pk, start={"pk": pk, "sk": after} if after else None, limit=limit, newest_first=True)
        return [_from_item(item) for item in page.items], page.next["sk"] if page.next else None

    def note_applied(self, run: Run, lost: Sequence[str]) -> Run:
        """Everything is written, but for these people; if somebody else has noted it, what they have noted."""
        return self._turn(run, {"state": "applied", "lost": list(lost) or None}, ("state", "=", "applying"))

    def note_undoing(self, run: Run, event: EventWrite, now: int) -> Run:
        """The run is being undone, from now on; together with the event. If somebody else does, the run as it is."""
        as_read: Condition = ("state", "=", run.state)
        update = Update(pk=f"{self.school}#EMAILS", sk=run.id, set={"state": "undoing", "undone_at": now}, when=[as_read])
        with suppress(ConditionFailed):
            transact(self._client, [(self._table, update), event])
        return self._present(run)

    def note_undone(self, run: Run, kept: Sequence[str]) -> Run:
        """Everybody has their address back, but for these people; if somebody else has noted it, what they have noted."""
        facts: dict[str, Value] = {"state": "undone", "kept": list(kept) or None}
        return self._turn(run, facts, ("state", "=", "undoing"))

    def _turn(self, run: Run, facts: dict[str, Any], expected: Condition) -> Run:
        try:
            return _from_item(self._table.update(Update(pk=f"{self.school}#EMAILS", sk=run.id, set=facts, when=[expected])))
        except ConditionFailed:
            return self._present(run)

    def _present(self, run: Run) -> Run:
        found = self.get(run.id)
        if found is None:
            raise NotFound()
        return found
