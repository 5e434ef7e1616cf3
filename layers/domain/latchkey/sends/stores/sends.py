"""Sends in the table ``activity``. Their chunks, whose every change moves a send's counters, are in ledger.py."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import astuple, replace
from typing import Any, Final

from latchkey.audit.stores.audit import EventWrite
from latchkey.errors import Changed
from latchkey.sends.model.brake import Brake
from latchkey.sends.model.ledger import open_of
from latchkey.sends.model.progress import gone
from latchkey.sends.model.school_brake import SchoolBrake
from latchkey.sends.model.send import NOT_APPROVED, NOT_QUEUED, Chunk, Need, Origin, Pick, Send
from latchkey.sends.stores.items import chunk_to_item, send_from_item, send_pk, send_to_item
from latchkey.sends.stores.school_hours import SinceWrite
from latchkey.shared.stores.aws import Client
from latchkey.shared.stores.dynamo import Condition, ConditionFailed, Put, Table, Update, Value, transact

_MISSING: Final[Condition] = ("pk", "missing", None)
_TAKERS: Final[Mapping[Pick, str]] = {"failed": "retries", "changed": "replans", "cancelled": "rests"}
_NOT_WAITING: Final[Mapping[str, Value]] = {"waiting": None, "waiting_since": None}


class Sends:
    """The sends of one school. What changes one raises ``Changed`` if it is no longer as it was read."""

    def __init__(self, client: Client, table: Table, school: str) -> None:
        self._client = client
        self._table = table
        self.school = school

    def make(self, send: Send, event: EventWrite | None = None) -> bool:
        """Write a new send, with the event that tells of it; False if it exists already (its message was delivered twice)."""
        made = Put(item=send_to_item(self.school, send), when=[_MISSING])
        try:
            if event is None:
                self._table.put(made)
            else:
                transact(self._client, [(self._table, made), event])
        except ConditionFailed:
            return False
        return True

    def make_planned(self, send: Send, chunks: Sequence[Chunk]) -> bool:
        """Write a new send and its few chunks, all or nothing; False if it exists already."""
        items = [*(chunk_to_item(self.school, chunk) for chunk in chunks), send_to_item(self.school, send)]
        try:
            transact(self._client, [(self._table, Put(item=item, when=[_MISSING])) for item in items])
        except ConditionFailed:
            return False
        return True

    def get(self, send: str, *, origin: Origin = "admin") -> Send | None:
        """The send with this id."""
        item = self._table.get(send_pk(self.school, origin), send)
        return send_from_item(item) if item else None

    def some(self, ids: Sequence[str]) -> dict[str, Send | None]:
        """These of admins' sends by id, None for those that there are not: one call for a hundred."""
        pk = send_pk(self.school, "admin")
        found = {send.id: send for send in map(send_from_item, self._table.get_many((pk, each) for each in ids))}
        return {each: found.get(each) for each in ids}

    def page(
        self, *, after: str | None = None, limit: int = 50, origin: Origin = "admin", eventual: bool = False
    ) -> tuple[list[Send], str | None]:
        """Admins' sends, or people's own, newest first, and the id after which the next page begins.

        ``eventual``: not as of the last second.
        """
        pk = send_pk(self.school, origin)
        start = {"pk": pk, "sk": after} if after else None
        page = self._table.page(pk, start=start, limit=limit, newest_first=True, eventual=eventual)
        return [send_from_item(item) for item in page.items], page.next["sk"] if page.next else None

    def all(self) -> Iterator[Send]:
        """All of admins' sends, newest first: one call for each megabyte of them."""
        for page in self._table.pages(send_pk(self.school, "admin"), newest_first=True):
            yield from (send_from_item(item) for item in page)

    def since(self, at: int) -> Iterator[Send]:
        """Admins' sends that were made since then, newest first: one call for each megabyte of them."""
        for send in self.all():  # ids sort by time
            if send.created_at < at:
                return
            yield send

    def with_links_since(self, since: int) -> Iterator[Send]:
        """The sends, an admin's or one person's, whose mails hold links and may have left since then."""
        for send in self.all():
            if send.kind == "password_link" and max(send.created_at, send.moving_since or 0, send.finished_at or 0) >= since:
                yield send
        for page in self._table.pages(send_pk(self.school, "person"), newest_first=True):
            for send in map(send_from_item, page):
                if send.created_at < since:
                    return  # ids sort by time
                if send.kind in {"password_link", "forgot_password"}:
                    yield send

    # Started

    def not_queued(self, send: Send, now: int) -> Send:
        """A queued send has failed: its message never reached the queue."""
        never_planned = ("state", "=", "queued")
        return self._change(send, {"state": "failed", "reason": NOT_QUEUED, "finished_at": now}, [never_planned])

    def revive(self, send: Send) -> Send:
        """Queue a send again whose message never reached the queue."""
        still_failed, for_this_reason = ("state", "=", "failed"), ("reason", "=", NOT_QUEUED)
        return self._change(send, {"state": "queued", "reason": None, "finished_at": None}, [still_failed, for_this_reason])

    def approve(self, send: Send, admin: str, event: EventWrite) -> Send:
        """Another admin agrees to a send."""
        facts: dict[str, Value] = {"approval": "given", "approved_by": admin}
        return self._turn(send, facts, [_as_read(send), _UNDECIDED], event)

    def give_up(self, send: Send, now: int, event: EventWrite) -> Send:
        """Cancel a send that nobody has approved in time."""
        facts: dict[str, Value] = {"state": "cancelled", "reason": NOT_APPROVED, "finished_at": now}
        return self._turn(send, facts, [_as_read(send), _UNDECIDED], event)

    # Planned, by one worker at a time:
    #
    #     start_planning                                        planning_until
    #     ├──────────────────────────────────────────────────────────┤────────────────────────▶
    #     │ one worker has it. The send may be paused or cancelled   │ another worker may take it, with a planning_until
    #     │ meanwhile: then it is given back as it is, unplanned     │ of its own: what the first one writes is Changed

    def start_planning(self, send: Send, now: int, seconds: int) -> Send:
        """Take a queued send for planning; ``Changed`` if it is planned already or another worker has it."""
        not_planned, nobody_plans = ("state", "=", "queued"), ("planning_until", "<=", now)
        same_time: Condition = ("start_at", "=", send.start_at)  # see ``reschedule``
        return self._change(send, {"planning_until": now + seconds}, [not_planned, nobody_plans, same_time])

    def finish_planning(self, planned: Send) -> Send:
        """Let a planned send run, or finish, with the counts of its plan. One that was stopped meanwhile stays so, unplanned."""
        facts: dict[str, Value] = {
            "state": planned.state,
            "finished_at": planned.finished_at,
            "moving_since": planned.moving_since,
            "total": planned.total,
            "chunks": planned.chunks,
            "counts": dict(planned.counts),
            "open": open_of(planned.counts),
            "skips": dict(planned.skips),
            "reason": planned.reason,
        }
        return self._give_back(planned, facts)

    def put_off(self, send: Send) -> Send:
        """Give a send back that is to be planned later."""
        return self._give_back(send, {"planning_until": 0})

    def hold(self, send: Send, why: Need, until: int) -> Send:
        """Give a send back that needs another admin's approval, as its plan shows. It is planned anew afterwards."""
        return self._give_back(send, {"approval": "needed", "need": why, "approve_by": until, "planning_until": 0})

    def _give_back(self, send: Send, facts: Mapping[str, Value]) -> Send:
        still_mine: Condition = ("planning_until", "=", send.planning_until)
        not_stopped: Condition = ("state", "=", "queued")
        stopped: Condition = ("state", "<>", "queued")
        while True:
            try:
                return self._change(send, facts, [not_stopped, still_mine])
            except ConditionFailed:
                try:
                    return self._change(send, {"planning_until": 0}, [stopped, still_mine])
                except ConditionFailed as failed:
                    if failed.item is None or failed.item.get("planning_until") != send.planning_until:
                        raise  # another worker has it; if it is mine, it was stopped and resumed between the two writes

    # Running

    def set_waiting(self, send: str, reason: str | None, now: int, *, origin: Origin) -> None:
        """Write down why a running send waits and since when, or (None) that it no longer does."""
        facts: dict[str, Value] = {"waiting": reason, "waiting_since": now} if reason else {**_NOT_WAITING}
        running, says_another = ("state", "=", "running"), ("waiting", "<>", reason)
        says_any = ("waiting", "exists", None)
        when = [running, says_another] if reason else [says_any]
        with suppress(ConditionFailed):  # it says so already, or it is stopped
            self._table.update(Update(pk=send_pk(self.school, origin), sk=send, set=facts, when=when))

    def brake(self, send: Send, reason: Brake | SchoolBrake, event: EventWrite) -> Send:
        """Pause a running send because too much of it, or of all that its school mailed, came back."""
        running: Condition = ("state", "=", "running")
        # Of two workers who saw the same numbers one pauses it. An admin may have resumed it meanwhile: it counts anew then.
        counted_from_there: Condition = ("braked", "=", list(astuple(send.braked)))
        facts: dict[str, Value] = {"state": "paused", "reason": reason, **_NOT_WAITING}
        return self._turn(send, facts, [running, counted_from_there], event)

    def pause(self, send: Send, event: EventWrite) -> Send:
        """Hold a send: from now on no worker takes a chunk of it."""
        return self._turn(send, {"state": "paused", "reason": None, **_NOT_WAITING}, [_as_read(send)], event)

    def resume(self, send: Send, now: int, event: EventWrite, anew: SinceWrite | None = None) -> Send:
        """Let a paused send go on: to be planned, or running; finished if nothing is left to do. With ``anew`` the school's brake
        counts from now on.

        What a worker had in hand when it was paused may be the last of it, and be recorded in this moment:

            paused      the worker records its mails: open 2 -> 0, and finishes no send that is not running
                 read: open 2                        │
                        └── running, if open > 0 ──▶ ✗ Changed; read again: open 0 ──▶ finished
        """
        facts: dict[str, Value]
        if not send.chunks:  # it was paused before it was planned
            not_planned_meanwhile: Condition = ("chunks", "=", 0)
            facts, also = {"state": "queued", "reason": None}, not_planned_meanwhile
        elif not open_of(send.counts):
            nothing_left: Condition = ("open", "=", 0)
            facts, also = {"state": "finished", "reason": None, "finished_at": now}, nothing_left
        else:
            something_left: Condition = ("open", ">", 0)
            facts = {"state": "running", "reason": None, "moving_since": now, "moved_before": gone(send)}
            if send.was_braked:
                facts["refused_before"] = list(astuple(send.refused))
                facts["braked"] = list(astuple(send.tally))  # the brake counts anew: an admin has seen what came back until now
            also = something_left
        return self._turn(send, facts, [_as_read(send), also], event, anew)

    def cancel(self, send: Send, now: int, event: EventWrite, *, revoke: bool) -> Send:
        """Stop a send for good; ``revoke``: and its links with it, which can be asked for later as well."""
        ended = send.finished_at if send.state == "cancelled" else now
        facts: dict[str, Value] = {"state": "cancelled", "reason": None, **_NOT_WAITING, "finished_at": ended}
        return self._turn(send, facts | {"revoke": send.revoke or revoke or None}, [_as_read(send)], event)

    def add_taker(self, send: Send, pick: Pick, taker: str, event: EventWrite) -> Send:
        """A new send takes up what failed in this one, those who had changed since it was planned, or who got nothing.

        Returns this one as it was read, with its taker. ``Changed`` if another has taken them up.
        """
        name = _TAKERS[pick]
        before: list[Value] = list(getattr(send, name))
        nobody_else_takes: Condition = (name, "=", before or None)
        transact(self._client, [(self._table, self._change_of(send, {name: [*before, taker]}, [nobody_else_takes])), event])
        taken: Any = {name: (*getattr(send, name), taker)}
        return replace(send, **taken)

    def reschedule(self, send: Send, start_at: int | None, now: int, event: EventWrite) -> Send:
        """Another time for a send that has not begun.

            change      read: starts 18:00 ───────────── write 19:00, if nobody plans ✓
            worker              18:00: takes it for planning, if it still starts at 18:00 ✗ Changed: reads 19:00, and leaves it

        Were the worker first, the change finds that somebody plans, and is refused.
        """
        not_planned: Condition = ("chunks", "=", 0)
        nobody_plans: Condition = ("planning_until", "<=", now)
        as_it_was: Condition = ("start_at", "=", send.start_at)
        return self._turn(send, {"start_at": start_at}, [_as_read(send), not_planned, nobody_plans, as_it_was], event)

    def _turn(
        self,
        send: Send,
        facts: Mapping[str, Value],
        when: Sequence[Condition],
        event: EventWrite,
        anew: SinceWrite | None = None,
    ) -> Send:
        """Change a send together with the audit event that tells of it, all or nothing."""
        transact(self._client, [(self._table, self._change_of(send, facts, when)), event, *([anew] if anew else [])])
        turned = self.get(send.id, origin=send.origin)
        if turned is None:
            raise Changed
        return turned

    def _change(self, send: Send, facts: Mapping[str, Value], when: Sequence[Condition]) -> Send:
        return send_from_item(self._table.update(self._change_of(send, facts, when)))

    def _change_of(self, send: Send, facts: Mapping[str, Value], when: Sequence[Condition]) -> Update:
        return Update(pk=send_pk(self.school, send.origin), sk=send.id, set=facts, when=when)


_UNDECIDED: Final[Condition] = ("approval", "=", "needed")
"""Approved and given up in the same moment: one of the two."""


def _as_read(send: Send) -> Condition:
    """Nobody has paused, resumed, cancelled or planned it since it was read."""
    return "state", "=", send.state
