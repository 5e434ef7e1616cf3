"""Which admins want the weekly mail, in the table ``activity``: an item for each who has chosen, by id alone."""

from collections.abc import Mapping

from latchkey.shared.stores.dynamo import Put, Table


class WeeklyWishes:
    """The wishes of one school's admins."""

    def __init__(self, table: Table, school: str) -> None:
        self._table = table
        self._pk = f"{school}#WEEKLY"

    def put(self, admin: str, *, wanted: bool, at: int) -> None:
        """Keep what an admin has chosen."""
        self._table.put(Put(item={"pk": self._pk, "sk": admin, "wanted": wanted, "at": at}))

    def wants(self, admin: str) -> bool:
        """Whether this admin wants the mail."""
        return bool((self._table.get(self._pk, admin) or {}).get("wanted", False))

    def all(self) -> Mapping[str, int]:
        """Who wants the mail, and since when (epoch seconds)."""
        return {item["sk"]: item["at"] for page in self._table.pages(self._pk) for item in page if item["wanted"]}
