"""When a send starts: a time with its offset (RFC 3339), or the local time of the school's clock, as a form gives it."""

import re
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from latchkey.errors import Invalid

ZONE: Final = "Europe/London"
LATEST_DAYS: Final = 30
LATEST: Final = LATEST_DAYS * 86_400
_RFC3339: Final = re.compile(
    r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:[0-9]{2})", re.IGNORECASE
)
_LOCAL: Final = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2})?")


def parse(value: object, now: int, *, is_local: bool = False) -> int | None:
    """Epoch seconds, or None for now (nothing given). ``is_local``: as the school's clock shows it."""
    if value is None or (is_local and value == ""):
        return None
    at = _read(value, is_local=is_local) if isinstance(value, str) else None
    if at is None:
        like = "2026-11-23T18:00" if is_local else "2026-11-23T18:00:00Z"
        raise Invalid("Nothing was sent.", fields={"start_at": f"Give a day and a time, like {like}."})
    if at <= now:
        raise Invalid("Nothing was sent.", fields={"start_at": "This time has passed. Choose a later one, or none to send now."})
    if at > now + LATEST:
        raise Invalid("Nothing was sent.", fields={"start_at": f"Choose a time within the next {LATEST_DAYS} days."})
    return at


def local(at: int) -> str:
    """Epoch seconds as the school's clock shows them, as a form wants it."""
    return datetime.fromtimestamp(at, ZoneInfo(ZONE)).strftime("%Y-%m-%dT%H:%M")


def _read(text: str, *, is_local: bool) -> int | None:
    if not (_LOCAL if is_local else _RFC3339).fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    if is_local:
        moment = moment.replace(tzinfo=ZoneInfo(ZONE))
        # In spring an hour is left out; such a time exists only on paper.
        if moment.astimezone(UTC).astimezone(ZoneInfo(ZONE)).replace(tzinfo=None) != moment.replace(tzinfo=None):
            raise Invalid("Nothing was sent.", fields={"start_at": "The clocks go forward then, and this time is left out."})
    try:
        return int(moment.timestamp())
    except (OverflowError, ValueError):
        return None
