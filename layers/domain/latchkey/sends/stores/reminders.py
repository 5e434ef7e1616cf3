"""What has to be looked at when its time comes: one partition of the table ``activity``, in the order of time.

An item is a reminder, not the truth: the send says whether it starts. So a reminder too many harms nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from latchkey.shared.stores.dynamo import Item, Put, Table

PK: Final = "#DUE"  # no slug begins so: it is no school's
_KEPT: Final = 30 * 86_400


@dataclass(frozen=True, slots=True)
class Reminder:
    """A send to look at, and when (epoch seconds)."""

    at: int
    school: str
    send: str

    @property
    def sk(self) -> str:
        """Its place in time."""
        return f"{self.at:010d}#{self.school}#{self.send}"


class Reminders:
    """The reminders of all schools."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def put(self, reminder: Reminder) -> None:
        """Keep a reminder; the same one twice is one."""
        item: Item = {"pk": PK, "sk": reminder.sk, "at": reminder.at, "school": reminder.school, "send": reminder.send}
        self._table.put(Put(item=item | {"expires_at": reminder.at + _KEPT}))

    def until(self, now: int) -> Iterator[Reminder]:
        """What is due, the oldest first."""
        for page in self._table.pages(PK):
            for item in page:
                if item["at"] > now:
                    return
                yield Reminder(item["at"], item["school"], item["send"])

    def forget(self, reminder: Reminder) -> None:
        """Drop a reminder."""
        self._table.delete(PK, reminder.sk)
