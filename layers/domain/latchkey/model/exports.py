"""Exports: runs of login details into a file; whom they mean and what state they are in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from latchkey.errors import Invalid
from latchkey.model.ids import is_id
from latchkey.model.people_filter import PeopleFilter
from latchkey.model.person import Person
from latchkey.model.school import DAY

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


@dataclass(frozen=True, slots=True)
class FormatFacts:
    """What the rest of the system has to know of a format."""

    suffix: str
    media_type: str
    shows_logo: bool = False


_CSV: Final = FormatFacts("csv", "text/csv; charset=utf-8")
_XLSX: Final = FormatFacts("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
_DOCX: Final = FormatFacts("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
_PDF: Final = FormatFacts("pdf", "application/pdf", shows_logo=True)
FORMATS: Final[Mapping[Format, FormatFacts]] = {
    "mail_merge_csv": _CSV,
    "mail_merge_xlsx": _XLSX,
    "mail_merge_docx": _DOCX,
    "pin_table": _PDF,
    "pin_table_xlsx": _XLSX,
    "slips": _PDF,
    "letters": _PDF,
    "sims_aspect": _CSV,
    "mis_codes": _CSV,
}
Audience = Literal["students", "parents", "both"]
AUDIENCES: Final[tuple[Audience, ...]] = ("students", "parents", "both")
Rows = Literal["student", "parent", "family"]
ScopeKind = Literal["school", "year_group", "registration_group", "person"]
SCOPE_KINDS: Final[tuple[ScopeKind, ...]] = ("school", "year_group", "registration_group", "person")
FILE_LIFE: Final = DAY
LOST_AFTER: Final = DAY  # a run that has not ended by then never will: its message went to the dead-letter queue
LOST: Final = "It stopped without a file. No code was lost: start it again."


@dataclass(frozen=True, slots=True)
class Scope:
    """Which students: ``value`` is the year group, the registration group or the person's id."""

    kind: ScopeKind = "school"
    value: str = ""

    def as_mapping(self) -> dict[str, str | bool]:
        """The scope as it stands in a request and an answer; ``parse_scope`` gives it back."""
        return {"school": True} if self.kind == "school" else {self.kind: self.value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What an admin asks for.

    ``rows`` and ``columns`` (empty: all of them) are for mail merges, ``large_print`` is for slips and letters.
    """

    scope: Scope
    format: Format = "mail_merge_csv"
    audience: Audience = "both"
    never_logged_in: bool = False
    rows: Rows = "student"
    columns: tuple[str, ...] = ()
    large_print: bool = False

    @property
    def people(self) -> PeopleFilter:
        """Whom the scope means, where it is not one person; of these, only those who have not left are in the file."""
        return PeopleFilter(
            role="student",
            year_group=self.scope.value if self.scope.kind == "year_group" else None,
            registration_group=self.scope.value if self.scope.kind == "registration_group" else None,
            never_logged_in=self.never_logged_in,
        )

    def means(self, person: Person) -> bool:
        """Whether the file holds this person: staff, parents and those who left are never in it."""
        return person.status == "active" and self.people.matches(person)


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """One run. Times in epoch seconds; ``key`` is the file's name in S3, known once the run has finished.

    ``left_out`` counts students without a short number, who cannot have a code.
    """

    id: str
    state: State
    created_at: int
    created_by: str
    wanted: Wanted
    total: int = 0
    done: int = 0
    rows: int = 0
    left_out: int = 0
    lease_until: int = 0
    attempt: int = 0
    finished_at: int | None = None
    key: str | None = None
    reason: str | None = None

    @property
    def file_expires_at(self) -> int | None:
        """When the file can no longer be downloaded."""
        return self.finished_at + FILE_LIFE if self.state == "finished" and self.finished_at is not None else None

    def state_at(self, now: int) -> State:
        """The state as a person should see it: a run that was lost has failed."""
        return "failed" if self.state in {"queued", "running"} and self.created_at + LOST_AFTER <= now else self.state

    def reason_at(self, now: int) -> str | None:
        """Why it failed, as a sentence."""
        return LOST if self.state_at(now) != self.state else self.reason


def parse_scope(given: object) -> Scope:
    """A scope from a request: ``"school"`` or an object with exactly one of the known names."""
    if given == "school":
        return Scope()
    if not isinstance(given, Mapping) or len(given) != 1:
        raise _wrong("Choose the whole school, one year group, one registration group or one student.")
    name, value = next(iter(given.items()))
    kind = next((known for known in SCOPE_KINDS if known == name), None)
    if kind is None:
        raise _wrong("Choose the whole school, one year group, one registration group or one student.")
    if kind == "school":
        if value is not True:
            raise _wrong("For the whole school, send true.")
        return Scope()
    if not isinstance(value, str) or not 0 < len(value.strip()) <= 100:
        raise _wrong("Name the group, in at most 100 characters.")
    if kind == "person" and not is_id(value):
        return Scope(kind, "0" * 16)  # the form of nobody's id: the answer is that of an id that nobody has
    return Scope(kind, value.strip())


def parse_format(given: object) -> Format:
    """A format that can be made."""
    found = next((known for known in FORMATS if known == given), None)
    if found is None:
        raise Invalid(fields={"format": f"There is no such format. Choose one of {', '.join(FORMATS)}."})
    return found


def parse_audience(given: object) -> Audience:
    """For whom the codes are; students and parents where nothing is said."""
    found = next((known for known in AUDIENCES if known == given), None) if given is not None else "both"
    if found is None:
        raise Invalid(fields={"audience": "Choose students, parents or both."})
    return found


def file_name(school: str, scope: Scope, day: str, suffix: str) -> str:
    """What the browser calls the file: safe in every header and file system, and without anybody's name."""
    part = {"school": "all", "person": "one-student"}.get(scope.kind)
    if part is None:
        word = "year" if scope.kind == "year_group" else "group"
        part = f"{word}-{re.sub(r'[^a-z0-9]+', '-', scope.value.lower()).strip('-')[:40]}".strip("-")
    return f"{school}-login-details-{part}-{day}.{suffix}"


def _wrong(text: str) -> Invalid:
    return Invalid(fields={"scope": text})
