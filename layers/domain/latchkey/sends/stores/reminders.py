"""What has to be looked at when its time comes: one partition of the table ``activity``, in the order of time.

An item is a reminder, not the truth: the send says whether it starts. So a reminder too many harms nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from latchkey.schools.model.waiting import Notice
from latchkey.schools.stores.notices import notice_from_value
from latchkey.shared.stores.due import PK, due_item, due_key
from latchkey.shared.stores.dynamo import Put, Table

_KEPT: Final = 30 * 86_400


@dataclass(frozen=True, slots=True)
class Reminder:
    """A send to look at, or a ``notice`` to mail, and when (epoch seconds). ``person``: ``send`` is the id of an account.

    ``author``: whether there is something to tell the maker of the send. ``factors``: whose second factors are to be taken away;
    ``send`` is the id of what was asked for. ``page``: the copy of the school's page is to be written again.
    """

    at: int
    school: str
    send: str
    notice: Notice | None = None
    person: bool = False
    factors: str | None = None
    author: bool = False
    page: bool = False

    @property
    def sk(self) -> str:
        """Its place in time."""
        return due_key(self.at, self.school, self.send)


class Reminders:
    """The reminders of all schools."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def put(self, reminder: Reminder) -> None:
        """Keep a reminder; the same one twice is one."""
        item = due_item(reminder.at, reminder.school, reminder.send, _KEPT)
        flags = {"person": reminder.person, "author": reminder.author}
        self._table.put(Put(item=item | {name: True for name, is_set in flags.items() if is_set}))

    def until(self, now: int) -> Iterator[Reminder]:
        """What is due, the oldest first."""
        for page in self._table.pages(PK):
            for item in page:
                if item["at"] > now:
                    return
                notice = item.get("notice")
                known = notice_from_value(notice) if notice else None
                yield Reminder(
                    item["at"],
                    item["school"],
                    item["send"],
                    known,
                    person=item.get("person", False),
                    factors=item.get("factors"),
                    author=item.get("author", False),
                    page=item.get("page", False),
                )

    def forget(self, reminder: Reminder) -> None:
        """Drop a reminder."""
        self._table.delete(PK, reminder.sk)
