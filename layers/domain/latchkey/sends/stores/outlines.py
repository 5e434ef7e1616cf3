"""Where outlines of large messages are kept: an item beside the chunks, and an object that it names, with whose mails these are.

The item is written by the worker that follows the ledger, who reads it and raises its ``revision``; others only ask for it
(``wanted``). An object that no item names is rubbish, and the bucket forgets it.
"""

from __future__ import annotations

import json
import zlib
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from latchkey.sends.model.outline import Outline, is_large
from latchkey.sends.stores.items import KEPT, chunk_from_item
from latchkey.shared.stores.dynamo import Item, Table, Update, Value
from latchkey.shared.stores.dynamo_wire import unpack_item
from latchkey.shared.stores.kept_objects import KeptObjects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from latchkey.sends.model.outline import Members
    from latchkey.sends.model.send import Chunk, Send
    from latchkey.shared.stores.aws import Client

SK: Final = "OUTLINE"
_REMEMBERED: Final = 8
"""Objects that a container remembers: two megabytes each, of 100,000 people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What the item says; ``outline``: None where there is none yet, or it cannot be read. ``wanted``: when it was asked for."""

    outline: Outline | None
    members: str
    wanted: int
    revision: int


class MembersMemory:
    """The objects that one container has read last, by their key."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Members] = OrderedDict()

    def get(self, key: str) -> Members | None:
        """What is remembered of an object."""
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def keep(self, key: str, members: Members) -> None:
        """Remember an object; the one that nobody has asked for the longest is forgotten."""
        self._kept[key] = members
        while len(self._kept) > _REMEMBERED:
            self._kept.popitem(last=False)


class Outlines(KeptObjects):
    """The outlines of one school's messages."""

    def __init__(self, table: Table, client: Callable[[], Client], bucket: str, memory: MembersMemory, school: str) -> None:
        super().__init__(client, bucket, f"messages/{school}")
        self._table = table
        self._memory = memory
        self.school = school

    def some(self, sends: Iterable[str]) -> dict[str, State]:
        """What is kept of these messages, by id, not as of the last second."""
        items = self._table.get_many(((self._pk(send), SK) for send in sends), eventual=True)
        return {item["pk"].partition("#SEND#")[2]: _state(item) for item in items}

    def want(self, send: Send, now: int) -> None:
        """Ask that a message's outline be made; a worker sees it in the table's stream."""
        facts: dict[str, Value] = {"wanted": now, "expires_at": send.created_at + KEPT}
        self._table.update(Update(pk=self._pk(send.id), sk=SK, set=facts, add={"revision": 1}))

    def want_of_large(self, send: Send, now: int) -> None:
        """The same of a message that has just been planned, if it is large."""
        if is_large(send):
            self.want(send, now)

    def save(self, send: str, before: State, outline: Outline, members: str) -> None:
        """Keep an outline in place of what was read; ``Changed`` if somebody was quicker."""
        facts: dict[str, Value] = {"marks": _packed([outline.facts, outline.marks]), "members": members, "wanted": None}
        self._table.update(
            Update(pk=self._pk(send), sk=SK, set=facts, add={"revision": 1}, when=[("revision", "=", before.revision)])
        )

    def put_members(self, members: Members) -> str:
        """Write an object; its key."""
        return self.put(_packed(members))

    def members(self, key: str) -> Members | None:
        """Whose mails the chunks are; None if there is no such object, or it is torn."""
        known = self._memory.get(key)
        if known is not None:
            return known
        data = self.read(key)
        if data is None:
            return None
        try:
            read: Members = json.loads(zlib.decompress(data))
        except (zlib.error, ValueError):
            return None
        self._memory.keep(key, read)
        return read

    def _pk(self, send: str) -> str:
        return f"{self.school}#SEND#{send}"


@dataclass(frozen=True, slots=True)
class Said:
    """What a batch of the stream says of one message: the items of its chunks, each as it was last."""

    items: Mapping[str, Item]

    def chunks(self) -> list[Chunk]:
        """The chunks; one that cannot be read, which the roll counts, is left out."""
        chunks = []
        for item in self.items.values():
            with suppress(KeyError, TypeError, ValueError, zlib.error):
                chunks.append(chunk_from_item(item))
        return chunks


def said_in(records: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Said]]:
    """What a batch says of admins' messages, by school and message; of one whose outline is asked for, no chunk may be in it."""
    found: dict[str, dict[str, dict[str, Item]]] = {}
    for record in records:
        with suppress(KeyError, TypeError, ValueError):
            key, image = unpack_item(record["dynamodb"]["Keys"]), record["dynamodb"].get("NewImage")
            school, is_one, send = key["pk"].partition("#SEND#")
            if not is_one or image is None:
                continue
            if key["sk"] == SK:
                found.setdefault(school, {}).setdefault(send, {})
            elif image["listed"]["BOOL"]:
                found.setdefault(school, {}).setdefault(send, {})[key["sk"]] = unpack_item(image)
    return {school: {send: Said(items) for send, items in sends.items()} for school, sends in found.items()}


def _state(item: Item) -> State:
    outline: Outline | None = None
    with suppress(ValueError, TypeError, zlib.error):
        facts, marks = json.loads(zlib.decompress(item.get("marks", b"")))
        outline = Outline(tuple((state, reason) for state, reason in facts), tuple(marks))
    return State(outline=outline, members=item.get("members", ""), wanted=item.get("wanted", 0), revision=item.get("revision", 0))


def _packed(value: Any) -> bytes:
    return zlib.compress(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode())
