"""Export runs: the table ``activity``. A run knows its file's name in S3, never a URL, a code or a person's name."""

from collections.abc import Iterable, Mapping
from typing import Final

from latchkey.login_details.model.runs import Export, Scope, Wanted
from latchkey.shared.stores.aws import Client
from latchkey.shared.stores.dynamo import Condition, ConditionFailed, Item, Put, Table, Update, Value, transact

_KEPT: Final = 400 * 86_400
_KEY_KEPT: Final = 86_400


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
        "scope_ids": list(export.wanted.scope.ids) or None,
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
        wanted=Wanted(
            scope=Scope(item["scope"], item["scope_value"], tuple(item.get("scope_ids") or ())),
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
    """The exports of one school."""

    def __init__(self, client: Client, table: Table, school: str) -> None:
        self._client = client
        self._table = table
        self.school = school

    def claim(self, key: str, export: str, now: int) -> str:
        """The id that this idempotency key stands for: the given one, unless an earlier request claimed another."""
        pk = f"{self.school}#EXPORTKEYS"
        mine: dict[str, Value] = {"pk": pk, "sk": key, "export": export, "expires_at": now + _KEY_KEPT}
        try:
            self._table.put(Put(item=mine, when=[("pk", "missing", None)]))
        except ConditionFailed as error:
            return str(error.item["export"]) if error.item else export
        return export

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
        """Exports, newest first, and the cursor of the next page."""
        pk = f"{self.school}#EXPORTS"
        start = {"pk": pk, "sk": after} if after else None
        page = self._table.page(pk, start=start, limit=limit, newest_first=True)
        return [_from_item(item) for item in page.items], page.next["sk"] if page.next else None

    def lease(self, export: str, now: int, seconds: int) -> Export:
        """Take an export for building; ``ConditionFailed`` with the item if it has ended, is being built, or is missing."""
        free: list[Condition] = [("lease_until", "<=", now), ("state", "<>", "finished"), ("state", "<>", "failed")]
        taken: dict[str, Value] = {"state": "running", "lease_until": now + seconds}
        return _from_item(self._table.update(self._update(export, taken, free, add={"attempt": 1})))

    def change(self, export: Export, facts: Mapping[str, Value]) -> Export:
        """Set facts of a leased export; ``ConditionFailed`` if the lease was lost to another worker."""
        return _from_item(self._table.update(self._update(export.id, facts, self._mine(export))))

    def change_with(self, export: Export, facts: Mapping[str, Value], writes: Iterable[tuple[Table, Put | Update]]) -> None:
        """As ``change``, together with other writes (at most 99): all of it or nothing."""
        transact(self._client, [(self._table, self._update(export.id, facts, self._mine(export))), *writes])

    def finish(self, export: Export, event: tuple[Table, Put]) -> None:
        """Write a leased run as it has ended, and the audit event, both or neither; ``ConditionFailed`` as above.

        A run that voided codes leaves word of it, so that older files can say that some of their codes may be dead.
        """
        item = _to_item(self.school, export)
        facts = {name: value for name, value in item.items() if name not in {"pk", "sk"}}
        also = [event]
        if export.kind == "void":
            word: dict[str, Value] = {"pk": f"{self.school}#VOIDED", "sk": "LAST", "at": export.finished_at, "export": export.id}
            also.append((self._table, Put(item=word)))
        self.change_with(export, facts, also)

    def last_void(self) -> int:
        """When codes of this school were last voided; 0 if never."""
        item = self._table.get(f"{self.school}#VOIDED", "LAST")
        return int(item["at"]) if item else 0

    def turn(self, export: Export, facts: Mapping[str, Value]) -> Export:
        """Set facts of an export that nobody works on; ``ConditionFailed`` if its state has changed."""
        return _from_item(self._table.update(self._update(export.id, facts, [("state", "=", export.state)])))

    def _mine(self, export: Export) -> list[Condition]:
        return [("attempt", "=", export.attempt), ("state", "=", "running")]

    def _update(
        self, export: str, facts: Mapping[str, Value], when: Iterable[Condition], add: Mapping[str, int] | None = None
    ) -> Update:
        found: Condition = ("pk", "exists", None)
        return Update(pk=f"{self.school}#EXPORTS", sk=export, set=facts, add=add or {}, when=[found, *when])
