"""The brake of a school: many small sends can go as wrong as a large one, so its last 24 hours are judged as well.

What one send is judged by (``brake``) says nothing of sends to fewer than twenty people. Only the school's own sends count and
are paused: another school's trouble is not its own.
"""

from collections.abc import Mapping
from typing import Final, Literal

from latchkey.sends.model.mail_states import OUT, is_hard
from latchkey.sends.model.send import Chunk, Tally

SchoolBrake = Literal["brake_school_bounces", "brake_school_complaints"]
SCHOOL_BRAKES: Final[Mapping[SchoolBrake, str]] = {
    "brake_school_bounces": (
        "5 % of the school's mails of the last 24 hours came back. The page of who takes our mail, and who refuses it, says "
        "whose fault it was. Mend that, then resume it: mails are counted anew from then on."
    ),
    "brake_school_complaints": (
        "Of the school's mails of the last 24 hours one reader in 1,000 called theirs spam. Find out why, then resume it: mails "
        "are counted anew from then on."
    ),
}
"""Why the school's brake paused a send, as sentences."""
HOUR: Final = 3_600
HOURS: Final = 24  # before the one that runs
_ENOUGH: Final = 20  # mails before bounces say anything, as of one send
_BOUNCES: Final = 20  # one in so many
_ENOUGH_FOR_COMPLAINTS: Final = 1_000
_COMPLAINTS: Final = 1_000  # one in so many


def school_brake_reason(day: Tally, in_hand: int = 0) -> SchoolBrake | None:
    """Why a school's sends have to be paused. ``in_hand``: mails that are out, too, and not written down yet."""
    out = day.out + in_hand
    if day.complained > 0 and out >= _ENOUGH_FOR_COMPLAINTS and day.complained * _COMPLAINTS >= out:
        return "brake_school_complaints"
    if day.hard > 0 and out >= _ENOUGH and day.hard * _BOUNCES >= out:
        return "brake_school_bounces"
    return None


def hour_of(time: int) -> int:
    """The hour in which something is counted."""
    return time // HOUR


def moved(old: Chunk, new: Chunk, since: int) -> Tally:
    """By how much a chunk's change moves the school's count. What comes back of mails from before ``since`` does not count.

    An admin has seen those and has let the school go on; mails of that time can come back for days.
    """
    out = hard = complained = 0
    for before, after in zip(old.mails, new.mails, strict=False):  # who is skipped while a chunk is taken stands behind the rest
        if before is after:
            continue
        out += (after.state in OUT) - (before.state in OUT)
        if before.at >= since:
            hard += is_hard(after.state, after.reason) - is_hard(before.state, before.reason)
            complained += (after.state == "complained") - (before.state == "complained")
    return Tally(out, hard, complained)
