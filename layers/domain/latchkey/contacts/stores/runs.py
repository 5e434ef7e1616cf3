"""Runs of contacts in the table ``directory``. What changes one raises ``Changed`` if it is no longer as it was read."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import Final

from latchkey.audit.stores.audit import EventWrite
from latchkey.contacts.model.invite import Whom
from latchkey.contacts.model.runs import Run
from latchkey.shared.stores.aws import Client
from latchkey.shared.stores.dynamo import Condition, ConditionFailed, Item, Put, Table, Update, Value, transact

_TUPLES: Final = ("header", "stated", "warnings")


def _to_item(run: Run) -> dict[str, Value]:
    facts: dict[str, Value] = asdict(run)
    return {**facts, **{name: list(facts[name]) for name in _TUPLES}}  # type: ignore[arg-type]


def _from_item(item: Item) -> Run:
    facts = {name: item[name] for name in Run.__dataclass_fields__ if item.get(name) is not None}
    return Run(**facts | {name: tuple(facts[name]) for name in _TUPLES if name in facts})


class ContactsRuns:
    """The runs of one school.

    One worker at a time has a run: it knows by ``attempt``, which each lease raises, whether it still is the one.
    """

    def __init__(self, client: Client, table: Table, school: str) -> None:
        self._client = client
        self._table = table
        self.school = school

    def make(self, run: Run, event: EventWrite) -> bool:
        """Write a new run together with the event; False if there is one with its id."""
        pk, sk = self._key(run.id)
        not_there: Condition = ("pk", "missing", None)
        item = {name: value for name, value in _to_item(run).items() if value is not None}
        try:
            transact(self._client, [(self._table, Put(item={**item, "pk": pk, "sk": sk}, when=[not_there])), event])
        except ConditionFailed:
            return False
        return True

    def get(self, run: str) -> Run | None:
        """The run with this id."""
        item = self._table.get(*self._key(run))
        return _from_item(item) if item else None

    def page(self, *, after: str | None = None, limit: int = 50) -> tuple[list[Run], str | None]:
        """Runs, newest first, and the id after which the next page begins."""
        pk, _ = self._key("")
        page = self._table.page(pk, start={"pk": pk, "sk": after} if after else None, limit=limit, newest_first=True)
        return [_from_item(item) for item in page.items], page.next["sk"] if page.next else None

    def all(self) -> Iterator[Run]:
        """All runs, oldest first."""
        pk, _ = self._key("")
        for page in self._table.pages(pk):
            yield from map(_from_item, page)

    def take(self, run: Run, now: int, seconds: int) -> Run:
        """Begin to work on a run for some seconds; ``Changed`` if it has gone on, or another worker has it."""
        as_read: list[Condition] = [("state", "=", run.state), ("step", "=", run.step)]
        nobody_has_it: Condition = ("lease_until", "<=", now)
        facts: dict[str, Value] = {"state": "running", "lease_until": now + seconds}
        if run.step == "upload":
            facts["step"] = "read"
        return self._update(run, facts, [*as_read, nobody_has_it], add={"attempt": 1})

    def release(self, run: Run) -> None:
        """Let the next worker have a run that this one could not finish, unless one has it already."""
        with suppress(ConditionFailed):
            self._save(run, {"lease_until": 0})

    def note_progress(self, run: Run, done: int, until: int, *, total: int | None = None, position: str = "") -> Run:
        """Note how far a leased run is, and keep it until then."""
        facts: dict[str, Value] = {"done": done, "lease_until": until}
        facts |= {"total": total} if total is not None else {}
        return self._save(run, facts | ({"position": position} if position else {}))

    def ask_for_columns(self, run: Run, header: Sequence[str], found: Mapping[str, int]) -> Run:
        """Let a leased run wait for an admin who says which column is which."""
        facts: dict[str, Value] = {"state": "paused", "step": "columns", "header": [*header], "found": {**found}}
        return self._save(run, facts | {"lease_until": 0, "done": 0})

    def set_columns(self, run: Run, columns: Mapping[str, int]) -> Run:
        """An admin has said it: the run is read again."""
        waits: list[Condition] = [("state", "=", "paused"), ("step", "=", "columns")]
        facts: dict[str, Value] = {"state": "running", "step": "read", "columns": {**columns}, "lease_until": 0}
        facts["begun"] = run.attempt
        return self._update(run, facts, waits)

    def begin_again(self, run: Run) -> None:
        """Have a running step done from its beginning: the worker that has the run loses it, and its message comes again."""
        facts: dict[str, Value] = {"done": 0, "position": None, "lease_until": 0, "begun": run.attempt}
        with suppress(ConditionFailed):  # it has come to its end meanwhile, or is begun again
            as_read: list[Condition] = [("state", "=", "running"), ("step", "=", run.step), ("attempt", "=", run.attempt)]
            self._update(run, facts, as_read, add={"attempt": 1})

    def warn(self, run: Run, warnings: Sequence[str]) -> None:
        """Put these warnings in place of the run's."""
        self._update(run, {"warnings": [*warnings]}, [("warnings", "=", [*run.warnings])])

    def finish_reading(self, run: Run) -> Run:
        """End the reading of a leased run: its parents are those of the school, and its files come next."""
        facts: dict[str, Value] = {
            "shape": run.shape,
            "stated": [*run.stated],
            "warnings": [*run.warnings],
            "counts": {**run.counts},
            "total": run.total,
            "asked_at": run.asked_at,
            "begun": run.attempt,
        }
        files: dict[str, Value] = {"kept": True, "step": "files", "done": 0, "lease_until": 0, "position": None}
        return self._save(run, {**facts, **files})

    def replaced(self, run: Run) -> None:
        """A later upload has taken the place of this one's parents. A worker that still has the run loses it."""
        facts: dict[str, Value] = {"kept": False, "state": "finished", "files": None}
        with suppress(ConditionFailed):
            self._update(run, facts, [("kept", "=", True)], add={"attempt": 1})

    def ask_for_files(self, run: Run, whom: Whom, now: int) -> Run:
        """Have the files of a run that has ended written again."""
        as_read: list[Condition] = [("state", "=", run.state), ("attempt", "=", run.attempt), ("kept", "=", True)]
        facts: dict[str, Value] = {"state": "running", "step": "files", "whom": whom, "done": 0, "lease_until": 0}
        facts |= {"asked_at": now, "begun": run.attempt, "reason": None}
        return self._update(run, facts, as_read)

    def finish(self, run: Run, event: EventWrite) -> None:
        """Write a leased run with its files as it has ended, and the audit event, both or neither."""
        pk, sk = self._key(run.id)
        facts: dict[str, Value] = {
            "counts": {**run.counts},
            "files": {**run.files},
            "files_at": run.files_at,
            "finished_at": run.finished_at,
            "done": run.done,
            "total": run.total,
        }
        ended = Update(pk=pk, sk=sk, set={**facts, "state": "finished", "lease_until": 0}, when=self._ours(run))
        transact(self._client, [(self._table, ended), event])

    def abandon(self, run: Run, reason: str, now: int) -> Run:
        """End a run for which no file came; ``Changed`` if it waits no more."""
        still_waits: Condition = ("state", "=", "queued")
        return self._update(run, {"state": "failed", "reason": reason, "finished_at": now}, [still_waits])

    def fail(self, run: Run, reason: str, now: int) -> Run:
        """End a leased run that cannot go on."""
        return self._save(run, {"state": "failed", "reason": reason, "finished_at": now, "lease_until": 0})

    def _save(self, run: Run, facts: Mapping[str, Value]) -> Run:
        return self._update(run, facts, self._ours(run))

    def _ours(self, run: Run) -> list[Condition]:
        return [("attempt", "=", run.attempt), ("state", "=", "running")]

    def _key(self, run: str) -> tuple[str, str]:
        return f"{self.school}#CONTACTS", run

    def _update(
        self, run: Run, facts: Mapping[str, Value], when: Sequence[Condition], add: Mapping[str, int] | None = None
    ) -> Run:
        pk, sk = self._key(run.id)
        return _from_item(self._table.update(Update(pk=pk, sk=sk, set=facts, add=add or {}, when=when)))
