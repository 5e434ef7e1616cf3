"""The mail merge file: its columns and its rows. How its cells are written is in office_files/csv.py."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from latchkey.codes.model.audience import Audience
from latchkey.codes.model.login_details import LoginDetails
from latchkey.errors import Invalid
from latchkey.login_details.model.runs import ExportRequest, Rows

COLUMNS: Final = (
    "UPN",
    "StudentId",
    "Surname",
    "Forename",
    "Year",
    "RegGroup",
    "Username",
    "StudentPIN",
    "PINExpires",
    "ParentCode",
    "ParentCodeExpires",
    "ParentPlacesLeft",
    "StudentURL",
    "ParentURL",
    "LoginMethod",
)
ON_REQUEST: Final = ("StudentEmail",)  # of rows for students, where somebody chooses it: to tell students of their parents' code
OF_ALL_ROWS: Final = ("StudentURL", "ParentURL")  # the same in the whole file, so not repeated for each child of a row
OF_THE_PARENT: Final = ("ParentSurname", "ParentForename", "ParentEmail", "Children")
OF_THE_FAMILY: Final = ("Parents", "Children")
MOST_CHILDREN: Final = 5  # in one row; further children of a parent or family stand in a further row
WITH_PIN: Final = "PIN"
AT_SCHOOL: Final = "School sign-in"


def known_columns(rows: Rows) -> tuple[str, ...]:
    """The columns that can be chosen, in the order in which they stand. What is a child's stands once for each child of a row."""
    return {"student": COLUMNS + ON_REQUEST, "parent": OF_THE_PARENT + COLUMNS, "family": OF_THE_FAMILY + COLUMNS}[rows]


def parse_columns(given: object, rows: Rows) -> tuple[str, ...]:
    """The chosen columns of a request (a list of names) in their own order; empty, which means all but those on request, where
    nothing is said.

    ``Invalid`` for a name that rows of this kind do not have, and for a choice of none.
    """
    if given is None:
        return ()
    known = known_columns(rows)
    if not isinstance(given, list | tuple) or not given:
        raise Invalid(fields={"columns": "Choose at least one column."})
    if not all(isinstance(name, str) and name in known for name in given):
        raise Invalid(fields={"columns": f"There is no such column in rows of this kind. Choose from {', '.join(known)}."})
    return tuple(name for name in known if name in given)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What all rows of one file share: for whom it is, and the address of the school's page."""

    audience: Audience
    url: str


def row(details: LoginDetails, sheet: Sheet) -> tuple[str, ...]:
    """A student's cells in ``COLUMNS``; no address is among them."""
    student = details.student
    return (
        student.upn or "",
        student.mis_id or student.id,
        student.family_name,
        student.given_name,
        student.year_group or "",
        student.registration_group or "",
        student.username or "",
        details.pin,
        last_day(details.pin_ends),
        details.parent_code,
        last_day(details.parent_code_ends),
        str(details.places) if details.parent_code else "",
        sheet.url if sheet.audience != "parents" else "",
        sheet.url if sheet.audience != "students" else "",
        AT_SCHOOL if details.uses_sso else WITH_PIN,
    )


class Layout:
    """What stands in the columns of one file: those that are wanted, once for each student, parent or family."""

    def __init__(self, wanted: ExportRequest, url: str) -> None:
        chosen = wanted.columns or tuple(name for name in known_columns(wanted.rows) if name not in ON_REQUEST)
        every = (*COLUMNS, *ON_REQUEST)
        self._sheet = Sheet(audience=wanted.audience, url=url)
        self._alone = wanted.rows == "student"
        self._first = [name for name in chosen if name not in every]
        self._last = [name for name in chosen if name in OF_ALL_ROWS and not self._alone]
        names = [name for name in chosen if name in every and name not in self._last]
        self._places = [every.index(name) for name in names]
        self._whole = names == [*COLUMNS]
        numbered = [f"Child{number}{name}" for number in range(1, MOST_CHILDREN + 1) for name in names]
        self.header: tuple[str, ...] = tuple(names if self._alone else [*self._first, *numbered, *self._last])

    def rows(self, students: Sequence[LoginDetails]) -> list[tuple[str, ...]]:
        """The rows that begin with these students."""
        if not self._alone:
            return [made for student in students for made in self._shared(student)]
        whole = [row(student, self._sheet) for student in students]
        if self._whole:
            return whole
        return [self._of((*cells, _email(student))) for cells, student in zip(whole, students, strict=True)]

    def _of(self, cells: tuple[str, ...]) -> tuple[str, ...]:
        return tuple([cells[place] for place in self._places])

    def _shared(self, first: LoginDetails) -> Iterator[tuple[str, ...]]:
        every = (first, *first.siblings)
        for start in range(0, len(every), MOST_CHILDREN):
            children = every[start : start + MOST_CHILDREN]
            whole = [row(child, self._sheet) for child in children]
            cells = [cell for one in whole for cell in self._of(one)]
            cells += [""] * (len(self._places) * (MOST_CHILDREN - len(children)))
            before = {**_of_parents(first), "Children": ", ".join(child.student.given_name for child in children)}
            after = [whole[0][COLUMNS.index(name)] for name in self._last]
            yield (*[before[name] for name in self._first], *cells, *after)


def _email(details: LoginDetails) -> str:
    """The student's own address; empty where mail to it came back, or they called mail from here spam."""
    return "" if details.student.problem else details.student.email or ""


def _of_parents(details: LoginDetails) -> dict[str, str]:
    """Whom the row is for. Mail to an address that sends it back, or whose owner complained, is not wanted: it stays empty."""
    found = {"ParentSurname": "", "ParentForename": "", "ParentEmail": "", "Parents": ""}
    if details.parents:
        parent = details.parents[0]
        found = {
            "ParentSurname": parent.family_name,
            "ParentForename": parent.given_name,
            "ParentEmail": "" if parent.problem else parent.email or "",
            "Parents": ", ".join(each.name for each in details.parents),
        }
    return found


def last_day(ends: int | None) -> str:
    """The last day on which a code works, as 2026-11-23; empty where there is no code."""
    return _day(ends - 1) if ends is not None else ""


@lru_cache(maxsize=512)
def _day(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d")
