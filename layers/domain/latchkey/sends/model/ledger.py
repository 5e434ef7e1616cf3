"""How a chunk of mails changes: a worker takes it, mails it and writes down what it knows, while SES tells what it knows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from latchkey.sends.model.mail_states import OPEN, OUT, Fact, is_hard, stronger
from latchkey.sends.model.refusals import Fault, fault_of
from latchkey.sends.model.send import Chunk, Mail, Refused, Tally

GRACE: Final = 15 * 60
"""Seconds that a mail may be ``sending`` without word of it before it is sent again."""


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


def apply_event(mail: Mail, fact: Fact) -> Mail:
    """The mail after somebody told this of it: the stronger fact counts."""
    best = stronger(mail.fact, fact)
    return mail if best == mail.fact else mail.with_fact(best)


def take(chunk: Chunk, now: int, seconds: int) -> LeasedChunk | None:
    """The chunk in a worker's hands for some seconds; None if nothing in it may be sent now.

    A mail that is ``sending`` already was lost by another worker, perhaps after SES had taken it: it waits for word of it,
    and is sent again only after the grace period.
    """
    mine = {
        place
        for place, mail in enumerate(chunk.mails)
        if mail.state == "planned" or (mail.state == "sending" and mail.at <= now - GRACE)
    }
    if not mine:
        return None
    leased = replace(chunk, state="sending", lease_until=now + seconds, attempt=chunk.attempt + 1, leased_at=now)
    stored, work, sending = list(chunk.mails), list(chunk.mails), Fact("sending", None, now)
    for place in mine:
        stored[place] = chunk.mails[place].with_fact(sending)
        if work[place].state != "planned":
            work[place] = replace(work[place], state="planned")
    return LeasedChunk(replace(leased, mails=tuple(stored)), replace(leased, mails=tuple(work)))


def grace_left(chunk: Chunk, now: int) -> int:
    """Seconds until the first mail of a chunk that may have been sent is sent again, should nobody tell of it before."""
    return min((mail.at for mail in chunk.mails if mail.state == "sending"), default=now - GRACE) + GRACE - now


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
