"""What a request for a closure says: the notice, from when until when it stands, or that it is only rehearsed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from latchkey.errors import Invalid
from latchkey.schools.model.notice import PageNotice
from latchkey.shared.model.clock import NoTime, read_local, read_rfc3339

FIELDS: Final = ("notice", "starts_at", "ends_at", "rehearsal")
LONGEST: Final = 1000  # characters of a notice


@dataclass(frozen=True, slots=True)
class Asked:
    """A notice to put up; None: a rehearsal."""

    notice: PageNotice | None


def parse(fields: Mapping[str, Any], now: int, *, rehearsal: bool, is_form: bool) -> Asked:
    """The request; ``Invalid`` names every field that cannot be used. A form gives times as the school's clock shows them."""
    if rehearsal:
        return Asked(None)
    wrong: dict[str, str] = {}
    text = fields.get("notice")
    notice = text.strip() if isinstance(text, str) else ""
    if not notice:
        wrong["notice"] = "Enter what the notice says."
    elif len(notice) > LONGEST:
        wrong["notice"] = f"Shorten the notice to {LONGEST:,} characters."
    starts_at = _time(fields.get("starts_at"), "starts_at", wrong, is_form=is_form)
    ends_at = _time(fields.get("ends_at"), "ends_at", wrong, is_form=is_form)
    if ends_at is None:
        wrong.setdefault("ends_at", "Enter when the notice ends, so that it goes by itself.")
    elif ends_at <= max(now, starts_at or 0):
        wrong["ends_at"] = "Choose an end that is still to come, and after the start."
    if wrong or ends_at is None:
        raise Invalid("Nothing was changed and nothing was sent.", fields=wrong)
    return Asked(PageNotice(notice, starts_at, ends_at))


def _time(value: object, name: str, wrong: dict[str, str], *, is_form: bool) -> int | None:
    if value is None or value == "":
        return None
    try:
        return (read_local if is_form else read_rfc3339)(value) if isinstance(value, str) else _no_time()
    except NoTime:
        like = "2026-11-27T18:00" if is_form else "2026-11-27T18:00:00Z"
        wrong[name] = f"Enter a day and a time, like {like}."
        return None


def _no_time() -> int:
    raise NoTime
