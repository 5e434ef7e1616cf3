"""Sends and their ledger: the table ``activity``.

One item holds up to 50 mails, so a link costs 1/50 of a write; they stand there as compressed JSON, because DynamoDB charges
by size for each write and each of a send's mails is written three times (planned, leased, recorded).
"""

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from latchkey.model.sends import Account, Chunk, Mail, Selection, Send
from latchkey.stores.aws import Client
from latchkey.stores.dynamo import ConditionFailed, Item, Put, Table, Update, Value, transact

_KEPT = 400 * 86_400  # a school year and the summer; the ledger names people, so it must end
_KEY_KEPT = 30 * 86_400


def _pk(school: str, listed: bool) -> str:
    return f"{school}#{'SENDS' if listed else 'REQUESTS'}"


def _send_to_item(school: str, send: Send) -> dict[str, Value]:
    return {
        "pk": _pk(school, send.listed),
        "sk": send.id,
        "id": send.id,
        "kind": send.kind,
        "state": send.state,
        "listed": send.listed,
        "created_at": send.created_at,
        "created_by": send.created_by,
        "ids": list(send.selection.ids),
        "filter": dict(send.selection.filter) if send.selection.filter is not None else None,
        "total": send.total,
        "chunks": send.chunks,
        "counts": dict(send.counts),
        "finished_at": send.finished_at,
        "reason": send.reason,
        "planning_until": 0,
        "expires_at": send.created_at + _KEPT,
    }


def _send_from_item(item: Item) -> Send:
    return Send(
        id=item["id"],
        kind=item["kind"],
        state=item["state"],
        listed=item["listed"],
        created_at=item["created_at"],
        created_by=item["created_by"],
        selection=Selection(ids=tuple(item.get("ids") or ()), filter=item.get("filter")),
        total=item.get("total", 0),
        chunks=item.get("chunks", 0),
        counts=item.get("counts") or {},
        finished_at=item.get("finished_at"),
        reason=item.get("reason"),
    )


def pack_mails(mails: Iterable[Mail]) -> bytes:
    """Mails as they stand in a chunk's item: rows in JSON, compressed."""
    rows = [
        (
            mail.to,
            mail.state,
            mail.reason,
            mail.at,
            [(each.person, each.name, each.role, each.login, each.version, each.stamp) for each in mail.accounts],
        )
        for mail in mails
    ]
    return zlib.compress(json.dumps(rows, separators=(",", ":")).encode())


def unpack_mails(blob: bytes) -> tuple[Mail, ...]:
    """The mails of a chunk's item."""
    return tuple(
        Mail(
            to=to,
            state=state,
            reason=reason,
            at=at,
            accounts=tuple(
                Account(person=person, name=name, role=role, login=login, version=version, stamp=stamp)
                for person, name, role, login, version, stamp in accounts
            ),
        )
        for to, state, reason, at, accounts in json.loads(zlib.decompress(blob))
    )


def _chunk_from_item(item: Item) -> Chunk:
    return Chunk(
        send=item["send"],
        number=item["number"],
        listed=item["listed"],
        mail=item["mail"],
        expires_at=item["links_expire_at"],
        mails=unpack_mails(item["mails"]),
        state=item["state"],
        lease_until=item.get("lease_until", 0),
        attempt=item.get("attempt", 0),
    )


