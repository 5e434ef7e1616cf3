"""A rehearsal: what the steps of the plan would have done, and who would still be out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from latchkey.people.model.standings import Reason
from latchkey.sends.model.send import Skip

_PATIENCE: Final = 600  # seconds
RehearsalState = Literal["queued", "finished", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mails:
    """What one of the messages would have done: as ``DryRun``, with the seconds that its mails take.

    ``approval``: whether another admin would have had to approve it.
    """

    total: int
    to_send: int
    mails: int
    skipped: Mapping[Skip, int]
    seconds: int
    approval: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a rehearsal found: of ``total`` people ``ready`` could log in before; ``could`` could if everybody used what they get.

    ``paper``: students for whom slips would have been printed. ``reasons``: why the others could not, with their numbers.
    """

    total: int
    ready: int
    could: int
    links: Mails
    invitations: Mails
    paper: int
    reasons: Mapping[Reason, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """One rehearsal; times in epoch seconds. ``found`` once it is finished."""

    id: str
    created_at: int
    created_by: str
    state: RehearsalState = "queued"
    finished_at: int | None = None
    found: Found | None = None

    def is_under_way(self, now: int) -> bool:
        """Whether a worker may still be at it; one that was asked for long ago has been lost."""
        return self.state == "queued" and now < self.created_at + _PATIENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A closure that an admin has begun: for when, and how many could log in then."""

    id: str
    created_at: int
    created_by: str
    starts_at: int
    ends_at: int
    total: int
    ready: int
