"""Count who has used what a message has brought: of those it has reached, who has set a password, or made an account, since.

Who has, and when, the roll knows. The people of a message stand in its ledger, those of a large one in its outline.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from latchkey.roll.model.roll import Roll
from latchkey.roll.read_roll import read_roll
from latchkey.sends.model.outline import Meant, is_large
from latchkey.sends.model.send import Chunk, Send
from latchkey.sends.model.send_actions import REACHED
from latchkey.sends.model.views import has_links
from latchkey.sends.needs import System
from latchkey.sends.read_outline import Outlined, read_outline, read_outlines

MOST_CHUNKS: Final = 60
"""Chunks of a list's messages that one call reads; the figure is left out of those that do not fit."""
MOST_LARGE: Final = 2
"""Large messages of a list that have the figure: each may cost an object."""


def used_since(roll: Roll, send: Send) -> Mapping[str, int]:
    """Who has used something of a message's kind since it was made, by whichever message, and when; by the id of the person, or
    of the invitation.
    """
    all_of_them = roll.used().items() if send.kind == "parent_invitation" else _passwords(roll)
    return {each: at for each, at in all_of_them if at >= send.created_at}


def _passwords(roll: Roll) -> Iterator[tuple[str, int]]:
    return ((entry.id, entry.password_set_at) for entry in roll.entries if entry.password_set_at is not None)


def count_used(
    system: System, school: str, send: Send, known: Roll | None = None, outlined: Outlined | None = None
) -> int | None:
    """How many of those whom a message has reached have used it since; None where nothing can be, or while the outline of a large
    one is not made. ``known``, ``outlined``: the roll and that, where somebody has them.
    """
    if not _is_counted(send):
        return None
    if is_large(send):
        found = outlined or read_outline(system, school, send)
        return _count_by(send, found, known or read_roll(system, school)) if found is not None else None
    chunks = system.ledger(school).all_chunks(_places(send), eventual=True).get(send.id, [])
    return _count(send, chunks, known or read_roll(system, school))


def count_used_of(system: System, school: str, sends: Sequence[Send]) -> dict[str, int]:
    """The same for a list, by the message's id: one call for the ledgers, one look at the roll; the newest first."""
    counted = [send for send in sends if _is_counted(send)]
    small = _first_that_fit([send for send in counted if not is_large(send)])
    large = [send for send in counted if is_large(send)][:MOST_LARGE]
    if not small and not large:
        return {}
    places = (place for send in small for place in _places(send))
    chunks = system.ledger(school).all_chunks(places, eventual=True) if small else {}
    outlines, roll = read_outlines(system, school, large), read_roll(system, school)
    found = {send.id: _count(send, chunks.get(send.id, []), roll) for send in small}
    return found | {send.id: _count_by(send, outlines[send.id], roll) for send in large if send.id in outlines}


def _first_that_fit(sends: Sequence[Send]) -> list[Send]:
    fit, chunks = list[Send](), 0
    for send in sends:
        if chunks + send.chunks <= MOST_CHUNKS:
            fit.append(send)
            chunks += send.chunks
    return fit


def _is_counted(send: Send) -> bool:
    return has_links(send.kind) and bool(send.chunks)


def _places(send: Send) -> Iterator[tuple[str, int]]:
    return ((send.id, number) for number in range(1, send.chunks + 1))


def _count(send: Send, chunks: Iterable[Chunk], roll: Roll) -> int:
    reached = [
        account.person
        for chunk in chunks
        for mail in chunk.mails
        if mail.state in REACHED
        for account in mail.accounts
        if account.person
    ]
    used = used_since(roll, send) if reached else {}
    return sum(person in used for person in reached)


def _count_by(send: Send, known: Outlined, roll: Roll) -> int:
    reached = Meant(known.outline.signs(lambda fact: fact[0] in REACHED), among=used_since(roll, send))
    return sum(map(reached.count, known.outline.marks, known.members))
