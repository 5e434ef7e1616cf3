"""Runs of contacts: from an upload to files; and what is listed beside them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

from latchkey.contacts.model.contact import Shape
from latchkey.contacts.model.invite import Whom
from latchkey.people.model.person import Person
from latchkey.schools.model.school import DAY

State = Literal["queued", "running", "paused", "finished", "failed"]
Step = Literal["upload", "read", "columns", "files"]
Rows = Literal["student", "parent", "family"]
ROWS: Final[tuple[Rows, ...]] = ("student", "parent", "family")
ListName = Literal["unmatched_students", "unmatched_contacts", "not_invited"]
LISTS: Final[tuple[ListName, ...]] = ("unmatched_students", "unmatched_contacts", "not_invited")
Format = Literal["csv", "xlsx"]
FORMATS: Final[Mapping[Format, str]] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

LONGEST_FILE: Final = 100 * 1024 * 1024
READ_UNTIL: Final = DAY  # seconds after which an upload is not read any more, whether it is still there or not
KEPT: Final = 90 * DAY  # what is known of parents without an account
FILE_LIFE: Final = DAY
LEASE: Final = 960  # seconds for which a worker has a run: Lambda's 900 and some
RESERVE: Final = 45  # seconds in which a worker writes down where it is, and stops
GIVE_BACK: Final = 30  # seconds in which a worker that cannot go on tries to give a run back
MOST_ATTEMPTS: Final = 40  # invocations of one run: what hands over for ever must end
LISTED: Final = 20_000  # rows of a list beside the files
SHOWN: Final = 30  # rows of it on the page: all lists together name no more students than one read takes
MOST_SLIPS: Final = 1_000  # students whom one export takes by name
READER: Final = "read_roster"
WRITER: Final = "build_export"  # who does it, in the audit trail


class Listed(NamedTuple):
    """A row beside the files. ``student``: whom it is about, or whom it looks like; ``line`` and ``name``: as in the file."""

    line: int
    student: str
    name: str
    contact: str
    reason: str


def student_label(student: Person) -> str:
    """A student as lists name them: with their group."""
    return ", ".join(filter(None, (student.name, student.registration_group or student.year_group)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One upload. Times are epoch seconds; ``total`` and ``done`` rows while it is read, students while files are written.

    ``position`` is the parent up to whom a reading that was handed over has written. ``kept``: its parents are those of the
    school; a later upload replaces them. ``files`` are keys in S3 by name (``family.csv``), asked for
    at ``asked_at``, made for ``whom`` at ``files_at``. ``begun`` is the
    attempt before the first one of this step.
    """

    id: str
    state: State
    step: Step
    filename: str
    key: str
    created_at: int
    created_by: str
    whom: Whom = "usual"
    shape: Shape | None = None
    header: tuple[str, ...] = ()
    found: Mapping[str, int] = field(default_factory=dict)
    columns: Mapping[str, int] = field(default_factory=dict)
    stated: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    total: int = 0
    done: int = 0
    position: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    kept: bool = False
    asked_at: int = 0
    files: Mapping[str, str] = field(default_factory=dict)
    files_at: int = 0
    reason: str | None = None
    finished_at: int | None = None
    lease_until: int = 0
    attempt: int = 0
    begun: int = 0

    @property
    def files_end(self) -> int | None:
        """When the files can no longer be downloaded; None where there are none."""
        return self.files_at + FILE_LIFE if self.files else None

    @property
    def kept_until(self) -> int:
        """When what is known of parents is forgotten."""
        return self.created_at + KEPT

    def of(self, name: str) -> int:
        """One of the counts."""
        return self.counts.get(name, 0)


COUNTS: Final = (
    "rows", "joined", "matched", "families", "parents", "invited", "without_address", "unmatched_students",
    "unmatched_contacts", "not_invited",
)  # fmt: skip
"""What a run counts. ``matched``: students for whom there is a contact; ``joined``: contacts of students who were found;
``families``: students' sets of the same parents to invite; ``without_address``: students none of whose parents to invite has one.
"""
