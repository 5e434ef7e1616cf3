"""The ledger: chunks of sends in the table ``activity``. Every change of one moves its send's counters in the same transaction.

Three times decide who may send a mail of a chunk. A worker takes the chunk, and dies:

    lease                 lease_until            mail.at + grace_of(chunk)         chunk.expires_at
    ├─────────────────────────┤──────────────────────────┤───────────────────────────────┤──────────▶
    │ leased: the worker has  │ grace: what it had in    │ sent again, with the same     │ expired: the link
    │ it; another is told to  │ hand is ``sending``. SES │ link, because no event of SES │ would not work, so
    │ try later               │ may have taken it, so    │ has come. Such an event would │ nothing goes out
    │                         │ its event is awaited.    │ have settled it, at any time  │ any more
    │                         │ Mails that are only      │                               │
    │                         │ ``planned`` are taken    │                               │

The grace is 15 minutes; for one person's own mail it is a minute, which doubles from worker to worker. It belongs to each mail:
it runs from when the mail came to be ``sending``, not from the end of the lease.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, replace
from random import SystemRandom
from typing import Final

from latchkey.errors import NotFound, TryLater
from latchkey.sends.model.drift import Changed, changed_of, nobody
from latchkey.sends.model.ledger import grace_left, merge, open_of, refused, settle, take, tally
from latchkey.sends.model.mail_states import Fact
from latchkey.sends.model.school_brake import moved as school_moved
from latchkey.sends.model.send import Chunk, Mail, Send, Tally
from latchkey.sends.stores.items import REFUSED, TALLY, chunk_from_item, chunk_key, chunk_to_item, pack_mails, send_pk
from latchkey.sends.stores.school_hours import SchoolHours
from latchkey.shared.stores.aws import Client
from latchkey.shared.stores.dynamo import Condition, ConditionFailed, Table, Update, Value, transact

_CHANCE: Final = SystemRandom()  # what is started from one snapshot must not wait alike
_TRIES: Final = 12  # how often a write starts again when others were quicker


class SendStopped(Exception):
    """The send is not running (any more): nothing of it may go out now. ``state`` is the send's."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


