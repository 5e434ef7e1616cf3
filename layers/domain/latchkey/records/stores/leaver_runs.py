"""Runs that mark people as left or bring them back: the table ``activity``, until undoing ends."""

from contextlib import suppress

from latchkey.audit.stores.audit import EventWrite
from latchkey.errors import NotFound
from latchkey.records.model.leaving import LeaverRun, RunState
from latchkey.shared.stores.aws import Client
from latchkey.shared.stores.dynamo import ConditionFailed, Item, Put, Table, Update, Value, transact


def _from_item(item: Item) -> LeaverRun:
    facts = {name: item[name] for name in LeaverRun.__dataclass_fields__}
    facts["people"] = tuple(facts["people"])
    return LeaverRun(**facts)


class LeaverRuns:
    """The runs of one school."""

    def __init__(self, client: Client, table: Table, school: str) -> None:
        self._client = client
        self._table = table
        self.school = school

    def make(self, run: LeaverRun, event: EventWrite) -> LeaverRun:
        """Write a new run together with its event; if it exists already, the run as it is."""
        item: dict[str, Value] = {
            "pk": f"{self.school}#LEAVERS",
            "sk": run.id,
            "id": run.id,
            "state": run.state,
            "status": run.status,
            "created_at": run.created_at,
            "created_by": run.created_by,
            "people": list(run.people),
            "expires_at": run.undo_until,
        }
        with suppress(ConditionFailed):
            transact(self._client, [(self._table, Put(item=item, when=[("pk", "missing", None)])), event])
        found = self.get(run.id)
        if found is None:
            raise NotFound()
        return found

    def get(self, run: str) -> LeaverRun | None:
        """The run with this id, read consistently."""
        item = self._table.get(f"{self.school}#LEAVERS", run)
        return _from_item(item) if item else None

    def turn(self, run: LeaverRun, state: RunState) -> LeaverRun:
        """Note what has become of it."""
        update = Update(pk=f"{self.school}#LEAVERS", sk=run.id, set={"state": state}, when=[("pk", "exists", None)])
        return _from_item(self._table.update(update))
