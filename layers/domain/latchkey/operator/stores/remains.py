"""Everything that a school has in one table, whoever wrote it and however old it is: found by its keys, and deleted.

Found by a scan of the whole table, because no index lists all partitions of a school: usernames, throttle counters and the items
of older releases would be missed. It is read a megabyte at a time, and no attribute but the keys is asked for.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from latchkey.shared.stores.dynamo import Item, Table

_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "directory": {
        "P": "people",
        "SCHOOL": "schools",
        "LOGO": "logos",
        "GROUPS": "groups",
        "ROSTERS": "rosters",
        "ROSTER": "rosters",
        "CONTACTS": "parents' contacts",
        "SSO": "single sign-on",
    },
    "credentials": {"P": "passwords", "U": "usernames", "T": "counters", "C": "counters"},
    "sessions": {"P": "sessions"},
    "activity": {
        "SENDS": "sends",
        "REQUESTS": "requested mails",
        "SEND": "chunks of mails",
        "EXPORTS": "exports",
        "EMAILS": "e-mail updates",
        "DOUBLES": "doubles",
        "APART": "doubles",
        "MERGES": "merges",
        "AUDIT": "events",
        "SIGNINS": "events",
        "ALONE": "counters",
        "MAILDOMAINS": "counts of mail by domain",
        "TRUSTS": "trusted domains",
        "T": "counters",
    },
}
_ENDED: Final = "ENDED"  # what is kept of a school that was deleted: see Schools.end
_MINE: Final = "(pk = :school OR begins_with(pk, :mine) OR (pk = :due AND contains(sk, :due_of))) AND NOT sk = :ended"


@dataclass(frozen=True, slots=True)
class Found:
    """The school's items of one page of a table by kind, and where the next page begins (None: there is none)."""

    kinds: Counter[str]
    next: Item | None


class Remains:
    """A school's items in the table of this name (``directory`` and so on)."""

    def __init__(self, table: Table, name: str, school: str) -> None:
        self._table = table
        self._name = name
        self.school = school

    def count(self, start: Item | None) -> Found:
        """Count what a page of the table has of the school."""
        found, following = self._page(start)
        return Found(Counter(map(self._kind, found)), following)

    def delete(self, start: Item | None) -> Found:
        """Delete what a page of the table has of the school."""
        found, following = self._page(start)
        self._table.delete_many(found)
        return Found(Counter(map(self._kind, found)), following)

    def _page(self, start: Item | None) -> tuple[list[tuple[str, str]], Item | None]:
        values = {
            ":school": self.school,
            ":mine": f"{self.school}#",
            ":due": "#DUE",
            ":due_of": f"#{self.school}#",
            ":ended": _ENDED,
        }
        page = self._table.scan_keys(_MINE, values, start=start)
        return [(item["pk"], item["sk"]) for item in page.items], page.next

    def _kind(self, key: tuple[str, str]) -> str:
        pk, sk = key
        word = sk if pk == self.school else pk.removeprefix(f"{self.school}#").partition("#")[0]
        return _WORDS[self._name].get(word, "other items")
