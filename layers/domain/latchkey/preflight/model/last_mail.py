"""When the last mail would go if a school's people were all mailed now."""

from datetime import datetime
from math import ceil
from typing import Final
from zoneinfo import ZoneInfo

from latchkey.preflight.model.facts import Account
from latchkey.shared.model.clock import ZONE

DAY: Final = 86_400
_SPARE: Final = 60  # seconds until the first mail of a message goes


def seconds_for(mails: int, account: Account) -> int | None:
    """Seconds until the last of so many mails has gone, at the account's rate and quota; None: never.

    What today's quota does not hold waits until SES's 24 hours have passed, and again for each further day's quota.
    """
    if account.each_second <= 0 or account.a_day == 0:
        return None
    left = account.left
    if left is None or mails <= left:
        return _SPARE + ceil(mails / account.each_second)
    days, rest = divmod(mails - left - 1, max(1, account.a_day))
    return (days + 1) * DAY + _SPARE + ceil((rest + 1) / account.each_second)


def in_words(at: int, now: int) -> str:
    """A moment by the clock of schools: "at about 18:52", "on Friday, 27 November, at about 18:00"."""
    zone = ZoneInfo(ZONE)
    then, today = datetime.fromtimestamp(at, zone), datetime.fromtimestamp(now, zone)
    clock = f"at about {then:%H:%M}"
    return clock if then.date() == today.date() else f"on {then:%A}, {then.day} {then:%B}, {clock}"
