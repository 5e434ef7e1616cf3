"""Files of messages' people that a worker makes, in the table ``activity``: who is in each, and where it lies."""

from contextlib import suppress
from dataclasses import asdict
from typing import Final

from latchkey.sends.model.people_file import PeopleFile
from latchkey.sends.model.recipient_filter import RecipientFilter
from latchkey.shared.stores.dynamo import Condition, ConditionFailed, Item, Put, Table, Update, Value

_QUEUED: Final[Condition] = ("state", "=", "queued")


class PeopleFiles:
    """The files of one school. They are forgotten after a day, as they are deleted in S3."""

    def __init__(self, table: Table, school: str) -> None:
        self._table = table
        self._pk = f"{school}#FILES"

    def make(self, file: PeopleFile) -> None:
        """Write that a file is wanted."""
        wanted: dict[str, Value] = {name: value for name, value in asdict(file.wanted).items() if value}
        facts: dict[str, Value] = {
            "id": file.id,
            "send": file.send,
            "wanted": wanted,
            "form": file.form,
            "by": file.by or None,
            "created_at": file.created_at,
            "created_by": file.created_by,
            "state": file.state,
            "expires_at": file.ends_at,
        }
        self._table.put(Put(item={"pk": self._pk, "sk": file.id, **facts}, when=[("pk", "missing", None)]))

    def get(self, file: str, now: int) -> PeopleFile | None:
        """The file with this id, unless its day is over."""
        item = self._table.get(self._pk, file)
        return _file(item) if item is not None and item["expires_at"] > now else None

    def finish(self, file: PeopleFile, key: str, rows: int, now: int) -> None:
        """Say where it lies; of two workers the first has made it."""
        self._turn(file, {"state": "finished", "key": key, "rows": rows, "finished_at": now})

    def fail(self, file: PeopleFile, now: int) -> None:
        """Say that it could not be made."""
        self._turn(file, {"state": "failed", "finished_at": now})

    def _turn(self, file: PeopleFile, facts: dict[str, Value]) -> None:
        with suppress(ConditionFailed):
            self._table.update(Update(pk=self._pk, sk=file.id, set=facts, when=[_QUEUED]))


def _file(item: Item) -> PeopleFile:
    return PeopleFile(
        id=item["id"],
        send=item["send"],
        wanted=RecipientFilter(**item["wanted"]),
        form=item["form"],
        by=item.get("by") or "",
        created_at=item["created_at"],
        created_by=item["created_by"],
        state=item["state"],
        key=item.get("key") or "",
        rows=item.get("rows") or 0,
        finished_at=item.get("finished_at"),
    )
