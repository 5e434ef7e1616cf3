"""Runs that mark people as left or bring them back: the table ``activity``, until undoing ends."""

from contextlib import suppress

from latchkey.audit.stores.audit import EventWrite
from latchkey.errors import Changed, NotFound
from latchkey.records.model.leaving import LeaverRun, RunState
from latchkey.shared.stores.aws import Client
from latchkey.shared.stores.dynamo import Condition, ConditionFailed, Item, Put, Table, Update, Value, transact


def _from_item(item: Item) -> LeaverRun:
    facts = {name: item[name] for name in LeaverRun.__dataclass_fields__ if name in item}
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
            "pk": self._pk,
            "sk": run.id,
            "id": run.id,
            "state": run.state,
            "status": run.status,
            "created_at": run.created_at,
            "created_by": run.created_by,
            "people": list(run.people),
            "expires_at": run.undo_until,
        }
        try:
            transact(self._client, [(self._table, Put(item=item, when=[("pk", "missing", None)])), event])
        except ConditionFailed:
            found = self.get(run.id)
            if found is None:
                raise NotFound() from None
            return found
        return run

    def get(self, run: str) -> LeaverRun | None:
        """The run with this id, read consistently."""
        item = self._table.get(self._pk, run)
        return _from_item(item) if item else None

    def begin_undoing(self, run: LeaverRun, now: int, event: EventWrite) -> None:
        """Have a run undone, together with its event; ``Changed`` if it is not in the state in which it was read."""
        there: list[Condition] = [("pk", "exists", None), ("state", "=", run.state)]
        update = Update(pk=self._pk, sk=run.id, set={"state": "undoing", "done": 0, "undo_at": now}, when=there)
        transact(self._client, [(self._table, update), event])

    def take(self, run: LeaverRun, until: int) -> LeaverRun:
        """Have a run until then, as a worker; ``Changed`` if another has taken it, or it is to be turned the other way."""
        same_lease: Condition = ("lease_until", "=", run.lease_until or None)
        return self._move(run, {"lease_until": until}, same_lease)

    def note(self, run: LeaverRun, done: int) -> LeaverRun:
        """Say how many are through, by the worker that has it; ``Changed`` as of ``take``."""
        return self._move(run, {"done": done}, ("lease_until", "=", run.lease_until))

    def finish(self, run: LeaverRun) -> LeaverRun:
        """All are through; ``Changed`` as of ``take``."""
        end: RunState = "applied" if run.state == "applying" else "undone"
        return self._move(run, {"state": end, "lease_until": None}, ("lease_until", "=", run.lease_until))

    def give_back(self, run: LeaverRun) -> None:
        """Let another worker have it at once, whether it still is this one's or not."""
        mine: list[Condition] = [("pk", "exists", None), ("lease_until", "=", run.lease_until)]
        with suppress(Changed):
            self._table.update(Update(pk=self._pk, sk=run.id, set={"lease_until": None}, when=mine))

    def _move(self, run: LeaverRun, facts: dict[str, Value], lease: Condition) -> LeaverRun:
        same_way: list[Condition] = [("pk", "exists", None), ("state", "=", run.state)]
        return _from_item(self._table.update(Update(pk=self._pk, sk=run.id, set=facts, when=[*same_way, lease])))

    @property
    def _pk(self) -> str:
        return f"{self.school}#LEAVERS"
