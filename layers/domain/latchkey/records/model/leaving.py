"""A run that marks people as left, or brings them back."""

from dataclasses import dataclass
from typing import Final, Literal

from latchkey.people.model.matched import Member
from latchkey.people.model.person import Status

MOST: Final = 1_000
"""People in a run: ten transactions, and an item of 30 kB."""
LIFE: Final = 7 * 86_400
"""Seconds for which a run can be undone, and for which it is kept."""
LATE: Final = 900
"""Seconds after which a run should be through, whatever its worker waited for."""
LEASE: Final = 320
"""Seconds for which a worker has a run: its invocation's 300 and some."""
RunState = Literal["applying", "applied", "undoing", "undone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaverRun:
    """``status`` is what its ``people`` get; ``done`` of them are through, on the way there or back. Times are epoch
    seconds; ``undo_at``: when undoing was asked for.
    """

    id: str
    state: RunState
    status: Status
    created_at: int
    created_by: str
    people: tuple[str, ...]
    done: int = 0
    lease_until: int = 0
    undo_at: int | None = None

    @property
    def is_moving(self) -> bool:
        """Whether a worker has it, or will."""
        return self.state in {"applying", "undoing"}

    def is_late(self, now: int) -> bool:
        """Whether nobody seems to work on it any more."""
        return self.is_moving and now >= (self.undo_at or self.created_at) + LATE

    @property
    def gives(self) -> Status:
        """What a worker gives its people: the status, or back the other one."""
        if self.state in {"applying", "applied"}:
            return self.status
        return "active" if self.status == "left" else "left"

    @property
    def undo_until(self) -> int:
        """When it can be undone no more."""
        return self.created_at + LIFE


def can_get(person: Member, status: Status) -> bool:
    """Whether somebody may get this status in a run: an admin never, and only who has the other one."""
    return not person.is_admin and person.status == ("active" if status == "left" else "left")
