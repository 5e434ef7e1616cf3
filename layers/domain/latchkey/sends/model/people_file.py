"""A file of a message's people that a worker makes, because one answer may not read as much."""

from dataclasses import dataclass
from typing import Final, Literal

from latchkey.sends.model.recipient_filter import RecipientFilter

LIFE: Final = 86_400
"""Seconds after which a file is deleted, and that it was asked for is forgotten."""
PATIENCE: Final = 3_600
"""Seconds after which a file that is still not there will not come."""
State = Literal["queued", "finished", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleFile:
    """One file. Times are epoch seconds. ``by``: ``group`` for a part for each registration group. ``key``: where it lies in S3,
    with so many ``rows``.
    """

    id: str
    send: str
    wanted: RecipientFilter
    form: str
    by: str
    created_at: int
    created_by: str
    state: State = "queued"
    key: str = ""
    rows: int = 0
    finished_at: int | None = None

    @property
    def ends_at(self) -> int:
        """When it can no longer be downloaded."""
        return self.created_at + LIFE

    def state_at(self, now: int) -> State:
        """The state as it is to be told: what has waited for too long has failed."""
        return "failed" if self.state == "queued" and now > self.created_at + PATIENCE else self.state
