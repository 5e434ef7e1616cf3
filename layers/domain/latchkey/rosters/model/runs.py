"""Rosters: a file of people to import; what a run of one is, and what a row of one says.

Memory must not grow with the file: rows come in batches, and whatever a run remembers of a row has a fixed size.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

from latchkey.people.model.person import Role

State = Literal["queued", "running", "previewed", "finished", "failed"]
Step = Literal["upload", "preview", "apply"]
Format = Literal["plain_csv", "oneroster", "sds", "ctf"]
Kind = Literal["new", "changed", "unchanged", "rejected"]
KINDS: Final[tuple[Kind, ...]] = ("new", "changed", "unchanged", "rejected")

LONGEST_FILE: Final = 200 * 1024 * 1024
LEASE: Final = 960  # seconds for which a worker has a run: Lambda's 900 and some
RESERVE: Final = 45  # seconds in which a worker writes down where it is, and stops
GIVE_BACK: Final = 30  # seconds in which a worker that cannot go on tries to give a run back
READER: Final = "read_roster"  # who reads and applies, in the audit trail
SHOWN_REJECTED: Final = 200
SHOWN_WARNED: Final = 1_000  # cells
SHOWN_SAMPLES: Final = 20


class Row(NamedTuple):
    """One person as the file says, every value in its one form. ``line`` is the row as a spreadsheet counts, header = 1.

    ``links`` are the MIS ids of an adult's children or, on a student's row, of the student's parents. An empty cell is None
    and changes nothing. ``leaves``: the file says that the record is to be deleted. The preferred names are those by which
    people know them.
    """

    line: int
    mis_id: str
    role: Role
    given_name: str
    family_name: str
    email: str | None
    username: str | None
    upn: str | None
    year_group: str | None
    registration_group: str | None
    language: str | None
    links: tuple[str, ...]
    leaves: bool
    preferred_given_name: str | None = None
    preferred_family_name: str | None = None


class Rejection(NamedTuple):
    """A row that is left out, or a cell: where and why. ``value`` is a short, printable piece of the cell.

    ``name`` is whose row it is, where that is known.
    """

    line: int
    column: str
    reason: str
    value: str
    name: str = ""


class Batch(NamedTuple):
    """Some rows of a file, in order: those that can be read and those that cannot; ``size`` is both together.

    ``warned`` are cells that could not be used: they were dropped, and their people kept.
    """

    size: int
    rows: list[Row]
    rejected: list[Rejection]
    warned: list[Rejection]


@dataclass(frozen=True, slots=True)
class Change:
    """A row of the preview: a new person, or which facts of somebody would change."""

    line: int
    name: str
    role: str
    group: str
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One roster from upload to apply. Times are epoch seconds, ``total`` and ``done`` rows.

    ``previewed`` is what the preview found, ``counts`` what has been applied; ``ahead`` are the counts of the rows that were
    about to be written when the run was last saved: after a crash they are written again and counted once. ``slow``: the table
    takes people more slowly than they could be written. ``shape`` says in words what the file is, and what was left unread.
    ``asked``: of how many the preview asks which question; ``chosen``: the answers (``model/questions``); ``pages``: in how many
    items the preview is kept; ``reading``: how the columns of a table are read (``model/columns``).
    """

    id: str
    state: State
    step: Step
    filename: str
    key: str
    created_at: int
    created_by: str
    etag: str | None = None
    size: int = 0
    format: Format | None = None
    total: int = 0
    done: int = 0
    previewed: Mapping[str, int] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    ahead: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    reason: str | None = None
    applied_by: str | None = None
    finished_at: int | None = None
    lease_until: int = 0
    attempt: int = 0
    slow: bool | None = None
    shape: str | None = None
    asked: Mapping[str, int] = field(default_factory=dict)
    chosen: Mapping[str, str] = field(default_factory=dict)
    pages: int = 0
    reading: Mapping[str, Any] | None = None

    @property
    def shown(self) -> dict[str, int]:
        """The counts to show: what was applied once that has begun, what the preview found before."""
        return {kind: self.of(kind) for kind in KINDS}

    @property
    def to_mend(self) -> int:
        """How many rows are in the file of those that can be mended."""
        return self.previewed.get("to_mend", 0)

    @property
    def noted(self) -> int:
        """How many people it was about to change, as far as that was noted so that it can be undone."""
        return self.counts.get("noted", 0) + self.ahead.get("noted", 0)

    @property
    def links_to_nobody(self) -> int:
        """How many links of the file, as the preview found them, name people who are in no row and not in Latchkey."""
        return self.previewed.get("links_to_nobody", 0)

    def of(self, name: str) -> int:
        """One of the counts to show."""
        return (self.counts if self.step == "apply" else self.previewed).get(name, 0)


def zero() -> dict[str, int]:
    """Counts of nothing."""
    return dict.fromkeys((*KINDS, "leaving", "returning", "links", "links_to_nobody", "warned"), 0)


def added(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    """The sum of two counts."""
    return {name: one.get(name, 0) + other.get(name, 0) for name in {*one, *other}}
