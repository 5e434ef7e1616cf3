"""Exports: runs of login details into a file; whom they mean and what state they are in."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from latchkey.codes.model.audience import AUDIENCES, Audience, kinds_of
from latchkey.codes.model.codes import Kind
from latchkey.login_details.model.scope import Scope
from latchkey.people.model.matched import Matched
from latchkey.people.model.people_filter import PeopleFilter
from latchkey.schools.model.school import DAY

State = Literal["queued", "running", "finished", "failed"]
Format = Literal[
    "mail_merge_csv",
    "mail_merge_xlsx",
    "mail_merge_docx",
    "pin_table",
    "pin_table_xlsx",
    "slips",
    "letters",
    "sims_aspect",
    "mis_codes",
]


_MEDIA: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
Rows = Literal["student", "parent", "family"]
ROWS: Final[tuple[Rows, ...]] = ("student", "parent", "family")


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatFacts:
    """What the rest of the system has to know of a format: what people call it and use it for, and what may be asked of it.

    ``merges``: it takes rows and columns; ``prints``: large print; ``needs_upn``: who has no UPN is not in it;
    ``holds_codes``: it is about people, not an empty letter.
    """

    name: str
    purpose: str
    suffix: str
    shows_logo: bool = False
    audiences: tuple[Audience, ...] = AUDIENCES
    merges: bool = False
    prints: bool = False
    needs_upn: bool = False
    holds_codes: bool = True

    @property
    def media_type(self) -> str:
        """The file's Content-Type."""
        return _MEDIA[self.suffix]


