"""Count who has used what a message has brought: of those it has reached, who has set a password, or made an account, since.

Who has set a password the roll knows, and who has used an invitation the invitation. The people of a message stand in its ledger.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from latchkey.roll.model.roll import Roll
from latchkey.roll.read_roll import read_roll
from latchkey.sends.model.send import Chunk, Send
from latchkey.sends.model.send_actions import REACHED
from latchkey.sends.model.views import has_links
from latchkey.sends.needs import System

MOST_INVITED: Final = 5_000
"""People invited by one message whose invitations are looked up for a page."""
MOST_CHUNKS: Final = 100
"""Chunks of a list's messages that one call reads; the figure is left out of those that do not fit."""
SetAt = Callable[[Sequence[str]], Mapping[str, int | None]]
"""When each of these people (or invitations) has used it."""


def used_at(system: System, school: str, send: Send, known: Roll | None = None) -> SetAt:
    """How to look up when the people of a message have used something of its kind, by whichever message.

    ``known``: the roll, where somebody has it.
    """
    if send.kind == "parent_invitation":
        invitations = system.invitations(school)
        return lambda ids: {each.id: each.used_at for each in invitations.by_ids(ids).values()}
    roll = known or read_roll(system, school)

    def of_roll(ids: Sequence[str]) -> dict[str, int | None]:
        found = ((person, roll.by_id(person)) for person in ids)
        return {person: entry.password_set_at for person, entry in found if entry is not None}

    return of_roll


def is_used(send: Send, at: int | None) -> bool:
    """Whether somebody who has used something then did so since the message was made."""
    return at is not None and at >= send.created_at


def count_used(system: System, school: str, send: Send, known: Roll | None = None) -> int | None:
    """How many of those whom a message has reached have used it since; None where nothing can be, or too many were invited."""
    if not _is_counted(send):
        return None
    chunks = (chunk for chunk in system.ledger(school).chunks(send.id) if chunk.number <= send.chunks)
    return _count(send, chunks, used_at(system, school, send, known))


def count_used_of(system: System, school: str, sends: Sequence[Send]) -> dict[str, int]:
    """The same for a list, by the message's id: one call for the ledgers, one look at the roll; the newest first."""
    wanted: list[Send] = []
    chunks = 0
    for send in sends:
        if _is_counted(send) and chunks + send.chunks <= MOST_CHUNKS:
            wanted.append(send)
            chunks += send.chunks
    if not wanted:
        return {}
    found = system.ledger(school).all_chunks((send.id, number) for send in wanted for number in range(1, send.chunks + 1))
    look_ups = {send.kind: used_at(system, school, send) for send in wanted}
    return {send.id: _count(send, found.get(send.id, []), look_ups[send.kind]) for send in wanted}


def _is_counted(send: Send) -> bool:
    reached = sum(send.counts.get(state, 0) for state in REACHED)
    return has_links(send.kind) and bool(send.chunks) and (send.kind != "parent_invitation" or reached <= MOST_INVITED)


def _count(send: Send, chunks: Iterable[Chunk], look_up: SetAt) -> int:
    people = [
        account.person
        for chunk in chunks
        for mail in chunk.mails
        if mail.state in REACHED
        for account in mail.accounts
        if account.person
    ]
    at = look_up([*dict.fromkeys(people)]) if people else {}
    return sum(is_used(send, at.get(person)) for person in people)
