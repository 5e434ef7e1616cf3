"""How a chunk of mails changes: a worker takes it, mails it and writes down what it knows, while SES tells what it knows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from latchkey.sends.model.drift import without
from latchkey.sends.model.mail_states import CHANGED_IN_HAND, OPEN, OUT, Fact, is_hard, stronger
from latchkey.sends.model.refusals import Fault, fault_of
from latchkey.sends.model.send import Chunk, Mail, Refused, Tally

NOBODY: Final[Mapping[int, frozenset[str]]] = {}
GRACE: Final = 15 * 60
"""Seconds that a mail may be ``sending`` without an event before it is sent again."""
ONES_OWN_GRACE: Final = 60
"""... for what one person asked for, who waits at the screen: SES tells of nearly every mail within seconds."""


@dataclass(frozen=True, slots=True)
class LeasedChunk:
    """A chunk that was taken for delivery: as it stands in the ledger, and as the worker sees it.

    What is ``sending`` in the ledger is ``planned`` for the worker that has to send it; nothing else is.
    """

    stored: Chunk
    work: Chunk


_REFUSED: Final[tuple[Fault, ...]] = ("dead_address", "school_filter", "our_fault")  # as the fields of Refused


def open_of(counts: Mapping[str, int]) -> int:
    """People whose mail needs more work, of counts by state."""
    return sum(count for state, count in counts.items() if state in OPEN)


def grace_of(chunk: Chunk) -> int:
    """Seconds after which this chunk's mails are sent again without an event of them.

    One person's own doubles from worker to worker, so that an SES that takes mails and denies it does not fill a mailbox:
    after 1, 2, 4, 8 and then every 15 minutes.
    """
    if chunk.origin == "admin":
        return GRACE
    doubled: int = ONES_OWN_GRACE * 2 ** min(max(chunk.attempt - 1, 0), 4)
    return min(GRACE, doubled)


def apply_event(mail: Mail, fact: Fact) -> Mail:
    """The mail after somebody told this of it: the stronger fact counts."""
    best = stronger(mail.fact, fact)
    return mail if best == mail.fact else mail.with_fact(best)


def take(chunk: Chunk, now: int, seconds: int, changed: Mapping[int, frozenset[str]] = NOBODY) -> LeasedChunk | None:
    """The chunk in a worker's hands for some seconds; None if nothing in it may be sent now.

    ``changed``: of the mail at a place, who is no longer as the send was planned for. They are skipped, at the chunk's end
    where others share their mail. One that may be out already is not sent again to the others either: it would be another mail.
    With nobody else left the chunk is in nobody's hands.

    A mail that is ``sending`` already was lost by another worker, perhaps after SES had taken it: it waits for an event,
    and is sent again only after the grace period.
    """
    mine = {
        place
        for place, mail in enumerate(chunk.mails)
        if mail.state == "planned" or (mail.state == "sending" and mail.at <= now - grace_of(chunk))
    }
    if not mine:
        return None
    chunk, gone = _without_changed(chunk, mine & changed.keys(), changed, now)
    mine -= gone
    if not mine:
        settled = settle(chunk, now)
        return LeasedChunk(settled, settled)
    leased = replace(chunk, state="sending", lease_until=now + seconds, attempt=chunk.attempt + 1, leased_at=now)
    stored, work, sending = list(chunk.mails), list(chunk.mails), Fact("sending", None, now)
    for place in mine:
        stored[place] = chunk.mails[place].with_fact(sending)
        if work[place].state != "planned":
            work[place] = replace(work[place], state="planned")
    return LeasedChunk(replace(leased, mails=tuple(stored)), replace(leased, mails=tuple(work)))


def _without_changed(
    chunk: Chunk, places: Iterable[int], changed: Mapping[int, frozenset[str]], now: int
) -> tuple[Chunk, set[int]]:
    """The chunk with the changed people of these places skipped, and the places at which nobody is left to mail."""
    mails, gone = list(chunk.mails), set[int]()
    for place in sorted(places):
        mail = mails[place]
        if mail.state != "planned":
            mails[place], apart = mail.with_fact(Fact("skipped", CHANGED_IN_HAND, now)), None
        else:
            mails[place], apart = without(mail, changed[place], now)
        if apart is not None:
            mails.append(apart)
        else:
            gone.add(place)
    return replace(chunk, mails=tuple(mails)), gone


def grace_left(chunk: Chunk, now: int) -> int:
    """Seconds until the first mail of a chunk that may have been sent is sent again, should nobody tell of it before."""
    grace = grace_of(chunk)
    return min((mail.at for mail in chunk.mails if mail.state == "sending"), default=now - grace) + grace - now


def merge(now_stored: Chunk, work: Chunk, results: Sequence[Mail], *, stopped: bool = False) -> Chunk:
    """The chunk with a worker's results: what it learnt counts unless something stronger is known by now.

    ``work`` is the chunk as the worker got it. Of its mails, those that are still ``planned`` were not handed to SES and go
    back (``stopped``: the send was cancelled, and they with it); those that are ``sending`` were, and nobody knows more.
    """
    mails = list(now_stored.mails)
    for place, (given, result) in enumerate(zip(work.mails, results, strict=True)):
        if given.state != "planned" or result.state == "sending":
            continue
        mail = mails[place]
        if result.state != "planned":
            mails[place] = apply_event(mail, result.fact)
        elif mail.state == "sending" and mail.at == work.leased_at:
            back = Fact("cancelled", None, work.leased_at) if stopped else Fact("planned", None, given.at)
            mails[place] = mail.with_fact(back)
    held = now_stored.lease_until if now_stored.attempt != work.attempt else 0
    return replace(now_stored, mails=tuple(mails), lease_until=held)


def settle(chunk: Chunk, now: int) -> Chunk:
    """The chunk in the state that its mails and its lease imply."""
    if not any(mail.state in OPEN for mail in chunk.mails):
        return replace(chunk, state="done", lease_until=0)
    return replace(chunk, state="sending" if chunk.lease_until > now else "planned")


def tally(chunk: Chunk) -> Tally:
    """The chunk's mails as the brake counts them."""
    return Tally(
        out=sum(mail.state in OUT for mail in chunk.mails),
        hard=sum(is_hard(mail.state, mail.reason) for mail in chunk.mails),
        complained=sum(mail.state == "complained" for mail in chunk.mails),
    )


def refused(chunk: Chunk) -> Refused:
    """The chunk's people whose mail was refused, by whose fault that is."""
    people: dict[Fault | None, int] = {}
    for mail in chunk.mails:
        if mail.state == "bounced":
            fault = fault_of(mail.reason)
            people[fault] = people.get(fault, 0) + len(mail.accounts)
    return Refused(*(people.get(fault, 0) for fault in _REFUSED))
