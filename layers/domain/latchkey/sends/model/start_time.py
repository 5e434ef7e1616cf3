"""When a send starts: a time with its offset (RFC 3339), or the local time of the school's clock, as a form gives it."""

from typing import Final

from latchkey.errors import Invalid
from latchkey.shared.model.clock import ZONE, LeftOut, NoTime, local, read_local, read_rfc3339

__all__ = ["LATEST", "LATEST_DAYS", "ZONE", "local", "parse"]

LATEST_DAYS: Final = 30
LATEST: Final = LATEST_DAYS * 86_400


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


def _read(text: str, *, is_local: bool) -> int | None:
    try:
        return read_local(text) if is_local else read_rfc3339(text)
    except LeftOut:
        raise Invalid(
            "Nothing was sent.", fields={"start_at": "The clocks go forward then, and this time is left out."}
        ) from None
    except NoTime:
        return None
