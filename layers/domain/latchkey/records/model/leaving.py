"""A run that marks people as left, or brings them back."""

from dataclasses import dataclass
from typing import Final, Literal

from latchkey.people.model.person import Status

MOST: Final = 1_000
"""People in a run: ten transactions, which fit well into one request, and an item of 30 kB."""
LIFE: Final = 7 * 86_400
"""Seconds for which a run can be undone, and for which it is kept."""
RunState = Literal["applying", "applied", "undone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaverRun:
    """``status`` is what its ``people`` got; times are epoch seconds."""

    id: str
    state: RunState
    status: Status
    created_at: int
    created_by: str
    people: tuple[str, ...]

    @property
    def undo_until(self) -> int:
        """When it can be undone no more."""
        return self.created_at + LIFE
