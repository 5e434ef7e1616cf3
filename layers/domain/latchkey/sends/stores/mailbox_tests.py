"""Tests of mailboxes, in the table ``activity``: the addresses stand here, so that no queue message has to name them."""

from typing import Final

from latchkey.sends.model.mailbox_test import MailboxTest
from latchkey.shared.stores.dynamo import Item, Put, Table

KEPT: Final = 7 * 86_400


class MailboxTests:
    """Those of one school."""

    def __init__(self, table: Table, school: str) -> None:
        self._table = table
        self.school = school

    def make(self, test: MailboxTest) -> None:
        """Write a new one."""
        item: Item = {
            "pk": self._pk,
            "sk": test.id,
            "created_at": test.created_at,
            "created_by": test.created_by,
            "addresses": list(test.addresses),
            "expires_at": test.created_at + KEPT,
        }
        self._table.put(Put(item=item, when=[("pk", "missing", None)]))

    def get(self, test: str) -> MailboxTest | None:
        """The one with this id."""
        item = self._table.get(self._pk, test)
        return _from_item(item) if item else None

    def newest(self, now: int, limit: int) -> list[MailboxTest]:
        """The newest first; those that are to be deleted are none any more."""
        page = self._table.page(self._pk, limit=limit, newest_first=True)
        return [_from_item(item) for item in page.items if item["expires_at"] > now]

    @property
    def _pk(self) -> str:
        return f"{self.school}#MAILTESTS"


def _from_item(item: Item) -> MailboxTest:
    return MailboxTest(
        id=item["sk"],
        created_at=item["created_at"],
        created_by=item["created_by"],
        addresses=tuple(item["addresses"]),
    )
