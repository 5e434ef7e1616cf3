"""What admins are to be told by mail, in the table ``activity``: written together with what it tells of, mailed within a minute.

It stands with what is due (``shared/stores/due``), so nothing is lost if a queue is busy, and no queue message has to name
anybody. It is deleted as soon as its mails are written down.
"""

from collections.abc import Mapping
from typing import Any, Final

from latchkey.audit.stores.audit import EventWrite
from latchkey.schools.model.waiting import Notice
from latchkey.schools.stores.waiting import changes_from_value, changes_to_value
from latchkey.shared.stores.due import due_item
from latchkey.shared.stores.dynamo import Put, Table, Value

_KEPT: Final = 30 * 86_400
_MORE: Final = ("person", "old", "new", "until", "outcome", "waits")


class Notices:
    """The notices of one school."""

    def __init__(self, table: Table, school: str) -> None:
        self._table = table
        self.school = school

    def put(self, notice: Notice) -> None:
        """Keep a notice until it is mailed; the same one twice is one mail."""
        self._table.put(self.put_of(notice)[1])

    def put_of(self, notice: Notice) -> EventWrite:
        """The write that ``put`` makes, to stand in a transaction."""
        item = due_item(notice.at, self.school, notice.id, _KEPT)
        return self._table, Put(item=item | {"notice": notice_to_value(notice)})

    def look_at_reset_of(self, at: int, reset: str, person: str) -> EventWrite:
        """The write that has a person's second factors looked at when they are to be taken away, to stand in a transaction."""
        return self._table, Put(item=due_item(at, self.school, reset, _KEPT) | {"factors": person})

    def look_at_page_of(self, at: int) -> EventWrite:
        """The write that has the copy of the school's page written again when its notice appears or goes, for a transaction."""
        return self._table, Put(item=due_item(at, self.school, "page", _KEPT) | {"page": True})


def notice_to_value(notice: Notice) -> Value:
    """What an item holds of a notice."""
    value: dict[str, Value] = {
        "id": notice.id,
        "kind": notice.kind,
        "at": notice.at,
        "by": notice.by,
        "approved_by": notice.approved_by,
        "changes": changes_to_value(notice.changes),
        "send": notice.send,
        "people": notice.people,
    }
    more: dict[str, Value] = {name: getattr(notice, name) for name in _MORE}
    stops: dict[str, Value] = {"stops": list(notice.stops)} if notice.stops else {}
    weekly: dict[str, Value] = {"to": dict(notice.to), "figures": dict(notice.figures or {})} if notice.to is not None else {}
    return value | {name: each for name, each in more.items() if each} | stops | weekly


def notice_from_value(value: Mapping[str, Any]) -> Notice:
    """The notice of an item."""
    return Notice(
        id=value["id"],
        kind=value["kind"],
        at=value["at"],
        by=value["by"],
        approved_by=value.get("approved_by"),
        changes=changes_from_value(value.get("changes") or ()),
        send=value.get("send"),
        people=value.get("people", 0),
        stops=tuple(value.get("stops") or ()),
        to=value.get("to"),
        figures=value.get("figures"),
        **{name: value[name] for name in _MORE if name in value},
    )
