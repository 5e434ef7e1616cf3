"""Audit events: who did what, when, to how many, and from where: ids, numbers, marks, and what a setting says.

They stand in two partitions of the school, each in the order of time: what people and Latchkey do, and sign-ins with all that
comes in as great numbers (``in_words.SIGN_INS``). The portal may add to both. What anybody can cause without end is not an event
each time but a tally: one item for an hour, counted up. Tallies stand beside the sign-ins, and the portal may count there only.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from latchkey.audit.model.event_filter import EventFilter
from latchkey.audit.model.in_words import SIGN_INS, Kind
from latchkey.shared.model.ids import derived_id, first_id, new_id
from latchkey.shared.stores.dynamo import Item, Put, Table, Update, Value

EventWrite: TypeAlias = tuple[Table, Put]
"""An event that another store writes in a transaction of its own, with what it tells of."""
_KEPT: Final = 7 * 365 * 86_400
_HOUR: Final = 3_600
LOOKED_AT: Final = 1_000
"""Events that one page of a search may look at: about 300 kB."""
_READ: Final = 100
_PARTITIONS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "deeds": ("#AUDIT",),
    "sign_ins": ("#SIGNINS",),
    "all": ("#AUDIT", "#SIGNINS"),
}


class Audit:
    """The audit trail of one school. Events are written once and never changed; only tallies count on within their hour.

    ``visitor`` gives the mark of the address that asks now, None where nobody does.
    """

    def __init__(self, table: Table, school: str, visitor: Callable[[], str | None] = lambda: None) -> None:
        self._table = table
        self.school = school
        self._visitor = visitor

    def record(self, actor: str, action: str, now: int, facts: Mapping[str, str | int] | None = None) -> None:
        """Write an event. ``actor`` is a person's id, or the name of a part of the system; ``action`` like ``send.start``."""
        self._table.put(self.record_of(actor, action, now, facts)[1])

    def record_of(self, actor: str, action: str, now: int, facts: Mapping[str, str | int] | None = None) -> EventWrite:
        """The write that ``record`` makes, to stand in a transaction."""
        pk = self._pk("#SIGNINS" if action in SIGN_INS else "#AUDIT")
        event: dict[str, Value] = {"pk": pk, "sk": new_id(now), **self._said(actor, action, now, facts or {})}
        return self._table, Put(item=event, when=[("pk", "missing", None)])

    def tally(self, actor: str, action: str, now: int, facts: Mapping[str, str | int]) -> None:
        """Count an event that can come without end: one item for its actor, action and facts in an hour, with the last time."""
        what = "|".join((actor, action, *(f"{name}={value}" for name, value in sorted(facts.items()))))
        sk = derived_id(now - now % _HOUR, f"tally/{self.school}|{what}")
        self._table.update(Update(pk=self._pk("#SIGNINS"), sk=sk, set=self._said(actor, action, now, facts), add={"tries": 1}))

    def page(
        self, *, after: str | None = None, limit: int = 50, kind: Kind = "all", eventual: bool = False
    ) -> tuple[list[dict[str, Any]], str | None]:
        """``id, actor, action, at, facts`` of events, and ``visitor`` where known, newest first; the next page's cursor.

        ``eventual``: without those of the last second, for half the price.
        """
        items, more = list[Item](), False
        for name in _PARTITIONS[kind]:
            pk = self._pk(name)
            start = {"pk": pk, "sk": after} if after else None
            page = self._table.page(pk, start=start, limit=limit, newest_first=True, eventual=eventual)
            items += page.items
            more = more or page.next is not None
        items.sort(key=lambda item: str(item["sk"]), reverse=True)
        more = more or len(items) > limit
        shown = items[:limit]
        return [_event(item) for item in shown], shown[-1]["sk"] if more and shown else None

    def search(
        self, wanted: EventFilter, *, after: str | None = None, limit: int = 50, kind: Kind = "all", most: int = LOOKED_AT
    ) -> tuple[list[dict[str, Any]], str | None]:
        """The same of the events that a filter means; at most so many are looked at, so a page may have fewer than there are."""
        if wanted.until is not None:
            newest = first_id(wanted.until)
            after = min(after, newest) if after else newest
        oldest = first_id(wanted.since - _HOUR) if wanted.since is not None else ""  # a tally stands where its hour began
        found = list[dict[str, Any]]()
        for _ in range(0, most, _READ):
            events, after = self.page(after=after, limit=_READ, kind=kind)
            for event in events:
                if event["id"] < oldest:
                    return found, None
                if wanted.matches(event):
                    found.append(event)
                if len(found) == limit:
                    is_last = event is events[-1] and after is None
                    return found, None if is_last else event["id"]
            if after is None:
                return found, None
        return found, after

    def _said(self, actor: str, action: str, now: int, facts: Mapping[str, str | int]) -> dict[str, Value]:
        return {
            "actor": actor,
            "action": action,
            "at": now,
            "facts": dict(facts),
            "visitor": self._visitor(),
            "expires_at": now + _KEPT,
        }

    def _pk(self, partition: str) -> str:
        return f"{self.school}{partition}"


def _event(item: Item) -> dict[str, Any]:
    event = {"id": item["sk"], "actor": item["actor"], "action": item["action"], "at": item["at"], "facts": item["facts"]}
    if "tries" in item:
        event["facts"] = {**item["facts"], "tries": item["tries"]}
    return event | ({"visitor": item["visitor"]} if "visitor" in item else {})
