"""A run: what was asked, what became of it, and what undoing it needs."""

from dataclasses import dataclass
from typing import Final, Literal

from latchkey.email_updates.model.decisions import MEANWHILE, WRITTEN, State, counted

RunState = Literal["applying", "applied", "undoing", "undone"]
LIFE: Final = 7 * 86_400
"""Seconds for which a run can be undone, and for which it is kept."""
SETTLED: Final = 120
"""Seconds after which a run that is still being applied is one whose request has died: more than any request takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What became of one item: the person (empty: nobody), and the addresses before and after where one was to be written."""

    person: str = ""
    state: State
    text: str = ""
    before: str | None = None
    after: str | None = None

    @property
    def is_written(self) -> bool:
        """Whether an address was to be written."""
        return self.state in WRITTEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Times are epoch seconds; ``undone_at`` is when undoing began. ``asked`` tells its request from others.

    ``lost``: people who were changed by somebody else before they were written. ``kept``: people whose address was not put back,
    because somebody else has changed it since.
    """

    id: str
    state: RunState
    created_at: int
    created_by: str
    asked: str
    rows: tuple[Row, ...]
    lost: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    undone_at: int | None = None

    @property
    def undo_until(self) -> int:
        """When it can be undone no more."""
        return self.created_at + LIFE

    @property
    def shown(self) -> list[Row]:
        """Its rows as they came out: who was changed by somebody else meanwhile is a clash."""
        return [
            Row(person=row.person, state="clash", text=MEANWHILE, before=row.before) if self.is_lost(row) else row
            for row in self.rows
        ]

    def is_lost(self, row: Row) -> bool:
        """Whether a row was not written although it was to be."""
        return row.is_written and row.person in self.lost

    @property
    def written(self) -> list[Row]:
        """The rows whose address was written."""
        return [row for row in self.rows if row.is_written and row.person not in self.lost]

    @property
    def counts(self) -> dict[State, int]:
        """How many rows came out in each state."""
        return counted(row.state for row in self.shown)

    def can_be_undone(self, now: int) -> bool:
        """Whether it can be undone now."""
        settled = self.state in {"applied", "undoing"} or (self.state == "applying" and now > self.created_at + SETTLED)
        return settled and now < self.undo_until and bool(self.written)
