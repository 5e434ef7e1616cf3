"""Sends and their ledger in the table ``activity``: every change of a chunk moves its send's counters in the same transaction."""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, replace
from typing import Any, Final

from latchkey.errors import TryLater
from latchkey.sends.model.brake import BRAKES
from latchkey.sends.model.ledger import merge, open_of, settle, take, tally
from latchkey.sends.model.mail_states import Fact
from latchkey.sends.model.send import Chunk, Mail, Send
from latchkey.sends.stores.items import (
    TALLY,
    chunk_from_item,
    chunk_key,
    chunk_to_item,
    pack_mails,
    send_from_item,
    send_pk,
    send_to_item,
)
from latchkey.shared.stores.aws import Client
from latchkey.shared.stores.dynamo import ConditionFailed, Item, Put, Table, Update, Value, transact

_KEY_KEPT: Final = 30 * 86_400
_TRIES: Final = 12  # how often a write starts again when others were quicker


class SendStopped(Exception):
    """The send is not running (any more): nothing of it may go out now. ``state`` is the send's."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


class Sends:
    """The sends of one school."""

    def __init__(self, client: Client, table: Table, school: str) -> None:
        self._client = client
        self._table = table
        self.school = school

    def make(self, send: Send) -> bool:
        """Write a new send; False if it exists already (its message was delivered twice)."""
        try:
            self._table.put(Put(item=send_to_item(self.school, send), when=[("pk", "missing", None)]))
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
        item = self._table.get(send_pk(self.school, listed=listed), send)
        return send_from_item(item) if item else None

    def page(self, *, after: str | None = None, limit: int = 50) -> tuple[list[Send], str | None]:
        """Admins' sends, newest first, and the cursor of the next page."""
        pk = send_pk(self.school, listed=True)
        start = {"pk": pk, "sk": after} if after else None
        page = self._table.page(pk, start=start, limit=limit, newest_first=True)
        return [send_from_item(item) for item in page.items], page.next["sk"] if page.next else None

    def all(self) -> Iterator[Send]:
        """All of admins' sends, newest first: one call for each megabyte of them."""
        for page in self._table.pages(send_pk(self.school, listed=True), newest_first=True):
            yield from (send_from_item(item) for item in page)

    def change(self, send: Send, facts: Mapping[str, Value], when: Iterable[tuple[str, str, Any]]) -> Send:
        """Set attributes of a send; ``ConditionFailed`` if one of ``when`` does not hold."""
        return send_from_item(self._table.update(self._change_of(send, facts, when)))

    def turn(
        self, send: Send, facts: Mapping[str, Value], when: Iterable[tuple[str, str, Any]], event: tuple[Table, Put]
    ) -> Send:
        """The same, together with the audit event that tells of it, all or nothing."""
        transact(self._client, [(self._table, self._change_of(send, facts, when)), event])
        turned = self.get(send.id, listed=send.listed)
        if turned is None:
            raise ConditionFailed(None)
        return turned

    def _change_of(self, send: Send, facts: Mapping[str, Value], when: Iterable[tuple[str, str, Any]]) -> Update:
        facts = dict(facts)
        if isinstance(counts := facts.get("counts"), dict):
            facts["open"] = open_of({state: count for state, count in counts.items() if isinstance(count, int)})
        if (send.state, facts.get("state")) == ("paused", "running") and send.reason in BRAKES:
            facts["braked"] = list(astuple(send.tally))  # the brake counts anew: an admin has seen what came back until now
        return Update(pk=send_pk(self.school, listed=send.listed), sk=send.id, set=facts, when=list(when))

    def set_waiting(self, send: str, reason: str | None, now: int, *, listed: bool) -> None:
        """Write down why a running send waits and since when, or (None) that it no longer does."""
        facts: dict[str, Value] = {"waiting": reason, "waiting_since": now if reason else None}
        when: list[tuple[str, str, Any]] = [("waiting", "exists", None)]
        if reason:
            when = [("state", "=", "running"), ("waiting", "<>", reason)]
        try:
            self._table.update(Update(pk=send_pk(self.school, listed=listed), sk=send, set=facts, when=when))
        except ConditionFailed:
            return  # it says so already, or it is stopped

    def make_planned(self, send: Send, chunks: Sequence[Chunk]) -> bool:
        """Write a new send and its few chunks, all or nothing; False if it exists already."""
        writes = [
            Put(item=item, when=[("pk", "missing", None)]) for item in (chunk_to_item(self.school, chunk) for chunk in chunks)
        ]
        writes.append(Put(item=send_to_item(self.school, send), when=[("pk", "missing", None)]))
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
        self._table.write_many(chunk_to_item(self.school, chunk) for chunk in chunks)

    def empty_after(self, send: Send, number: int) -> None:
        """Empty the chunks that an earlier plan of the same send has left behind this number."""
        while (left := self.chunk(send.id, number + 1)) is not None and left.mails:
            number += 1
            self.write_chunks([replace(left, mails=(), state="done")])

    def chunk(self, send: str, number: int) -> Chunk | None:
        """One chunk."""
        item = self._table.get(*self._chunk_key(send, number))
        return chunk_from_item(item) if item else None

    def chunks(self, send: str) -> Iterator[Chunk]:
        """All chunks of a send, in order."""
        for page in self._table.pages(f"{self.school}#SEND#{send}", prefix="CHUNK#"):
            yield from (chunk_from_item(item) for item in page)

    def chunk_page(self, send: str, *, after: int = 0) -> tuple[list[Chunk], int | None]:
        """The next chunks (at most 10) after this number, and the number to go on after (None: no more)."""
        pk, sk = self._chunk_key(send, after)
        page = self._table.page(pk, start={"pk": pk, "sk": sk} if after else None, prefix="CHUNK#", limit=10)
        chunks = [chunk_from_item(item) for item in page.items]
        return chunks, chunks[-1].number if page.next and chunks else None

    def seen(self, send: str, numbers: Iterable[int]) -> dict[int, Item]:
        """The chunks that exist, by number and in one call, to be leased one after the other."""
        return {item["number"]: item for item in self._table.get_many(self._chunk_key(send, number) for number in numbers)}

    def lease(self, send: str, number: int, now: int, seconds: int, seen: Item | None = None) -> Chunk:
        """Take a chunk for delivery: what this worker has to send is ``planned`` in it and ``sending`` in the ledger.

        ``seen`` saves the read; where it is out of date, the condition of the write fails and says how the chunk is by now.
        ``ConditionFailed`` with the item if it is done, leased by another, or missing; ``SendStopped`` if its send is not
        running; ``TryLater`` if all that is left may have been sent by a worker that died, and the grace period still runs.
        """
        item = seen or self._table.get(*self._chunk_key(send, number))
        for _ in range(_TRIES):
            if item is None or item["state"] == "done" or item.get("lease_until", 0) > now:
                raise ConditionFailed(item)
            chunk = chunk_from_item(item)
            taken = take(chunk, now, seconds)
            if taken is None:
                raise TryLater("Another worker may have sent the rest of this chunk; word of it is awaited.")
            try:
                revision = self._write(chunk, taken.stored, now, [("state", "=", "running")])
            except ConditionFailed as failed:
                item = self._lost_to(failed, chunk)
            else:
                return replace(taken.work, revision=revision)
        raise TryLater("Too many workers want this chunk.")

    def record(self, work: Chunk, results: Sequence[Mail], now: int) -> Chunk:
        """Write what became of a leased chunk's mails and give it back; returns it as it then is.

        ``work`` is the chunk as ``lease`` gave it, ``results`` its mails in the same order: ``planned`` where nothing was sent,
        ``sending`` where nobody knows. What SES has told meanwhile counts where it is stronger.
        """
        mine = {place for place, mail in enumerate(work.mails) if mail.state == "planned"}
        held = Fact("sending", None, work.leased_at)
        mails = tuple(mail.with_fact(held) if place in mine else mail for place, mail in enumerate(work.mails))
        stored, stopped = replace(work, mails=mails), False
        back = any(results[place].state == "planned" for place in mine)
        for attempt in range(_TRIES):
            when = [("state", "<>", "cancelled")] if back and not stopped else []
            new = settle(merge(stored, work, results, stopped=stopped), now)
            try:
                revision = self._write(stored, new, now, when)
            except ConditionFailed as failed:
                try:
                    stored = chunk_from_item(self._lost_to(failed, stored))
                except SendStopped:
                    stopped = True
                _pause(attempt)
            else:
                return replace(new, revision=revision)
        raise TryLater("Too many write to this chunk.")

    def amend(self, send: str, number: int, change: Callable[[Chunk], Chunk], now: int) -> Chunk:
        """Change the mails of a chunk, and the send's counters with them, all or nothing; returns the chunk as it then is.

        ``change`` gets the chunk as it is and can be called again when somebody else was quicker. Nothing is written when it
        changes nothing. ``ConditionFailed`` without an item if there is no such chunk or send.
        """
        item = self._table.get(*self._chunk_key(send, number))
        for attempt in range(_TRIES):
            if item is None:
                raise ConditionFailed(None)
            old = chunk_from_item(item)
            new = settle(change(old), now)
            if new.mails == old.mails:
                return old
            try:
                return replace(new, revision=self._write(old, new, now, []))
            except ConditionFailed as failed:
                item = self._lost_to(failed, old)
            _pause(attempt)
        raise TryLater("Too many write to this chunk.")

    def _lost_to(self, failed: ConditionFailed, chunk: Chunk) -> Item:
        """The chunk's item of somebody who was quicker; ``SendStopped`` if it was the send that was not as wanted."""
        if failed.item is None:
            raise failed
        if failed.item["sk"] == self._chunk_key(chunk.send, chunk.number)[1]:
            return failed.item
        raise SendStopped(failed.item["state"])

    def _write(self, old: Chunk, new: Chunk, now: int, when: Sequence[tuple[str, str, Any]]) -> int:
        """Write a chunk that is still as it was read, and move the send's counters by the difference; the new revision.

        Whoever settles the last open mail of a running send finishes it in the same transaction. ``ConditionFailed`` with the
        item, the chunk's or the send's, that was not as expected.
        """
        pk, sk = self._chunk_key(new.send, new.number)
        facts: dict[str, Value] = {"state": new.state, "lease_until": new.lease_until, "mails": pack_mails(new.mails)}
        same: list[tuple[str, str, Any]] = [("pk", "exists", None), ("revision", "=", old.revision or None)]
        counted = {"revision": 1, "attempt": new.attempt - old.attempt}
        mine = Update(pk=pk, sk=sk, set=facts, add=counted, when=same)
        moved = self._moved(old, new)
        if not moved and not when:
            self._table.update(mine)
            return old.revision + 1
        ways = self._counters(new, moved, now, when)
        for place, counters in enumerate(ways):
            try:
                transact(self._client, [(self._table, mine), (self._table, counters)])
                break
            except ConditionFailed as failed:
                last = place == len(ways) - 1
                if last or failed.item is None or failed.item["sk"] == sk:
                    raise
        return old.revision + 1

    def _moved(self, old: Chunk, new: Chunk) -> dict[str, int]:
        """By how much the send's counters move."""
        before, after = old.counts(), new.counts()
        moved = {f"counts.{state}": after[state] - before[state] for state in {*after, *before}}
        moved["open"] = open_of(after) - open_of(before)
        for name, was, now in zip(TALLY, astuple(tally(old)), astuple(tally(new)), strict=True):
            moved[name] = now - was
        return {path: count for path, count in moved.items() if count}

    def _counters(self, chunk: Chunk, moved: Mapping[str, int], now: int, when: Sequence[tuple[str, str, Any]]) -> list[Update]:
        """The ways to move a send's counters, the likeliest first: mails are left, this was the last, the send is stopped."""
        settled = -moved.get("open", 0)
        add = dict(moved) or {"open": 0}  # a transaction has no write that only looks at a condition
        update = Update(
            pk=send_pk(self.school, listed=chunk.listed), sk=chunk.send, add=add, when=[("pk", "exists", None), *when]
        )
        if settled <= 0:
            return [update]
        finish: dict[str, Value] = {"state": "finished", "finished_at": now}
        more = replace(update, when=[("open", ">", settled), *when])
        last = replace(update, set=finish, when=[("open", "=", settled), ("state", "=", "running")])
        # Not simply the update: resumed in this moment, the send would run on with nothing left and never finish.
        stopped = replace(update, when=[("state", "<>", "running"), *when])
        return ([more, last, stopped] if chunk.listed else [last, more, stopped]) * 3

    def _chunk_key(self, send: str, number: int) -> tuple[str, str]:
        return chunk_key(self.school, send, number)


def _pause(attempt: int) -> None:
    time.sleep(random.uniform(0, min(0.5, 0.01 * 2**attempt)))  # noqa: S311 - spreads retries, guards nothing