class Sends:
    """The sends of one school."""

    def __init__(self, client: Client, table: Table, school: str) -> None:
        self._client = client
        self._table = table
        self.school = school

    def make(self, send: Send) -> bool:
        """Write a new send; False if it exists already (its message was delivered twice)."""
        try:
            self._table.put(Put(item=_send_to_item(self.school, send), when=[("pk", "missing", None)]))
        except ConditionFailed:
            return False
        return True

    def claim(self, key: str, send: str, now: int) -> str:
        """The id of the send that this idempotency key stands for: the given one, unless an earlier request claimed another."""
        pk = f"{self.school}#KEYS"
        try:
            item: Item = {"pk": pk, "sk": key, "send": send, "expires_at": now + _KEY_KEPT}
            self._table.put(Put(item=item, when=[("pk", "missing", None)]))
        except ConditionFailed as held:
            found = held.item or self._table.get(pk, key) or {}
            return str(found.get("send", send))
        return send

    def get(self, send: str, *, listed: bool = True) -> Send | None:
        """The send with this id."""
        item = self._table.get(_pk(self.school, listed), send)
        return _send_from_item(item) if item else None

    def page(self, *, after: str | None = None, limit: int = 50) -> tuple[list[Send], str | None]:
        """Admins' sends, newest first, and the cursor of the next page."""
        pk = _pk(self.school, True)
        start = {"pk": pk, "sk": after} if after else None
        page = self._table.page(pk, start=start, limit=limit, newest_first=True)
        return [_send_from_item(item) for item in page.items], page.next["sk"] if page.next else None

    def change(self, send: Send, facts: Mapping[str, Value], when: Iterable[tuple[str, str, Any]]) -> Send:
        """Set attributes of a send; ``ConditionFailed`` if one of ``when`` does not hold."""
        update = Update(pk=_pk(self.school, send.listed), sk=send.id, set=facts, when=list(when))
        return _send_from_item(self._table.update(update))

    def make_planned(self, send: Send, chunks: Sequence[Chunk]) -> bool:
        """Write a new send and its few chunks, all or nothing; False if it exists already."""
        writes = [Put(item=item, when=[("pk", "missing", None)]) for item in map(self._chunk_to_item, chunks)]
        writes.append(Put(item=_send_to_item(self.school, send), when=[("pk", "missing", None)]))
        try:
            transact(self._client, [(self._table, write) for write in writes])
        except ConditionFailed:
            return False
        return True

    def start_planning(self, send: Send, now: int, seconds: int) -> Send:
        """Take a queued send for planning; ``ConditionFailed`` if it is planned already or another worker has it."""
        return self.change(send, {"planning_until": now + seconds}, [("state", "=", "queued"), ("planning_until", "<=", now)])

    def write_chunks(self, chunks: Iterable[Chunk]) -> None:
        """Write chunks whole; a plan that runs again writes the same ones again."""
        self._table.write_many(self._chunk_to_item(chunk) for chunk in chunks)

    def empty_after(self, send: Send, number: int) -> None:
        """Empty the chunks that an earlier plan of the same send has left behind this number."""
        while (left := self.chunk(send.id, number + 1)) is not None and left.mails:
            number += 1
            self.write_chunks([replace(left, mails=(), state="done")])

    def chunk(self, send: str, number: int) -> Chunk | None:
        """One chunk."""
        item = self._table.get(*self._chunk_key(send, number))
        return _chunk_from_item(item) if item else None

    def chunks(self, send: str) -> Iterator[Chunk]:
        """All chunks of a send, in order."""
        for page in self._table.pages(f"{self.school}#SEND#{send}", prefix="CHUNK#"):
            yield from (_chunk_from_item(item) for item in page)

    def chunk_page(self, send: str, *, after: int = 0) -> tuple[list[Chunk], int | None]:
        """The next chunks (at most 10) after this number, and the number to go on after (None: no more)."""
        pk, sk = self._chunk_key(send, after)
        page = self._table.page(pk, start={"pk": pk, "sk": sk} if after else None, prefix="CHUNK#", limit=10)
        chunks = [_chunk_from_item(item) for item in page.items]
        return chunks, chunks[-1].number if page.next and chunks else None

    def lease(self, send: str, number: int, now: int, seconds: int) -> Chunk:
        """Take a chunk for delivery; ``ConditionFailed`` with the item if it is done, leased by another, or missing."""
        pk, sk = self._chunk_key(send, number)
        taken: dict[str, Value] = {"state": "sending", "lease_until": now + seconds}
        free: list[tuple[str, str, Any]] = [("pk", "exists", None), ("lease_until", "<=", now), ("state", "<>", "done")]
        return _chunk_from_item(self._table.update(Update(pk=pk, sk=sk, set=taken, add={"attempt": 1}, when=free)))

    def record(self, chunk: Chunk, before: Mapping[str, int], now: int) -> None:
        """Write a leased chunk's results, end the lease and move the send's counters by the difference, all or nothing.

        ``before`` are the chunk's counts when it was leased. Whoever records the last planned mail finishes the send in the
        same transaction. ``ConditionFailed`` with the chunk's item if the lease was lost to another worker.
        """
        pk, sk = self._chunk_key(chunk.send, chunk.number)
        result: dict[str, Value] = {"state": chunk.state, "lease_until": 0, "mails": pack_mails(chunk.mails)}
        mine = Update(pk=pk, sk=sk, set=result, when=[("attempt", "=", chunk.attempt), ("state", "=", "sending")])
        after = chunk.counts()
        moved = {f"counts.{state}": after.get(state, 0) - before.get(state, 0) for state in {*after, *before}}
        moved = {path: count for path, count in moved.items() if count}
        if not moved:
            self._table.update(mine)
            return
        for counters in self._counters(chunk, moved, now):
            try:
                transact(self._client, [(self._table, mine), (self._table, counters)])
                return
            except ConditionFailed as failed:
                if failed.item is None or failed.item["sk"] == sk:
                    raise

    def _counters(self, chunk: Chunk, moved: Mapping[str, int], now: int) -> list[Update]:
        """The ways to move a send's counters, the likeliest first: mails are left, this was the last, the send was stopped."""
        planned = -moved.get("counts.planned", 0)
        finish: dict[str, Value] = {"state": "finished", "finished_at": now}
        update = Update(pk=_pk(self.school, chunk.listed), sk=chunk.send, add=moved, when=[("pk", "exists", None)])
        more = replace(update, when=[("counts.planned", ">", planned)])
        last = replace(update, set=finish, when=[("counts.planned", "=", planned), ("state", "=", "running")])
        return [more, last, update] if chunk.listed else [last, more, update]

    def _chunk_key(self, send: str, number: int) -> tuple[str, str]:
        return f"{self.school}#SEND#{send}", f"CHUNK#{number:05d}"

    def _chunk_to_item(self, chunk: Chunk) -> dict[str, Value]:
        pk, sk = self._chunk_key(chunk.send, chunk.number)
        return {
            "pk": pk,
            "sk": sk,
            "send": chunk.send,
            "number": chunk.number,
            "listed": chunk.listed,
            "mail": chunk.mail,
            "links_expire_at": chunk.expires_at,
            "state": chunk.state,
            "lease_until": chunk.lease_until,
            "attempt": chunk.attempt,
            "mails": pack_mails(chunk.mails),
            "expires_at": chunk.expires_at + _KEPT,
        }
