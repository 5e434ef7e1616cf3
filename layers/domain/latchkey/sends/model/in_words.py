"""Sends in words: why somebody got no mail or what became of it, why a send waits, and why it needs a second admin."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from latchkey.mail.model.account import FAIL_REASONS
from latchkey.sends.model.approval import NEEDS, waits
from latchkey.sends.model.brake import BRAKES
from latchkey.sends.model.feedback import TOLD_REASONS
from latchkey.sends.model.school_brake import SCHOOL_BRAKES
from latchkey.sends.model.send import RESTORED, SKIP_REASONS, WAITS, Need, Send, Skip
from latchkey.sends.model.send_actions import CANCEL_REASONS
from latchkey.sends.model.start_time import ZONE

_TABLES: Final[tuple[Mapping[Any, str], ...]] = (SKIP_REASONS, FAIL_REASONS, CANCEL_REASONS, TOLD_REASONS)
REASONS: Final[Mapping[str, str]] = {word: text for table in _TABLES for word, text in table.items()}
"""What the ledger's reasons mean, in a sentence about a person."""
_RESTORED: Final = (
    "This send was lost and has been put back as it was while it was under way. Mails that went out since then are not in it: "
    "cancel it, or resume it only if nobody got them."
)
_BRAKES: Final[tuple[Mapping[Any, str], ...]] = (BRAKES, SCHOOL_BRAKES)
_PAUSED: Final[Mapping[str, str]] = {
    **{str(word): said for table in _BRAKES for word, said in table.items()},
    RESTORED: _RESTORED,
}
_UNITS: Final = (("day", 1_440), ("hour", 60), ("minute", 1))
"""What a number of minutes is said in: the largest of which it is whole."""


def reasons_of(send: Send) -> dict[str, str]:
    """The same for a send, with its own number of minutes."""
    return {**REASONS, "sent_recently": skip_text("sent_recently", send.selection.skip_sent_within)}


def skip_text(reason: Skip, minutes: int) -> str:
    """Why somebody is skipped; ``minutes`` as in the selection's ``skip_sent_within``."""
    if reason != "sent_recently" or not minutes:
        return SKIP_REASONS[reason]
    unit, number = next((unit, minutes // size) for unit, size in _UNITS if minutes % size == 0)
    return f"was sent a link less than {number:,} {unit}{'s' if number != 1 else ''} ago, or is about to be"


def why_it_waits(send: Send) -> str | None:
    """Why a send does not move, where it says so itself."""
    if send.state == "paused" and send.reason:
        return _PAUSED.get(send.reason)
    return WAITS.get(send.waiting or "") if send.state == "running" else None


def waits_for(send: Send, now: int) -> Literal["approval", "start_time"] | None:
    """What a send waits for before it can begin: another admin's approval, or its time."""
    if waits(send):
        return "approval"
    return "start_time" if send.state == "queued" and (send.start_at or 0) > now else None


def why_approval(need: Need | None) -> str | None:
    """Why a send needs a second admin."""
    return NEEDS[need] if need else None


def goes_to(send: Send) -> int:
    """How many a send means, before it is planned: who was chosen one by one; 0 where only planning knows."""
    return send.total or sum(send.counts.values()) or len(send.selection.ids)


def state_of(send: Send, now: int) -> tuple[str, str]:
    """The state of a send as people say it: the word for its colour, and the words, with the time of a scheduled one."""
    if waits(send) and send.state == "queued":
        return "queued", "waiting for approval"
    if send.state == "queued" and (send.start_at or 0) > now:
        return "queued", f"scheduled for {_time(send.start_at or 0, now)}"
    return send.state, _STATES.get(send.state, send.state)


_STATES: Final[Mapping[str, str]] = {
    "queued": "starting",
    "running": "sending",
    "paused": "paused",
    "finished": "finished",
    "cancelled": "stopped",
    "failed": "not started",
}


def _time(at: int, now: int) -> str:
    """18:00 today, and the day before it on another one."""
    moment, today = (datetime.fromtimestamp(each, ZoneInfo(ZONE)) for each in (at, now))
    if moment.date() == today.date():
        return f"{moment:%H:%M}"
    return f"{moment:%a} {moment.day} {moment:%b}, {moment:%H:%M}"
