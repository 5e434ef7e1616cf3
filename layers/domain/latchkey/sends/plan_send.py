"""Turn a send into chunks of mails: decide for each person, freeze what their link depends on, hand the chunks over."""

import gc
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from latchkey.errors import Invalid, Poison, TryLater
from latchkey.people.model.people_filter import parse
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from latchkey.sends import queue_chunks
from latchkey.sends.choose_from_send import chosen
from latchkey.sends.find_recent import sent_lately
from latchkey.sends.model.approval import OPEN_FOR, adults_of, holds, need
from latchkey.sends.model.mail_states import MAIL_STATES
from latchkey.sends.model.planning import chunks_of
from latchkey.sends.model.recent import is_being_planned
from latchkey.sends.model.send import Chunk, Need, Send
from latchkey.sends.needs import System
from latchkey.sends.stores.due import Reminder
from latchkey.sends.stores.sends import Sends
from latchkey.shared.stores.dynamo import Condition, ConditionFailed, Value

_PLAN_SECONDS = 330  # a little longer than the function may run
_STEP_BACK = 5, 30  # seconds
_AT_ONCE = 1_000  # people read by id in one go


def plan_send(system: System, school_slug: str, send_id: str) -> Send:
    """Plan a queued send and put its chunks on the queue; a message that comes again only puts what is left once more."""
    school = system.schools.get(school_slug)
    sends = system.sends(school_slug)
    send = sends.get(send_id)
    if school is None or send is None:
        raise Poison("a send or school that does not exist")
    if send.state == "queued" and not holds(send, system.now()):
        try:
            send = _plan(system, school, sends, send)
        except ConditionFailed:
            raise TryLater("Another worker is planning this send.") from None
    elif send.state == "running":
        left = (chunk.number for chunk in sends.chunks(send.id) if chunk.state != "done" and chunk.number <= send.chunks)
        queue_chunks.put_all(system, school.slug, send.id, left)
    return send


def _plan(system: System, school: School, sends: Sends, send: Send) -> Send:
    now = system.now()
    send = sends.start_planning(send, now, _PLAN_SECONDS)
    sent = _sent(sends, send, now)
    if sent is None:
        return _step_back(system, sends, send, now)
    people, unknown = _selected(system, school, send)
    counts: Counter[str] = Counter(dict.fromkeys(MAIL_STATES, 0))
    skips: Counter[str] = Counter()
    adults = 0
    waiting: list[int] = []
    number = 0

    def counted() -> Iterator[Chunk]:
        nonlocal number, adults
        for chunk in chunks_of(send, people, school, now, unknown, sent=sent):
            number = chunk.number
            if chunk.state == "planned":
                waiting.append(number)
            counts.update(chunk.counts())
            skips.update(mail.reason or "" for mail in chunk.mails if mail.state == "skipped")
            adults += adults_of(chunk)
            yield chunk

    with _uncollected():
        sends.write_chunks(counted())
    sends.empty_after(send, number)
    found = need(school.settings.approval, counts["planned"], adults) if send.approval != "given" else None
    if found is not None:
        return _hold(system, sends, send, found, now)
    planned = replace(send, total=counts.total(), chunks=number, counts=counts, skips=skips)
    turned = _turn(sends, planned, now if waiting else None, now + _PLAN_SECONDS)
    if turned.state not in {"running", "finished"}:
        return turned
    queue_chunks.begin(system, school.slug, send.id, max(waiting, default=0))
    facts: dict[str, str | int] = {
        "send": send.id,
        "total": planned.total,
        "planned": counts["planned"],
        "skipped": counts["skipped"],
    }
    system.audit(school.slug).record("plan_send", "send.planned", now, facts)
    return turned


def _sent(sends: Sends, send: Send, now: int) -> frozenset[str] | None:
    """Who was sent a link lately, if the send asks; None while another send is being planned, for its people are not known yet.

    Each looks after it has marked itself as being planned. So of two that ask, at least one sees the other, whoever was first.
    """
    within = send.selection.skip_sent_within
    if within and any(is_being_planned(each, now) for each in sends.all() if each.id != send.id):
        return None
    return sent_lately(sends, within, now, but=send.id)


def _step_back(system: System, sends: Sends, send: Send, now: int) -> Send:
    """Plan a send a few seconds later: how many is left to chance, so that two who saw each other do not meet again and again.

    By a new message, because it may take more tries than a message has.
    """
    delay = random.randint(*_STEP_BACK)  # noqa: S311 - spreads retries, guards nothing
    system.queue("PLAN_QUEUE").put({"kind": "send", "school": sends.school, "send": send.id}, delay=delay)
    return _give_back(sends, send, {"planning_until": 0}, now + _PLAN_SECONDS)


def _hold(system: System, sends: Sends, send: Send, why: Need, now: int) -> Send:
    """Let a send wait for another admin that has come to need one since it was made. Its chunks are planned anew afterwards."""
    system.due.put(Reminder(now + OPEN_FOR, sends.school, send.id))
    facts: dict[str, Value] = {"approval": "needed", "need": why, "approve_by": now + OPEN_FOR, "planning_until": 0}
    return _give_back(sends, send, facts, now + _PLAN_SECONDS)


def _turn(sends: Sends, planned: Send, moving_since: int | None, lease: int) -> Send:
    """Turn a planned send to running, or to finished if nobody gets a mail. One that was stopped stays so, unplanned."""
    now = lease - _PLAN_SECONDS
    facts: dict[str, Value] = {
        "state": "running" if moving_since else "finished",
        "finished_at": None if moving_since else now,
        "moving_since": moving_since,
        "total": planned.total,
        "chunks": planned.chunks,
        "counts": dict(planned.counts),
        "skips": dict(planned.skips),
    }
    return _give_back(sends, planned, facts, lease)


def _give_back(sends: Sends, send: Send, facts: Mapping[str, Value], lease: int) -> Send:
    """Write what planning came to. A send that was stopped meanwhile is given back as it is, to be planned when it is resumed."""
    while True:
        try:
            return sends.change(send, facts, [("state", "=", "queued"), ("planning_until", "=", lease)])
        except ConditionFailed:
            try:
                stopped: list[Condition] = [("state", "<>", "queued"), ("planning_until", "=", lease)]
                return sends.change(send, {"planning_until": 0}, stopped)
            except ConditionFailed as failed:
                if failed.item is None or failed.item.get("planning_until") != lease:
                    raise  # another worker has it


def _selected(system: System, school: School, send: Send) -> tuple[Iterator[Person], list[str]]:
    """The people of a send, and the ids that are nobody's; the second is complete when the first is used up."""
    directory = system.directory(school.slug)
    if send.selection.source is not None:
        return chosen(system, school.slug, send.selection, but=send.id), []
    if send.selection.filter is not None:
        try:
            return _once(directory.matching(parse(send.selection.filter))), []
        except Invalid:
            raise Poison("a send whose filter cannot be used") from None
    wanted = list(dict.fromkeys(send.selection.ids))
    unknown: list[str] = []

    def by_ids() -> Iterator[Person]:
        for start in range(0, len(wanted), _AT_ONCE):
            part = wanted[start : start + _AT_ONCE]
            found = directory.by_ids(part)
            known = {person.id for person in found}
            unknown.extend(each for each in part if each not in known)
            yield from found

    return by_ids(), unknown


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the garbage collector: planning makes a million small objects and no cycles, and walking them costs 40 %."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _once(people: Iterable[Person]) -> Iterator[Person]:
    """Nobody twice, even who moves to another group while the list is read."""
    seen: set[str] = set()
    for person in people:
        if person.id not in seen:
            seen.add(person.id)
            yield person
