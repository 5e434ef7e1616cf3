"""The states of a mail, and which of two facts about the same mail counts.

What SES tells comes unordered and repeated, and while a worker still writes down what it did. So a fact never replaces a stronger
one: in whatever order the same facts come, the same one is left.
"""

from collections.abc import Mapping
from typing import Final, Literal, get_args

from latchkey.shared.model.quick import quick

MailState = Literal[
    "skipped",  # gets no mail; the reason says why
    "planned",  # waits for a worker
    "sending",  # a worker has it, or had it and never told what became of it
    "sent",  # SES has taken it
    "delayed",  # SES could not deliver it yet, and tries again
    "delivered",  # the receiving mail server has taken it
    "bounced",  # the receiving mail server refused it: for good (hard) or for now (soft)
    "complained",  # its reader called it spam
    "failed",  # SES has not taken it
    "cancelled",  # an admin stopped the send before it went
    "expired",  # its link would have run out before it went
]
MAIL_STATES: Final[tuple[MailState, ...]] = get_args(MailState)
OPEN: Final[frozenset[str]] = frozenset({"planned", "sending"})
"""Somebody has work left to do."""
OUT: Final[frozenset[str]] = frozenset({"sent", "delayed", "delivered", "bounced", "complained"})
"""SES has taken the mail."""

CHANGED: Final = "changed"
"""Why somebody is skipped who is no longer as the send was planned for. What SES tells of the mail is stronger all the same."""
CHANGED_IN_HAND: Final = "changed_in_hand"
"""The same of a mail that a worker had lost, perhaps after SES had taken it."""

_RANKS: Final[Mapping[str, int]] = {
    "planned": 0,
    "sending": 1,
    "cancelled": 2,
    "expired": 3,
    "sent": 4,
    "failed": 5,  # SES can reject a mail after it has taken it
    "delayed": 6,
    "bounced": 7,
    "delivered": 8,
    "complained": 10,
    "skipped": 11,
}
_HARD_BOUNCE: Final = 9  # a mail server can take a mail and send it back later


@quick(frozen=True, slots=True)
class Fact:
    """What is known of a mail: the state, a word that says why, since when (epoch seconds), and the mail server's own words."""

    state: MailState
    reason: str | None = None
    at: int = 0
    detail: str = ""


def is_hard(state: str, reason: str | None) -> bool:
    """Whether the mail bounced for good."""
    return state == "bounced" and (reason or "").startswith("hard")


def rank(fact: Fact) -> int:
    """How strong a fact is: what is known later in a mail's life is stronger."""
    if fact.state == "skipped" and fact.reason in {CHANGED, CHANGED_IN_HAND}:
        return _RANKS["cancelled"]
    return _HARD_BOUNCE if is_hard(fact.state, fact.reason) else _RANKS[fact.state]


def stronger(old: Fact, new: Fact) -> Fact:
    """The fact that counts. A repeated one changes nothing, not even the time."""
    return new if (rank(new), new.reason or "") > (rank(old), old.reason or "") else old
