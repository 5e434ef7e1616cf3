"""Snapshots of the small world's tables."""

from dataclasses import dataclass
from typing import Any

from latchkey.sends.model.send import Chunk, Send
from latchkey.sends.stores.items import chunk_from_item, send_from_item
from latchkey.shared.stores.dynamo_wire import unpack_item
from tests.support.memory_dynamo import MemoryDynamo


@dataclass(frozen=True)
class View:
    """What a snapshot says, read once."""

    sends: dict[str, Send]
    chunks: dict[str, dict[int, Chunk]]
    open: dict[str, int]


class Tables:
    """Snapshots of all tables, each kept once and known by a number. Items are never changed, so they are shared."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[tuple[str, str, str, int], ...], int] = {}
        self._snapshots: list[dict[tuple[str, str, str], dict[str, Any]]] = []
        self._items: dict[str, tuple[int, dict[str, Any]]] = {}
        self._known: dict[int, tuple[int, dict[str, Any]]] = {}
        self._views: dict[int, View] = {}

    def thawed(self, number: int) -> MemoryDynamo:
        """A DynamoDB that stands as a snapshot; writes to it change nothing here."""
        dynamo = MemoryDynamo()
        for (table, pk, sk), item in self._snapshots[number].items():
            dynamo.tables.setdefault(table, {})[pk, sk] = item
        return dynamo

    def frozen(self, dynamo: MemoryDynamo) -> int:
        """The number of the snapshot as which a DynamoDB stands. The audit decides nothing and is left out."""
        snapshot, key = {}, []
        for table, items in sorted(dynamo.tables.items()):
            for (pk, sk), item in sorted(items.items()):
                if pk.endswith("#AUDIT"):
                    continue
                number, kept = self._known.get(id(item)) or self._kept(item)
                snapshot[table, pk, sk] = kept
                key.append((table, pk, sk, number))
        found = self._numbers.setdefault(tuple(key), len(self._numbers))
        if found == len(self._snapshots):
            self._snapshots.append(snapshot)
        return found

    def _kept(self, item: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """An item's number and the one that is kept of all its like: that one is in most tables, and known without reading it."""
        number, kept = self._items.setdefault(repr(sorted(item.items())), (len(self._items), item))
        self._known[id(kept)] = number, kept
        return number, kept

    def view(self, number: int) -> View:
        """What stands in a snapshot."""
        if number not in self._views:
            sends: dict[str, Send] = {}
            chunks: dict[str, dict[int, Chunk]] = {}
            opened: dict[str, int] = {}
            for (_, pk, sk), wire in self._snapshots[number].items():
                if pk.endswith("#SENDS"):
                    item = unpack_item(wire)
                    sends[sk], opened[sk] = send_from_item(item), item["open"]
                elif "#SEND#" in pk:
                    chunk = chunk_from_item(unpack_item(wire))
                    chunks.setdefault(chunk.send, {})[chunk.number] = chunk
            self._views[number] = View(sends, chunks, opened)
        return self._views[number]
