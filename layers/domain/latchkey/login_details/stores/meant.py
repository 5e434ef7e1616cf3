"""Whom an export means that was started by a filter: their ids, in pages of the table ``activity``."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from latchkey.shared.stores.dynamo import ConditionFailed, Put, Table, Value

_PAGE: Final = 5_000  # ids: about 115 kB, of the 400 that an item may have
_KEPT: Final = 30 * 86_400


class Meant:
    """The students of one school's exports."""

    def __init__(self, activity: Table, school: str) -> None:
        self._table = activity
        self.school = school

    def keep(self, export: str, people: Sequence[str], now: int) -> None:
        """Keep whom an export means. What is kept of it stays, so that a request that comes again changes no run under way."""
        for number, start in enumerate(range(0, len(people), _PAGE), 1):
            item: dict[str, Value] = {
                "pk": self._pk(export),
                "sk": _sk(number),
                "people": list[Value](people[start : start + _PAGE]),
                "expires_at": now + _KEPT,
            }
            with suppress(ConditionFailed):
                self._table.put(Put(item=item, when=[("pk", "missing", None)]))

    def read(self, export: str) -> tuple[str, ...]:
        """The ids, in the order of lists, each once; none where nothing was kept."""
        found: list[str] = []
        number = 1
        while item := self._table.get(self._pk(export), _sk(number)):
            found += item["people"]
            number += 1
        return tuple(dict.fromkeys(found))

    def _pk(self, export: str) -> str:
        return f"{self.school}#EXPORT#{export}"


def _sk(number: int) -> str:
    return f"PEOPLE#{number:05d}"
