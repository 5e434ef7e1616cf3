"""Who was sent a link recently, read from the ledgers, so that sending needs no extra write."""

from collections.abc import Iterator

from latchkey.sends.model.ledger import GRACE
from latchkey.sends.model.mail_states import OPEN
from latchkey.sends.model.outline import Known
from latchkey.sends.model.send import Chunk, Mail, Send
from latchkey.sends.model.send_actions import REACHED


def may_have_sent(send: Send, since: int) -> bool:
    """Whether a send can have mailed anybody after this time, or still can: however old it is, it may have waited or stood still.

    Workers write down what they had in hand up to some minutes after a send was cancelled.
    """
    return bool(send.chunks) and (send.finished_at is None or send.finished_at > since - GRACE)


def mailed(send: Send, chunk: Chunk, since: int, now: int) -> Iterator[str]:
    """Ids of the people of a chunk who were mailed after ``since``, or will be: mail that reached nobody does not count.

    Known is since when a mail is in its state, so one that was delivered late counts from then.
    """
    if chunk.number > send.chunks:
        return  # left behind by a plan that was given up
    moves = send.state != "cancelled" and chunk.expires_at > now
    for mail in chunk.mails:
        if (moves and mail.state in OPEN) or _went(mail, since):
            yield from (account.person for account in mail.accounts)


def is_or_may_be_mailed(send: Send, known: Known) -> bool:
    """The same of one mail by what an outline has of it, which does not say since when."""
    state = known[0]
    return state in REACHED or state == "sending" or (state in OPEN and send.state != "cancelled")


def _went(mail: Mail, since: int) -> bool:
    return (mail.state in REACHED or mail.state == "sending") and mail.at > since


def is_being_planned(send: Send, now: int) -> bool:
    """Whether a worker may be deciding just now whom a send mails."""
    return send.state in {"queued", "paused"} and not send.chunks and send.planning_until > now
