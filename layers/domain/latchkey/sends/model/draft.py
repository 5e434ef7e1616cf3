"""A message that is still being made: to whom, what, when. Ids and choices only, no name and no address."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, Literal, get_args
from zoneinfo import ZoneInfo

from latchkey.errors import Invalid
from latchkey.sends.model import start_time
from latchkey.sends.model.send import Selection
from latchkey.sends.model.send_request import SendKind

Step = Literal["who", "what", "when", "check"]
STEPS: Final[tuple[Step, ...]] = get_args(Step)
When = Literal["now", "today", "tomorrow", "other"]
WHENS: Final[tuple[When, ...]] = get_args(When)
KEPT: Final = 30 * 86_400
"""Seconds for which a draft that was kept can be found again, after its last change."""
PASSING: Final = 86_400
"""The same of one that nobody has kept: it was made on the way from a list of people to the page that sends."""
_EVENING: Final = 18  # o'clock
_MORNING: Final = 7


@dataclass(frozen=True, slots=True)
class Counted:
    """How many were meant, and how many of them would have got a mail, when the draft was kept."""

    total: int
    to_send: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Times in epoch seconds. ``start_at``: None is now. ``furthest``: how far its steps have been gone through.

    ``whom``: to whom, where the selection does not say it (people of an earlier message). ``kept``: it stands in the list.
    ``back``: where giving it up leads, a filter of people as a query string or ``person``. ``sent_as``: the id of the send that
    it has become or is about to become; ``discarded``: it was given up.
    """

    id: str
    kind: SendKind
    selection: Selection = field(default_factory=Selection)
    whom: str = ""
    start_at: int | None = None
    created_at: int
    created_by: str
    changed_at: int
    changed_by: str
    furthest: Step = "who"
    kept: bool = False
    back: str = ""
    counted: Counted | None = None
    sent_as: str | None = None
    discarded: bool = False
    revision: int = 0

    @property
    def ends_at(self) -> int:
        """When it can be found no more."""
        return self.changed_at + (KEPT if self.kept else PASSING)

    def is_over(self, now: int) -> bool:
        """Whether it is there no more: given up, or too old. One that was sent leads to what it has become."""
        return self.discarded or (self.sent_as is None and self.ends_at <= now)

    def is_late(self, now: int) -> bool:
        """Whether the time that was chosen has passed before it was sent."""
        return self.start_at is not None and self.start_at <= now


def further(draft: Draft, step: Step) -> Step:
    """How far a draft is once this step is done: the next one, or where it has been already."""
    following = STEPS[min(STEPS.index(step) + 1, len(STEPS) - 1)]
    return max(draft.furthest, following, key=STEPS.index)


def choices(now: int) -> dict[When, int | None]:
    """What can be chosen for a start without typing a time: now, this evening while it is not too late, tomorrow morning."""
    today = _local(now)
    found: dict[When, int | None] = {"now": None}
    evening = _at(today.date(), _EVENING)
    if evening > now + 300:
        found["today"] = evening
    found["tomorrow"] = _at(today.date() + timedelta(days=1), _MORNING)
    return found


def chosen_of(start_at: int | None, now: int) -> When:
    """Which of the choices a start is."""
    return next((when for when, at in choices(now).items() if at == start_at), "other")


def parse_when(when: object, at: object, now: int) -> int | None:
    """When it starts, from the choice of a form and, where that is another time, the time that was typed."""
    offered = choices(now)
    if when == "other":
        if not at:
            raise Invalid("Nothing was changed.", fields={"start_at": "Enter the day and the time at which it starts."})
        return start_time.parse(at, now, is_local=True)
    if when == "today" and "today" not in offered:
        raise Invalid("Nothing was changed.", fields={"when": "It is past that time today. Choose another one."})
    found = next((choice for choice in offered if choice == when), None)
    if found is None:
        raise Invalid("Nothing was changed.", fields={"when": "Choose when it starts."})
    return offered[found]


def _local(at: int) -> datetime:
    return datetime.fromtimestamp(at, ZoneInfo(start_time.ZONE))


def _at(day: date, hour: int) -> int:
    return int(datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo(start_time.ZONE)).timestamp())
