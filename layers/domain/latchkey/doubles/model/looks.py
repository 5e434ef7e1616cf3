"""A look: a worker's search for doubles in a school."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

State = Literal["queued", "running", "finished", "failed"]
LIFE: Final = 30 * 86_400
"""Seconds for which a look and its pairs are kept."""
LEASE: Final = 320
"""Seconds for which a worker has a look: its invocation's 300 and some."""
LOST: Final = 300
"""Seconds after which a look that no worker has taken has lost its message; a message that comes after all does no harm."""
STALE: Final = 1_800
"""Seconds after which an unfinished look is one that no worker has: its message has had its tries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Times are epoch seconds. ``piece`` counts the pieces that are done, ``looked`` the people, ``found`` the pairs."""

    id: str
    state: State
    created_at: int
    created_by: str
    piece: int = 0
    looked: int = 0
    found: int = 0
    lease_until: int = 0
    finished_at: int | None = None

    def is_under_way(self, now: int) -> bool:
        """Whether a worker has it, or will."""
        if self.state == "queued":
            return now < self.created_at + LOST
        return self.state == "running" and now < self.created_at + STALE

    def shown(self, now: int) -> State:
        """Its state for people: one that nobody works on any more has failed."""
        return "failed" if self.state in {"queued", "running"} and not self.is_under_way(now) else self.state

    def is_kept(self, now: int) -> bool:
        """Whether it still counts."""
        return now < self.created_at + LIFE


def newest_finished(looks: Iterable[Look], now: int) -> Look | None:
    """The look whose pairs are shown; ``looks`` stand newest first."""
    return next((look for look in looks if look.state == "finished" and look.is_kept(now)), None)
