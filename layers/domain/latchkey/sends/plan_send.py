"""Turn a send into chunks of mails: decide for each person, freeze what their link depends on, hand the chunks over."""

import gc
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from latchkey.errors import Changed, Invalid, NotFound, Poison, TryLater
from latchkey.mail.model.pace import chunk_mails
from latchkey.people.model.person import Person
from latchkey.roll.sources import FromDirectory
from latchkey.schools.model.school import School
from latchkey.schools.model.waiting import Notice
from latchkey.sends import queue_chunks
from latchkey.sends.brake_school import braked_now, record_brake
from latchkey.sends.choose_from_send import chosen
from latchkey.sends.find_recent import recent_sends
from latchkey.sends.look_up_invitees import as_they_are
from latchkey.sends.model.approval import OPEN_FOR, adults_of, holds, need
from latchkey.sends.model.mail_states import MAIL_STATES
from latchkey.sends.model.planning import chunks_of
from latchkey.sends.model.recent import is_being_planned
from latchkey.sends.model.send import Chunk, Need, Send
from latchkey.sends.model.send_names import facts_of
from latchkey.sends.needs import System
from latchkey.sends.parents_of_leavers import with_parents_of_leavers
from latchkey.sends.plan_invitations import TimeIsShort, chunks_of_invitations, decide, write_invitations
from latchkey.sends.select_people import group_of
from latchkey.sends.stores.reminders import Reminder
from latchkey.sends.tell_author import watch_for_author
from latchkey.shared.model.ids import is_id

_PLAN_SECONDS = 330  # a little longer than the function may run
_GIVE_BACK = 30  # seconds in which a worker that cannot go on tries to give a send back
_STEP_BACK = 5, 30  # seconds
_AT_ONCE = 1_000  # people read by id in one go


def plan_send(system: System, school_slug: str, send_id: str, left: Callable[[], float] | None = None) -> Send:
    """Plan a queued send and put its chunks on the queue; a message that comes again only puts what is left once more.

    ``left``: seconds that this worker may still run, where it is known.
    """
    school = system.schools.get(school_slug)
    send = system.sends(school_slug).get(send_id)
    if school is None or send is None:
        raise Poison("a send or school that does not exist")
    if send.state == "queued" and not holds(send, system.now()):
        send = _plan(system, school, send, left)
    elif send.state == "running":
        chunks = system.ledger(school.slug).chunks(send.id)
        open_ones = (chunk.number for chunk in chunks if chunk.state != "done" and chunk.number <= send.chunks)
        queue_chunks.put_all(system, school.slug, send.id, open_ones)
    return send


def _plan(system: System, school: School, queued: Send, left: Callable[[], float] | None) -> Send:
    """The send after its planning. Whatever goes wrong, nobody else should wait for this worker, and the queue tries again."""
    sends, now = system.sends(school.slug), system.now()
    try:
        send = sends.start_planning(queued, now, _PLAN_SECONDS)
    except Changed:
        found = sends.get(queued.id)
        wait = found.planning_until - now if found is not None and found.state == "queued" else 0
        raise TryLater("Another worker is planning this send.", seconds=wait) from None
    try:
        return _decide(system, school, send, now, left)
    except Changed:
        raise TryLater("Another worker is planning this send.") from None
    except Exception:  # whatever it was: nobody else should wait for this lease, and the queue tries again
        with suppress(Changed, TryLater):
            system.persist(lambda: sends.put_off(send), _GIVE_BACK)
        raise


def _decide(system: System, school: School, send: Send, now: int, left: Callable[[], float] | None) -> Send:
    sends, ledger = system.sends(school.slug), system.ledger(school.slug)
    sent = _sent(system, school.slug, send, now)
    if sent is None:
        return _step_back(system, school.slug, send)
    try:
        grid = None if send.kind == "parent_invitation" else system.known_grid()
        chunks = _chunks(system, school, send, now, sent=sent, left=left, size=chunk_mails(grid))
    except TimeIsShort:
        return _hand_over(system, school.slug, send)
    counts: Counter[str] = Counter(dict.fromkeys(MAIL_STATES, 0))
    skips: Counter[str] = Counter()
    adults = 0
    waiting: list[int] = []
    number = 0

    def counted() -> Iterator[Chunk]:
        nonlocal number, adults
        for chunk in chunks:
            number = chunk.number
            if chunk.state == "planned":
                waiting.append(number)
            counts.update(chunk.counts())
            skips.update(mail.reason or "" for mail in chunk.mails if mail.state == "skipped")
            adults += adults_of(chunk)
            yield chunk

    with _uncollected():
        ledger.write_chunks(counted())
    ledger.empty_after(send, number)
    found = _why_approval(system, school, send, people=counts["planned"], adults=adults, now=now)
    if found is not None:
        return _hold(system, school.slug, send, found, people=counts["planned"], now=now)
    braked = braked_now(system, school.slug) if waiting else None
    planned = replace(
        send,
        state="paused" if braked else "running" if waiting else "finished",
        reason=braked,
        finished_at=None if waiting else now,
        moving_since=now if waiting else None,
        total=counts.total(),
        chunks=number,
        counts=counts,
        skips=skips,
    )
    turned = sends.finish_planning(planned)
    if turned.state != planned.state or (braked and not turned.chunks):
        return turned  # it was stopped meanwhile
    watch_for_author(system, school.slug, turned)
    system.outlines(school.slug).want_of_large(turned, now)
    if not braked:
        queue_chunks.begin(system, school.slug, send.id, max(waiting, default=0), grid=grid)
    facts: dict[str, str | int] = {
        **facts_of(send),
        "total": planned.total,
        "planned": counts["planned"],
        "skipped": counts["skipped"],
    }
    system.audit(school.slug).record("plan_send", "send.planned", now, facts)
    if braked:
        record_brake(system, school.slug, turned, braked, "plan_send")
    return turned