class Ledger:
    """The chunks of one school's sends."""

    def __init__(self, client: Client, table: Table, school: str) -> None:
        self._client = client
        self._table = table
        self._hours = SchoolHours(table, school)
        self.school = school

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

    def first_chunks(self, sends: Iterable[str]) -> dict[str, Chunk]:
        """The first chunk of each of these sends, where there is one: one call for a hundred."""
        items = self._table.get_many(self._chunk_key(send, 1) for send in sends)
        return {chunk.send: chunk for chunk in map(chunk_from_item, items)}

    def all_chunks(self, wanted: Iterable[tuple[str, int]], *, eventual: bool = False) -> dict[str, list[Chunk]]:
        """These chunks, by the id of their send: one call for a hundred. ``eventual``: not as of the last second."""
        found: dict[str, list[Chunk]] = {}
        for item in self._table.get_many((self._chunk_key(send, number) for send, number in wanted), eventual=eventual):
            found.setdefault(item["send"], []).append(chunk_from_item(item))
        return found

    def chunks(self, send: str) -> Iterator[Chunk]:
        """All chunks of a send, in order."""
        for page in self._table.pages(f"{self.school}#SEND#{send}", prefix="CHUNK#"):
            yield from (chunk_from_item(item) for item in page)

    def chunk_page(self, send: str, *, after: int = 0, most: int = 10, eventual: bool = False) -> tuple[list[Chunk], int | None]:
        """The next chunks after this number, at most so many, and the number to go on after (None: no more).

        ``eventual``: not as of the last second.
        """
        pk, sk = self._chunk_key(send, after)
        page = self._table.page(pk, start={"pk": pk, "sk": sk} if after else None, prefix="CHUNK#", limit=most, eventual=eventual)
        chunks = [chunk_from_item(item) for item in page.items]
        return chunks, chunks[-1].number if page.next and chunks else None

    def lease(
        self, send: str, number: int, now: int, seconds: int, *, seen: Chunk | None = None, changed: Changed = nobody
    ) -> Chunk:
        """Take a chunk for delivery: what this worker has to send is ``planned`` in it and ``sending`` in the ledger.

        One that is done comes back as it is. ``seen`` saves the read; where it is out of date, the condition of the write fails
        and says how the chunk is by now. ``changed`` says who of a chunk no longer is as the send was planned for: they are
        skipped in the same write, and where nobody else is left nothing is taken.

        ``NotFound`` if there is no such chunk or send; ``SendStopped`` if its send is not running; ``TryLater`` if another worker
        has it, or if all that is left may have been sent by a worker that died, and the grace still runs.
        """
        chunk = seen or self.chunk(send, number)
        running: Condition = ("state", "=", "running")
        for _ in range(_TRIES):
            if chunk is None:
                raise NotFound()
            if chunk.state == "done":
                return chunk
            if chunk.lease_until > now:
                raise TryLater("Another worker has this chunk.", seconds=chunk.lease_until - now)
            taken = take(chunk, now, seconds, changed(chunk))
            if taken is None:
                wait = grace_left(chunk, now)
                raise TryLater("The rest of this chunk may have been sent already; waiting for SES's events.", seconds=wait)
            try:
                revision = self._write([(chunk, taken.stored)], now, [running])
            except ConditionFailed as failed:
                chunk = self._lost_to(failed, chunk)
            else:
                return replace(taken.work, revision=revision)
        raise TryLater("Too many workers want this chunk.")

    def record(self, work: Chunk, results: Sequence[Mail], now: int) -> Chunk:
        """Write what became of a leased chunk's mails and give it back; returns it as it then is.

        ``work`` is the chunk as ``lease`` gave it, ``results`` its mails in the same order: ``planned`` where nothing was sent,
        ``sending`` where nobody knows. What SES has told meanwhile counts where it is stronger.
        """
        stored, stopped = _as_leased(work), False
        back = any(result.state == "planned" for mail, result in zip(work.mails, results, strict=True) if mail.state == "planned")
        # Nobody would ever cancel a mail that goes back to ``planned`` after its send was cancelled.
        not_cancelled: Condition = ("state", "<>", "cancelled")
        for attempt in range(_TRIES):
            when = [not_cancelled] if back and not stopped else []
            new = settle(merge(stored, work, results, stopped=stopped), now)
            try:
                revision = self._write([(stored, new)], now, when)
            except ConditionFailed as failed:
                try:
                    stored = self._lost_to(failed, stored)
                except SendStopped:
                    stopped = True
                _pause(attempt)
            else:
                return replace(new, revision=revision)
        raise TryLater("Too many write to this chunk.")

    def record_and_lease(
        self, work: Chunk, results: Sequence[Mail], following: Chunk, now: int, seconds: int, *, changed: Changed = nobody
    ) -> tuple[Chunk, Chunk] | None:
        """``record`` a chunk and ``lease`` the one that follows it, both or neither: the chunks as they then are.

        None, and nothing is written, where the one write cannot do it: somebody has written to one of the two, the send does not
        run, or nothing of the second may be sent now. ``record`` and ``lease`` then find out by themselves.

            one worker     lease 1 ── SES ── record 1 + lease 2 ── SES ── record 2 + lease 3 ── ...
            dies here                  ✗ 1 is in doubt        here ✗ 2 is in doubt, and only 2

        So what is in doubt is never more than one chunk, and a send that is paused gives out no other.
        """
        if following.state == "done" or following.lease_until > now:
            return None
        taken = take(following, now, seconds, changed(following))
        if taken is None:
            return None
        stored = _as_leased(work)
        new = settle(merge(stored, work, results), now)
        running: Condition = ("state", "=", "running")
        try:
            self._write([(stored, new), (following, taken.stored)], now, [running])
        except ConditionFailed:
            return None
        return replace(new, revision=stored.revision + 1), replace(taken.work, revision=following.revision + 1)

    def amend(self, send: str, number: int, change: Callable[[Chunk], Chunk], now: int, since: int = 0) -> Chunk:
        """Change the mails of a chunk, and the send's counters with them, all or nothing; returns the chunk as it then is.

        ``change`` gets the chunk as it is and can be called again when somebody else was quicker. Nothing is written when it
        changes nothing. ``since``: what comes back of mails from before then does not count for the school's brake.
        ``NotFound`` if there is no such chunk or send.
        """
        old = self.chunk(send, number)
        for attempt in range(_TRIES):
            if old is None:
                raise NotFound()
            new = settle(change(old), now)
            if new.mails == old.mails:
                return old
            try:
                return replace(new, revision=self._write([(old, new)], now, [], since))
            except ConditionFailed as failed:
                old = self._lost_to(failed, old)
            _pause(attempt)
        raise TryLater("Too many write to this chunk.")

    def _lost_to(self, failed: ConditionFailed, chunk: Chunk) -> Chunk:
        """The chunk of somebody who was quicker; ``SendStopped`` if it was the send that was not as wanted."""
        if failed.item is None:
            raise NotFound() from failed
        if failed.item["sk"] == self._chunk_key(chunk.send, chunk.number)[1]:
            return chunk_from_item(failed.item)
        raise SendStopped(failed.item["state"])

    def _write(self, changes: Sequence[tuple[Chunk, Chunk]], now: int, when: Sequence[Condition], since: int = 0) -> int:
        """Write chunks of one send that are still as they were read, and move the send's counters by the difference; the first
        one's new revision.

        The mails of an admin's send count in the school's hour, too.

        ``when``: what must hold of the send. Whoever settles the last open mail of a running send finishes it in the same
        transaction. ``ConditionFailed`` with the item, a chunk's or the send's, that was not as expected.
        """
        chunks = [self._of(old, new) for old, new in changes]
        moved = _moved(changes)
        new = changes[0][1]
        if not moved and not when and len(chunks) == 1:
            self._table.update(chunks[0])
            return changes[0][0].revision + 1
        ways = self._counters(new, moved, now, when)
        hours = [school_moved(before, after, since) for before, after in changes] if new.origin == "admin" else []
        hour = Tally(*map(sum, zip(*map(astuple, hours), strict=True))) if hours else Tally()
        also = [(self._table, self._hours.counted(hour, now))] if hour != Tally() else []
        mine = {chunk.sk for chunk in chunks}
        for place, counters in enumerate(ways):
            try:
                transact(self._client, [*((self._table, chunk) for chunk in chunks), (self._table, counters), *also])
                break
            except ConditionFailed as failed:
                last = place == len(ways) - 1
                if last or failed.item is None or failed.item["sk"] in mine:
                    raise
        return changes[0][0].revision + 1

    def _of(self, old: Chunk, new: Chunk) -> Update:
        """The write of a chunk that is still as it was read."""
        pk, sk = self._chunk_key(new.send, new.number)
        facts: dict[str, Value] = {"state": new.state, "lease_until": new.lease_until, "mails": pack_mails(new.mails)}
        exists: Condition = ("pk", "exists", None)
        nobody_wrote_since: Condition = ("revision", "=", old.revision or None)
        counted = {"revision": 1, "attempt": new.attempt - old.attempt}
        return Update(pk=pk, sk=sk, set=facts, add=counted, when=[exists, nobody_wrote_since])

    def _counters(self, chunk: Chunk, moved: Mapping[str, int], now: int, when: Sequence[Condition]) -> list[Update]:
        """The ways to move a send's counters, the likeliest first: mails are left, this was the last, the brake has paused it and
        this was the last, the send is stopped. What the brake has paused is finished with its last mail: nothing is left to
        look into. What an admin has paused is finished when they resume it.

        One of them holds at any time, but the send can go from one to another while they are tried in turn:

            this worker    more? no: this is the last          last? no: paused            stopped? no: resumed
            the others                               paused                       resumed

        So all are tried three times.
        """
        settled = -moved.get("open", 0)
        add = dict(moved) or {"open": 0}  # a transaction has no write that only looks at a condition
        exists: Condition = ("pk", "exists", None)
        update = Update(pk=send_pk(self.school, chunk.origin), sk=chunk.send, add=add, when=[exists, *when])
        if settled <= 0:
            return [update]
        others_left: Condition = ("open", ">", settled)
        none_left: Condition = ("open", "=", settled)
        running: Condition = ("state", "=", "running")
        paused: Condition = ("state", "=", "paused")
        by_the_brake: Condition = ("reason", "exists", None)
        by_an_admin: Condition = ("reason", "missing", None)
        # Not simply the update: resumed in this moment, the send would run on with nothing left and never finish.
        over: list[Condition] = [("state", "<>", "running"), ("state", "<>", "paused")]
        finished: dict[str, Value] = {"state": "finished", "finished_at": now}
        more = replace(update, when=[others_left, *when])
        last = replace(update, set=finished, when=[none_left, running])
        braked = replace(update, set={**finished, "reason": None}, when=[none_left, paused, by_the_brake, *when])
        held = replace(update, when=[paused, by_an_admin, *when])
        ended = replace(update, when=[*over, *when])
        ways = [more, last] if chunk.origin == "admin" else [last, more]
        return [*ways, braked, held, ended] * 3

    def _chunk_key(self, send: str, number: int) -> tuple[str, str]:
        return chunk_key(self.school, send, number)


def _as_leased(work: Chunk) -> Chunk:
    """A chunk as ``lease`` has written it, from what it gave: what the worker has to send is ``sending`` since then."""
    held = Fact("sending", None, work.leased_at)
    return replace(work, mails=tuple(mail.with_fact(held) if mail.state == "planned" else mail for mail in work.mails))


def _moved(changes: Sequence[tuple[Chunk, Chunk]]) -> dict[str, int]:
    """By how much the send's counters move."""
    moved: Counter[str] = Counter()
    for old, new in changes:
        before, after = old.counts(), new.counts()
        moved.update({f"counts.{state}": after[state] - before[state] for state in {*after, *before}})
        moved["open"] += open_of(after) - open_of(before)
        moved["changed"] += changed_of(new) - changed_of(old)
        for names, count in ((TALLY, tally), (REFUSED, refused)):
            for name, was, now in zip(names, astuple(count(old)), astuple(count(new)), strict=True):
                moved[name] += now - was
    return {path: count for path, count in moved.items() if count}


def _pause(attempt: int) -> None:
    time.sleep(_CHANCE.uniform(0, min(0.5, 0.01 * 2**attempt)))  # spreads retries
