"""Export runs: the table ``activity``. A run knows its file's name in S3, never a URL, a code or a person's name."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from latchkey.audit.stores.audit import EventWrite
from latchkey.codes.model.codes import Kind
from latchkey.codes.stores.codes import ATTRIBUTE
from latchkey.errors import NotFound, TryLater
from latchkey.login_details.model.runs import NOT_QUEUED, Export, ExportRequest
from latchkey.login_details.model.scope import Scope
from latchkey.people.model.person import CodeState
from latchkey.people.stores.people import Directory
from latchkey.shared.stores.aws import Client
from latchkey.shared.stores.dynamo import Condition, ConditionFailed, Item, Put, Table, Update, Value, transact

_KEPT: Final = 400 * 86_400


def _to_item(school: str, export: Export) -> dict[str, Value]:
    return {
        "pk": f"{school}#EXPORTS",
        "sk": export.id,
        "id": export.id,
        "state": export.state,
        "created_at": export.created_at,
        "created_by": export.created_by,
        "kind": export.kind,
        "stage": export.stage,
        "position": list(export.position) or None,
        "stage_at": export.stage_at,
        "scope": export.wanted.scope.kind,
        "scope_value": export.wanted.scope.value,
        "scope_ids": list(export.wanted.as_kept.scope.ids) or None,
        "scope_filter": dict(export.wanted.scope.filter) or None,
        "scope_count": export.wanted.scope.count or None,
        "format": export.wanted.format,
        "audience": export.wanted.audience,
        "never_logged_in": export.wanted.never_logged_in,
        "expiring_within": export.wanted.expiring_within,
        "row_kind": export.wanted.rows,
        "columns": list(export.wanted.columns) or None,
        "large_print": export.wanted.large_print,
        "total": export.total,
        "done": export.done,
        "rows": export.rows,
        "left_out": export.left_out,
        "unprintable": export.unprintable,
        "codes": dict(export.codes),
        "lease_until": export.lease_until,
        "attempt": export.attempt,
        "finished_at": export.finished_at,
        "key": export.key,
        "reason": export.reason,
        "expires_at": export.created_at + _KEPT,
    }


def _from_item(item: Item) -> Export:
    return Export(
        id=item["id"],
        state=item["state"],
        created_at=item["created_at"],
        created_by=item["created_by"],
        wanted=ExportRequest(
            scope=Scope(
                item["scope"],
                item["scope_value"],
                tuple(item.get("scope_ids") or ()),
                item.get("scope_filter") or {},
                item.get("scope_count") or 0,
            ),
            format=item["format"],
            audience=item["audience"],
            never_logged_in=item["never_logged_in"],
            expiring_within=item.get("expiring_within", 0),
            rows=item.get("row_kind", "student"),
            columns=tuple(item.get("columns") or ()),
            large_print=item.get("large_print", False),
        ),
        kind=item.get("kind", "file"),
        stage=item.get("stage", "codes"),
        position=tuple(item.get("position") or ()),
        stage_at=item.get("stage_at", 0),
        total=item["total"],
        done=item["done"],
        rows=item["rows"],
        left_out=item["left_out"],
        unprintable=item.get("unprintable", 0),
        codes=item.get("codes") or {},
        lease_until=item["lease_until"],
        attempt=item["attempt"],
        finished_at=item.get("finished_at"),
        key=item.get("key"),
        reason=item.get("reason"),
    )


class Exports:
    """The exports of one school. What changes one raises ``Changed`` if it is no longer as it was read.

    One worker at a time has a run. It knows by ``attempt``, which each lease raises, whether it still is the one:

        lease, attempt 1                    lease_until
        ├───────────────────────────────────────┤ lease, attempt 2
        │ writes of attempt 1                   ├──────────────────────────────────
        │                                       │ writes of attempt 2; those of attempt 1 are Changed
    """

    def __init__(self, client: Client, directory: Table, activity: Table, school: str) -> None:
        self._client = client
        self._people = directory
        self._directory = Directory(directory, school)
        self._table = activity
        self.school = school

    def make(self, export: Export) -> bool:
        """Write a new export; False if it exists already."""
        try:
            self._table.put(Put(item=_to_item(self.school, export), when=[("pk", "missing", None)]))
        except ConditionFailed:
            return False
        return True

    def get(self, export: str) -> Export | None:
        """The export with this id, read consistently."""
        item = self._table.get(f"{self.school}#EXPORTS", export)
        return _from_item(item) if item else None

    def page(self, *, after: str | None = None, limit: int = 50) -> tuple[list[Export], str | None]:
        """Exports, newest first, and the id after which the next page begins."""
        pk = f"{self.school}#EXPORTS"
        start = {"pk": pk, "sk": after} if after else None
        page = self._table.page(pk, start=start, limit=limit, newest_first=True)
        return [_from_item(item) for item in page.items], page.next["sk"] if page.next else None

    def last_void(self) -> int:
        """When codes of this school were last voided; 0 if never."""
        item = self._table.get(f"{self.school}#VOIDED", "LAST")
        return int(item["at"]) if item else 0

    # Started

    def not_queued(self, export: Export) -> Export:
        """An export that nobody works on has failed: its message never reached the queue."""
        return self._change(export.id, {"state": "failed", "reason": NOT_QUEUED}, [_as_read(export)])

    def revive(self, export: Export) -> Export:
        """Queue an export again whose message never reached the queue."""
        return self._change(export.id, {"state": "queued", "reason": None}, [_as_read(export)])

    # Worked on

    def lease(self, export: str, now: int, seconds: int) -> Export:
        """Take an export for building; one that has ended comes back as it is.

        ``NotFound`` if there is none with this id, ``TryLater`` if another worker has it.
        """
        nobody_has_it: Condition = ("lease_until", "<=", now)
        not_finished: Condition = ("state", "<>", "finished")
        not_failed: Condition = ("state", "<>", "failed")
        taken: dict[str, Value] = {"state": "running", "lease_until": now + seconds}
        free = [nobody_has_it, not_finished, not_failed]
        try:
            return _from_item(self._table.update(self._update(export, taken, free, add={"attempt": 1})))
        except ConditionFailed as held:
            if held.item is None:
                raise NotFound() from held
            if held.item["state"] == "running":
                raise TryLater(seconds=held.item["lease_until"] - now) from held
            return _from_item(held.item)

    def save_progress(self, run: Export) -> Export:
        """Write how far a leased run is, and keep it until its ``lease_until``."""
        facts: dict[str, Value] = {
            "done": run.done,
            "total": run.total,
            "position": list(run.position) or None,
            "lease_until": run.lease_until,
        }
        return replace(self._change(run.id, facts, _leased(run)), wanted=run.wanted)

    def begin_file(self, run: Export, students: int, now: int) -> Export:
        """All students of a leased run have their codes: its file comes next."""
        facts: dict[str, Value] = {"stage": "file", "stage_at": now, "done": 0, "total": students, "position": None}
        return replace(self._change(run.id, facts, _leased(run)), wanted=run.wanted)

    def give_back(self, run: Export) -> Export:
        """Let another worker take a leased run."""
        return self._change(run.id, {"state": "queued", "lease_until": 0}, _leased(run))

    def fail(self, run: Export, reason: str) -> Export:
        """A leased run has failed: ``reason`` is a sentence."""
        return self._change(run.id, {"state": "failed", "reason": reason, "lease_until": 0}, _leased(run))

    def void(self, run: Export, ended: Mapping[str, Mapping[Kind, CodeState]]) -> bool:
        """End these people's codes (at most 99 people) and write how far their leased run is with it, all or nothing.

        False if one of the codes is no longer as it was read: look at these people again. Codes and counts stand together, so a
        worker that dies and is followed by another voids nothing twice and counts nothing twice.
        """
        facts: dict[str, Value] = {
            "codes": dict(run.codes),
            "done": run.done,
            "total": run.total,
            "position": list(run.position),
            "lease_until": run.lease_until,
        }
        try:
            self._change_with(run, facts, [(self._people, self._ended(person, codes)) for person, codes in ended.items()])
        except ConditionFailed as failed:
            if failed.item is not None and failed.item["sk"] == run.id:
                raise  # the run went to another worker
            return False
        return True

    def finish(self, export: Export, event: EventWrite) -> None:
        """Write a leased run as it has ended, and the audit event, both or neither.

        A run that voided codes notes that, so that older files can say that some of their codes may be dead.
        """
        item = _to_item(self.school, export)
        facts = {name: value for name, value in item.items() if name not in {"pk", "sk"}}
        also: list[tuple[Table, Put | Update]] = [event]
        if export.kind == "void":
            word: dict[str, Value] = {"pk": f"{self.school}#VOIDED", "sk": "LAST", "at": export.finished_at, "export": export.id}
            also.append((self._table, Put(item=word)))
        self._change_with(export, facts, also)

    def _ended(self, person: str, codes: Mapping[Kind, CodeState]) -> Update:
        facts: dict[str, Value] = {f"{ATTRIBUTE[kind]}.voided": True for kind in codes}
        not_renewed: list[Condition] = [(f"{ATTRIBUTE[kind]}.generation", "=", code.generation) for kind, code in codes.items()]
        return self._directory.change_of(person, facts, not_renewed)

    def _change(self, export: str, facts: Mapping[str, Value], when: Sequence[Condition]) -> Export:
        return _from_item(self._table.update(self._update(export, facts, when)))

    def _change_with(self, run: Export, facts: Mapping[str, Value], writes: Sequence[tuple[Table, Put | Update]]) -> None:
        """Change a leased run together with other writes (at most 99), all or nothing."""
        transact(self._client, [(self._table, self._update(run.id, facts, _leased(run))), *writes])

    def _update(
        self, export: str, facts: Mapping[str, Value], when: Sequence[Condition], add: Mapping[str, int] | None = None
    ) -> Update:
        exists: Condition = ("pk", "exists", None)
        return Update(pk=f"{self.school}#EXPORTS", sk=export, set=facts, add=add or {}, when=[exists, *when])


def _as_read(export: Export) -> Condition:
    """Nobody has taken, ended or revived it since it was read."""
    return "state", "=", export.state


def _leased(run: Export) -> list[Condition]:
    """The worker that writes this is still the one that has the run."""
    nobody_took_it_over: Condition = ("attempt", "=", run.attempt)
    not_given_back: Condition = ("state", "=", "running")
    return [nobody_took_it_over, not_given_back]