def _chunks(
    system: System,
    school: School,
    send: Send,
    now: int,
    *,
    sent: frozenset[str],
    left: Callable[[], float] | None,
    size: int | None,
) -> Iterator[Chunk]:
    """What the send is cut into; of invitations these are written first, and a worker may run out of time over it."""
    if send.kind == "parent_invitation":
        decided = decide(as_they_are(system, school), send.selection, sent, send.id)
        invitations = write_invitations(system, school, send, decided, now=now, left=left)
        return chunks_of_invitations(send, decided, invitations, school, now)
    source = FromDirectory(system, school.slug, school, for_mail=True)
    selected, unknown = _selected(system, school, send, source)
    people = with_parents_of_leavers(selected, source)
    return chunks_of(send, people, school, now, unknown, sent=sent, size=size)


def _hand_over(system: System, school: str, send: Send) -> Send:
    """Let another worker go on; by a new message, because what is no failure must use up no try."""
    system.queue("PLAN_QUEUE").put({"kind": "send", "school": school, "send": send.id})
    return system.sends(school).put_off(send)


def _sent(system: System, school: str, send: Send, now: int) -> frozenset[str] | None:
    """Who was sent a link recently, if the send asks.

    None while another send is being planned: whom it will mail is not yet known.

    Each looks after it has marked itself as being planned. So of two that ask, at least one sees the other, whoever was first.
    """
    within = send.selection.skip_sent_within
    if within and any(is_being_planned(each, now) for each in system.sends(school).all() if each.id != send.id):
        return None
    return recent_sends(system, school, within, now, but=send.id, decides=True)


def _step_back(system: System, school: str, send: Send) -> Send:
    """Plan a send a few seconds later: how many is left to chance, so that two who saw each other do not meet again and again.

    By a new message, because it may take more tries than a message has.
    """
    delay = random.randint(*_STEP_BACK)  # noqa: S311 - spreads retries, guards nothing
    system.queue("PLAN_QUEUE").put({"kind": "send", "school": school, "send": send.id}, delay=delay)
    return system.sends(school).put_off(send)


def _why_approval(system: System, school: School, send: Send, *, people: int, adults: int, now: int) -> Need | None:
    """Why a send to so many people waits for another admin. If it does not, it counts from now on as what its maker sent alone.

    The operator's invitations wait for nobody: where no admin can be reached they are the way to another one.
    """
    if not is_id(send.created_by):
        return None
    rule, allowances = school.settings.approval, system.allowances(school.slug)
    why = need(rule, people, adults) if send.approval != "given" else None
    if why is not None or send.approval == "given":
        allowances.give_back(send.created_by, send.id, now)
        return why
    return None if allowances.take(send.created_by, send.id, people, now=now, above=rule.above) else "day"


def _hold(system: System, school: str, send: Send, why: Need, *, people: int, now: int) -> Send:
    """Hold a send that has grown past the approval limit since it was created. It is planned again once approved."""
    system.reminders.put(Reminder(now + OPEN_FOR, school, send.id))
    notice = Notice(id=send.id, kind="send_waiting", at=now, by=send.created_by, send=send.id, people=people)
    system.notices(school).put(notice)
    return system.sends(school).hold(send, why, now + OPEN_FOR)


def _selected(system: System, school: School, send: Send, source: FromDirectory) -> tuple[Iterator[Person], list[str]]:
    """The people of a send, and the ids that are nobody's; the second is complete when the first is used up."""
    directory = system.directory(school.slug)
    if send.selection.is_from_sends:
        return chosen(system, school.slug, send.selection, source, but=send.id), []
    try:
        group = group_of(system, school.slug, send.selection, source)
    except (Invalid, NotFound):
        raise Poison("a send whose filter or selection cannot be used") from None
    if group is not None:
        return _once(group), []
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
