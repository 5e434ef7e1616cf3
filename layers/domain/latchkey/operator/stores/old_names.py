"""Who chose which username, under look-up keys of epochs that are over: found by their keys, and deleted.

These items guard a username for the moment in which an index does not show it yet, so none has to be made again under a new key.
"""

from latchkey.shared.stores.dynamo import Item, Table
from latchkey.sign_in.stores.credentials import name_kind

_OLD = "begins_with(pk, :names) AND NOT sk = :newest"


class OldNames:
    """The names of one school in the table ``credentials``, of which nothing but keys can be read here."""

    def __init__(self, table: Table, school: str) -> None:
        self._table = table
        self.school = school

    def delete(self, newest: int, start: Item | None) -> tuple[int, Item | None]:
        """Delete what a page of the table has of epochs before the newest; how many, and where the next page begins."""
        page = self._table.scan_keys(_OLD, {":names": f"{self.school}#U#", ":newest": name_kind(newest)}, start=start)
        self._table.delete_many((item["pk"], item["sk"]) for item in page.items)
        return len(page.items), page.next
