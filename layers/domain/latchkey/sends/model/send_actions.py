"""What an admin can do with a send once it is started, in which of its states, and what it does to its mails."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final, Literal

from latchkey.mail.model.account import CONFIRMS, NOTICES, MailAccount
from latchkey.sends.model.mail_states import OPEN, OUT, Fact
from latchkey.sends.model.send import Chunk, Send, State

Act = Literal["pause", "resume", "cancel", "retry", "replan", "again", "rest"]
FROM: Final[dict[Act, frozenset[State]]] = {
    "pause": frozenset({"queued", "running"}),
    "resume": frozenset({"paused"}),
    "cancel": frozenset({"queued", "running", "paused"}),
    "retry": frozenset({"finished", "paused", "cancelled"}),
    "replan": frozenset({"finished", "paused", "cancelled"}),
    "again": frozenset({"finished", "paused", "cancelled"}),
    "rest": frozenset({"cancelled"}),
}
"""The states of a send in which something can be done with it."""
DONE: Final[dict[Act, frozenset[State]]] = {
    "pause": frozenset({"paused"}),
    "resume": frozenset({"queued", "running"}),
    "cancel": frozenset({"cancelled"}),
}
"""The states that it leads to: asking for it there changes nothing."""
RETRIED: Final = frozenset({"failed", "expired"})
"""What a retry sends again: mails that never went out, by nobody's wish."""
REACHED: Final = frozenset({"sent", "delayed", "delivered"})
"""Whom a send has reached, as far as anybody knows."""

REMINDED_AFTER: Final = 86_400
"""Seconds for which nobody is offered to remind people: most mails are read within a day."""
IN_HAND: Final = "in_hand"
CANCEL_REASONS: Final = {IN_HAND: "it was with the mail service when the send was cancelled; this line changes if it went out"}

_NOW: Final[dict[State, str]] = {
    "queued": "This send has not started yet.",
    "running": "This send is still under way.",
    "paused": "This send is paused.",
    "finished": "This send has finished.",
    "cancelled": "This send was cancelled.",
    "failed": "This send could not be started, and nobody was sent anything.",
}
_SO: Final[dict[Act, str]] = {
    "pause": "There is nothing to pause, and nothing was changed.",
    "resume": "It cannot be resumed, and nothing was changed.",
    "cancel": "There is nothing left to cancel, and nothing was changed.",
    "retry": "Nothing was sent. Pause it or wait until it has finished, then retry those whose mail failed.",
    "replan": "Nothing was sent. Pause it or wait until it has finished, then plan those who have changed anew.",
    "again": "Nothing was sent. Pause it or wait until it has finished, then send again.",
    "rest": "Nothing was sent. Only of a send that was stopped there are people who got nothing.",
}
_NEVER: Final = "Nothing was sent now either: choose the people again and start a new send."


def refusal(act: Act, state: State) -> str:
    """Why something cannot be done in this state, as a sentence."""
    so = _NEVER if state == "failed" and act in {"retry", "replan", "again", "rest"} else _SO[act]
    return f"{_NOW.get(state, 'This send is in another state.')} {so}"


def possible(send: Send) -> list[Act]:
    """What can be done with a send now, in the order of its buttons."""
    some = {
        "retry": any(send.counts.get(state) for state in RETRIED),
        "replan": send.changed > 0,
        "again": send.kind != "parent_code_ready" and any(send.counts.get(state) for state in REACHED),
        "rest": send.counts.get("cancelled", 0) > 0,
    }
    return [act for act, states in FROM.items() if send.state in states and some.get(act, True)]


def may_remind(send: Send, now: int) -> bool:
    """Whether it is time to remind those who have not used it: a day after the last mail went out."""
    since = send.finished_at or send.created_at
    return "again" in possible(send) and not any(send.counts.get(state) for state in OPEN) and now >= since + REMINDED_AFTER


def cancelled(chunk: Chunk, now: int) -> Chunk:
    """The chunk of a cancelled send: nothing waits any more.

    A mail that a worker has in hand may be out already, and the worker may have died over it. It counts as cancelled until the
    worker or the mail service says better, which is the stronger fact.
    """
    reason = {"planned": None, "sending": IN_HAND}
    mails = (mail.with_fact(Fact("cancelled", reason[mail.state], now)) if mail.state in OPEN else mail for mail in chunk.mails)
    return replace(chunk, mails=tuple(mails))


def to_revoke(chunk: Chunk) -> Iterator[MailAccount]:
    """The accounts of a chunk whose link went out, or may have gone out."""
    if chunk.mail in NOTICES | CONFIRMS or chunk.notice is not None:
        return
    for mail in chunk.mails:
        if mail.state in OUT or (mail.state == "cancelled" and mail.reason == IN_HAND):
            yield from mail.accounts
