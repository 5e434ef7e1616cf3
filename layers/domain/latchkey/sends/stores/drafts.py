"""Drafts of messages in the table ``activity``, a partition a school.

Two admins may have the same draft open. Each change is drawn on the revision that its page has shown:

    Ada    opens it: revision 3 ── saves, if still 3 ✓ 4
    Sam    opens it: revision 3 ─────────────────────── saves, if still 3 ✗ Changed: Sam's page says so, and shows Ada's

Sending marks the draft first, with the id of its send. Who comes twice, or second, finds that id and starts the same send:

    first click    mark: sent_as S, if it has none ✓ ── start S
    second click   mark: sent_as T, if it has none ✗ ── S stands there ── start S: it is there already
"""

from dataclasses import replace
from typing import Final

from latchkey.sends.model.draft import Counted, Draft
from latchkey.sends.stores.items import selection_from_item, selection_to_values
from latchkey.shared.stores.dynamo import Condition, ConditionFailed, Item, Put, Table, Update, Value

_LISTED: Final = 100  # the newest drafts of a school that its list looks at
_AFTERWARDS: Final = 86_400
"""Seconds for which a draft that was sent or given up still leads where it should: Back, and a second click."""
_MISSING: Final[Condition] = ("pk", "missing", None)
_UNSENT: Final[Condition] = ("sent_as", "missing", None)
_NOT_GIVEN_UP: Final[Condition] = ("discarded", "missing", None)


class Drafts:
    """The drafts of one school. What changes one raises ``Changed`` if it is no longer as it was read."""

    def __init__(self, table: Table, school: str) -> None:
        self._table = table
        self.school = school

    def make(self, draft: Draft) -> None:
        """Write a new draft."""
        self._table.put(Put(item=self._item(draft), when=[_MISSING]))

    def get(self, draft: str) -> Draft | None:
        """The draft with this id, however old."""
        item = self._table.get(self._pk, draft)
        return _draft(item) if item else None

    def newest(self) -> list[Draft]:
        """The newest drafts, those that are over among them."""
        page = self._table.page(self._pk, limit=_LISTED, newest_first=True)
        return [_draft(item) for item in page.items]

    def change(self, draft: Draft) -> Draft:
        """Write a draft as it now is, if it is still at the revision that was read, and neither sent nor given up."""
        as_read: Condition = ("revision", "=", draft.revision)
        changed = replace(draft, revision=draft.revision + 1)
        self._table.put(Put(item=self._item(changed), when=[as_read, _UNSENT, _NOT_GIVEN_UP]))
        return changed

    def mark_sent(self, draft: Draft, send: str, now: int) -> Draft:
        """Say which send a draft becomes, if it has become none yet: of two, both get the first one's."""
        as_read: Condition = ("revision", "=", draft.revision)
        facts: dict[str, Value] = {"sent_as": send, "expires_at": now + _AFTERWARDS}
        try:
            item = self._table.update(Update(pk=self._pk, sk=draft.id, set=facts, when=[as_read, _UNSENT, _NOT_GIVEN_UP]))
        except ConditionFailed as failed:
            if failed.item is None or not failed.item.get("sent_as"):
                raise
            item = failed.item
        return _draft(item)

    def discard(self, draft: str, now: int) -> None:
        """Give a draft up and forget whom it meant; one that was sent stays."""
        forgotten: dict[str, Value] = {
            "discarded": True,
            "expires_at": now + _AFTERWARDS,
            **dict.fromkeys(("ids", "filter", "selection", "back", "whom")),
        }
        exists: Condition = ("pk", "exists", None)
        self._table.update(Update(pk=self._pk, sk=draft, set=forgotten, when=[exists, _UNSENT]))

    def _item(self, draft: Draft) -> dict[str, Value]:
        selection, counted = draft.selection, draft.counted
        return {
            "pk": self._pk,
            "sk": draft.id,
            "id": draft.id,
            "kind": draft.kind,
            **selection_to_values(selection),
            "whom": draft.whom or None,
            "start_at": draft.start_at,
            "created_at": draft.created_at,
            "created_by": draft.created_by,
            "changed_at": draft.changed_at,
            "changed_by": draft.changed_by,
            "furthest": draft.furthest,
            "kept": draft.kept or None,
            "back": draft.back or None,
            "counted": [counted.total, counted.to_send] if counted is not None else None,
            "revision": draft.revision,
            "expires_at": draft.ends_at,
        }

    @property
    def _pk(self) -> str:
        return f"{self.school}#DRAFTS"


def _draft(item: Item) -> Draft:
    counted = item.get("counted")
    return Draft(
        id=item["id"],
        kind=item["kind"],
        selection=selection_from_item(item),
        whom=item.get("whom") or "",
        start_at=item.get("start_at"),
        created_at=item["created_at"],
        created_by=item["created_by"],
        changed_at=item["changed_at"],
        changed_by=item["changed_by"],
        furthest=item["furthest"],
        kept=item.get("kept") or False,
        back=item.get("back") or "",
        counted=Counted(*counted) if counted else None,
        sent_as=item.get("sent_as"),
        discarded=item.get("discarded") or False,
        revision=item["revision"],
    )