FORMATS: Final[Mapping[Format, FormatFacts]] = {
    "slips": FormatFacts(
        name="Slips",
        purpose="To cut out and hand out: 8 on a page, with a code to scan",
        suffix="pdf",
        shows_logo=True,
        prints=True,
    ),
    "letters": FormatFacts(
        name="Letters", purpose="To post or send home: a page for each", suffix="pdf", shows_logo=True, prints=True
    ),
    "pin_table": FormatFacts(
        name="PIN table",
        purpose="For form tutors: a list for each registration group, to read from",
        suffix="pdf",
        shows_logo=True,
        audiences=("students", "both"),
    ),
    "pin_table_xlsx": FormatFacts(
        name="PIN table, Excel",
        purpose="The same as a workbook, a sheet for each registration group",
        suffix="xlsx",
        audiences=("students", "both"),
    ),
    "mail_merge_csv": FormatFacts(
        name="Mail merge, CSV", purpose="For letters of your own in Word, LibreOffice or Google Docs", suffix="csv", merges=True
    ),
    "mail_merge_xlsx": FormatFacts(name="Mail merge, Excel", purpose="The same as a workbook", suffix="xlsx", merges=True),
    "mail_merge_docx": FormatFacts(
        name="Mail merge, Word",
        purpose="A Word document with the fields in place, to begin from",
        suffix="docx",
        merges=True,
        holds_codes=False,
    ),
    "sims_aspect": FormatFacts(name="SIMS aspect", purpose="To load the codes into SIMS, by UPN", suffix="csv", needs_upn=True),
    "mis_codes": FormatFacts(
        name="Codes by UPN", purpose="To load the codes into Arbor, Bromcom or another MIS", suffix="csv", needs_upn=True
    ),
}
Stage = Literal["codes", "file"]
RunKind = Literal["file", "void"]
FILE_LIFE: Final = DAY
LOST_AFTER: Final = DAY  # a run that has not ended by then never will: its message went to the dead-letter queue
NOT_QUEUED: Final = "It could not be started: a service was busy. Start it again."
"""Why a run failed whose message never reached the queue: the same request sets it off after all."""
LEASE: Final = 16 * 60  # longer than a worker may run (the function's timeout is 15 minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequest:
    """What an admin asks for.

    ``expiring_within`` (days; 0: no matter) means only students with a code that ends within so many days, or none that works.
    ``rows`` and ``columns`` (empty: all of them) are for mail merges, ``large_print`` is for slips and letters.
    A run that voids codes takes the scope and the audience, whose codes they are.
    """

    scope: Scope
    format: Format = "mail_merge_csv"
    audience: Audience = "both"
    never_logged_in: bool = False
    expiring_within: int = 0
    rows: Rows = "student"
    columns: tuple[str, ...] = ()
    large_print: bool = False

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of code that the file holds; none for a letter that has only the fields of a mail merge."""
        return kinds_of(self.audience) if FORMATS[self.format].holds_codes else ()

    @property
    def group(self) -> PeopleFilter:
        """Whom the scope means, where it names no people; of these, only those who have not left are in the file."""
        return replace(self.scope.group, never_logged_in=self.never_logged_in)

    @property
    def as_kept(self) -> "ExportRequest":
        """As its run keeps it: who was noted stands beside it."""
        return replace(self, scope=self.scope.as_kept)

    def means(self, person: Matched) -> bool:
        """Whether the file holds this person: staff, parents and those who left are never in it."""
        return person.status == "active" and self.group.matches(person)


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """One run. Times in epoch seconds; ``key`` is the file's name in S3, known once the run has finished.

    A run that makes a file of many students goes through them twice: it gives them codes, then it writes. ``stage`` is where it
    is, ``position`` the student after whom it goes on, ``done`` of ``total`` (0: not known yet) how far the stage is, which
    began at ``stage_at``. ``left_out`` counts students who could not be in the file, ``unprintable`` names not drawn in full.
    ``codes`` counts those that were made or renewed for the file, or voided.
    """

    id: str
    state: State
    created_at: int
    created_by: str
    wanted: ExportRequest
    kind: RunKind = "file"
    stage: Stage = "codes"
    position: tuple[str, ...] = ()
    stage_at: int = 0
    total: int = 0
    done: int = 0
    rows: int = 0
    left_out: int = 0
    unprintable: int = 0
    codes: Mapping[str, int] = field(default_factory=dict)
    lease_until: int = 0
    attempt: int = 0
    finished_at: int | None = None
    key: str | None = None
    reason: str | None = None

    @property
    def file_expires_at(self) -> int | None:
        """When the file can no longer be downloaded."""
        if self.state != "finished" or self.finished_at is None or self.key is None:
            return None
        return self.finished_at + FILE_LIFE

    @property
    def was_not_queued(self) -> bool:
        """Whether it failed because its message never reached the queue."""
        return self.state == "failed" and self.reason == NOT_QUEUED

    def seconds_left(self, now: int) -> int | None:
        """How long the rest of the stage takes at its speed so far; None where that cannot be said."""
        if self.state != "running" or not self.done or not self.total or now <= self.stage_at:
            return None
        return -(-(self.total - self.done) * (now - self.stage_at) // self.done)

    def state_at(self, now: int) -> State:
        """The state as a person should see it: a run that was lost has failed."""
        return "failed" if self.state in {"queued", "running"} and self.created_at + LOST_AFTER <= now else self.state

    def reason_at(self, now: int) -> str | None:
        """Why it failed, and what was kept, in sentences."""
        return failure(self) if self.state_at(now) != self.state else self.reason


def failure(run: Export) -> str:
    """At which step a run stopped, what was kept, and what to do."""
    students = f"{run.done:,} of {run.total:,} students" if run.total else f"{run.done:,} students"
    again = "Start it again, or ask the people who look after Latchkey."
    if run.kind == "void":
        return f"It stopped after {sum(run.codes.values()):,} codes were voided. They stay void; the others still work. {again}"
    if run.stage == "codes":
        return f"It stopped while codes were being given, after {students}. No file was made. The codes are kept. {again}"
    return f"It stopped while the file was being written, after {students}. No part of it was kept; the codes are. {again}"


def misfits(wanted: ExportRequest) -> dict[str, str]:
    """What is asked for that the format cannot do: a sentence for each such field."""
    facts, wrong = FORMATS[wanted.format], {}
    if wanted.audience not in facts.audiences:
        wrong["audience"] = f"{facts.name} is for students: choose students, or students and parents."
    if wanted.rows != "student" and not facts.merges:
        wrong["rows"] = f"{facts.name} has no rows to choose: only mail merges do."
    elif wanted.rows != "student" and wanted.audience == "students":
        wrong["rows"] = "Rows for parents or families hold parent codes: choose parents, or students and parents."
    if wanted.columns and not facts.merges:
        wrong["columns"] = f"{facts.name} has no columns to choose: only mail merges do."
    if wanted.large_print and not facts.prints:
        wrong["large_print"] = f"{facts.name} has no large print: only slips and letters do."
    return wrong
