"""How fast a send goes and how long it will take, from its numbers over time."""

from dataclasses import dataclass
from typing import Final

from latchkey.sends.model.send import Send

_SETTLED: Final = 5  # seconds before a rate says anything
_NEWS: Final = 600  # seconds after a send's end in which SES tells of nearly all mails


@dataclass(frozen=True, slots=True)
class Speed:
    """People a minute, and the seconds until the rest is out; None where that cannot be said yet."""

    per_minute: int | None = None
    seconds_left: int | None = None


def gone(send: Send) -> int:
    """People whose mail has been worked off: sent, failed or run out."""
    return send.done - send.counts.get("skipped", 0) - send.counts.get("cancelled", 0)


def waiting(send: Send) -> int:
    """People whose mail still has to go."""
    return sum(send.counts.values()) - send.done


def expects_news(send: Send, now: int) -> bool:
    """Whether SES has still to tell what became of a finished send's last mails, and will soon."""
    unknown = send.counts.get("sent", 0) + send.counts.get("delayed", 0)
    return send.state == "finished" and unknown > 0 and now - (send.finished_at or 0) < _NEWS


def speed(send: Send, now: int) -> Speed:
    """The speed of a running send since it was started or last resumed: a pause does not make it look slow."""
    since, before = (send.moving_since, send.moved_before) if send.moving_since else (send.created_at, 0)
    moved, seconds, left = gone(send) - before, now - since, waiting(send)
    if send.state != "running" or moved <= 0 or seconds <= 0:
        return Speed()
    return Speed(
        per_minute=round(moved * 60 / seconds) if seconds >= _SETTLED else None,
        seconds_left=-(-left * seconds // moved) if left else None,
    )
