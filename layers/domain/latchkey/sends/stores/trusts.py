"""Domains whose people are to be mailed again, in the table ``activity``. Whoever works on one says how far it has come."""

from typing import Final

from latchkey.sends.model.trust import Trust
from latchkey.shared.stores.dynamo import Condition, ConditionFailed, Item, Put, Table, Update

KEPT: Final = 400 * 86_400


class Trusts:
    """Those of one school."""

    def __init__(self, table: Table, school: str) -> None:
        self._table = table
        self.school = school

    def make(self, trust: Trust) -> None:
        """Write a new one."""
        item: Item = {
            "pk": self._pk,
            "sk": trust.id,
            "domain": trust.domain,
            "created_at": trust.created_at,
            "created_by": trust.created_by,
            "state": trust.state,
            "looked": trust.looked,
            "taken": trust.taken,
            "expires_at": trust.created_at + KEPT,
        }
        self._table.put(Put(item=item, when=[("pk", "missing", None)]))

    def get(self, trust: str) -> Trust | None:
        """The one with this id."""
        item = self._table.get(self._pk, trust)
        return _from_item(item) if item else None

    def page(self, *, after: str | None = None, limit: int = 20) -> tuple[list[Trust], str | None]:
        """The newest first, and the id after which the next page begins."""
        start = {"pk": self._pk, "sk": after} if after else None
        page = self._table.page(self._pk, start=start, limit=limit, newest_first=True)
        return [_from_item(item) for item in page.items], page.next["sk"] if page.next else None

    def move(self, was: Trust, now: Trust) -> bool:
        """Write how far it has come; False if another worker has come further, whose work this one repeats."""
        still_there: Condition = ("looked", "=", was.looked)
        facts: Item = {"state": now.state, "after": list(now.after) or None, "looked": now.looked, "taken": now.taken}
        try:
            self._table.update(Update(pk=self._pk, sk=was.id, set=facts, when=[("pk", "exists", None), still_there]))
        except ConditionFailed:
            return False
        return True

    @property
    def _pk(self) -> str:
        return f"{self.school}#TRUSTS"


def _from_item(item: Item) -> Trust:
    return Trust(
        id=item["sk"],
        domain=item["domain"],
        created_at=item["created_at"],
        created_by=item["created_by"],
        state=item["state"],
        after=tuple(item.get("after") or ()),
        looked=item["looked"],
        taken=item["taken"],
    )
