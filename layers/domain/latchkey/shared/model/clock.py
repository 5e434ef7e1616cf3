"""Times as the school's clock shows them, and as the API says them."""

import re
from datetime import UTC, datetime
from typing import Final

ZONE: Final = "Europe/London"
_RFC3339: Final = re.compile(
    r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:[0-9]{2})", re.IGNORECASE
)
_LOCAL: Final = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2})?")


class NoTime(ValueError):
    """The text is no such time."""


class LeftOut(NoTime):
    """In spring an hour is left out; such a time exists only on paper."""


def local(at: int) -> str:
    """Epoch seconds as the school's clock shows them, as a form wants it."""
    from zoneinfo import ZoneInfo  # who shows no time of the clock does without

    return datetime.fromtimestamp(at, ZoneInfo(ZONE)).strftime("%Y-%m-%dT%H:%M")


def in_day_and_time(at: int) -> str:
    """Epoch seconds as the school's clock shows them, for a sentence in English: "27 November 2026, 18:00"."""
    from zoneinfo import ZoneInfo

    moment = datetime.fromtimestamp(at, ZoneInfo(ZONE))
    return f"{moment.day} {moment:%B %Y, %H:%M}"


def read_local(text: str) -> int:
    """Epoch seconds of a time that the school's clock shows: ``2026-11-27T18:00``; the first of two where an hour comes twice."""
    from zoneinfo import ZoneInfo

    moment = _moment(text, _LOCAL).replace(tzinfo=ZoneInfo(ZONE))
    if moment.astimezone(UTC).astimezone(ZoneInfo(ZONE)).replace(tzinfo=None) != moment.replace(tzinfo=None):
        raise LeftOut(text)
    return _epoch(moment)


def read_rfc3339(text: str) -> int:
    """Epoch seconds of a time with its offset: ``2026-11-27T18:00:00Z``."""
    return _epoch(_moment(text.upper(), _RFC3339))


def utc(at: int) -> str:
    """Epoch seconds as the API says them."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _moment(text: str, shape: re.Pattern[str]) -> datetime:
    if not shape.fullmatch(text):
        raise NoTime(text)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise NoTime(text) from None


def _epoch(moment: datetime) -> int:
    try:
        return int(moment.timestamp())
    except (OverflowError, ValueError):
        raise NoTime from None
