"""The columns of the joined files: students as in the mail merge, and the parents to invite."""

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

from latchkey.codes.model.login_details import LoginDetails
from latchkey.contacts.model.contact import Parent
from latchkey.contacts.model.runs import ListName, Rows
from latchkey.login_details.model import mail_merge
from latchkey.login_details.model.mail_merge import MOST_CHILDREN, Sheet

STUDENT: Final = (
    "UPN",
    "StudentId",
    "Surname",
    "Forename",
    "Year",
    "RegGroup",
    "ParentCode",
    "ParentCodeExpires",
    "ParentPlacesLeft",
)
T = TypeVar("T")
URL: Final = "ParentURL"
MOST_PARENTS: Final = 4  # beside each other; further ones stand in a further row
_PLACES: Final = [mail_merge.COLUMNS.index(name) for name in STUDENT]
_PARENT: Final = ("Title", "Forename", "Surname", "Email")
_ALONE: Final = tuple(f"Parent{name}" for name in _PARENT)
_ALL: Final = tuple(f"Parent{number}{name}" for number in range(1, MOST_PARENTS + 1) for name in _PARENT)
_CHILDREN: Final = tuple(f"Child{number}{name}" for number in range(1, MOST_CHILDREN + 1) for name in STUDENT)
HEADERS: Final[dict[Rows, tuple[str, ...]]] = {
    "student": (*STUDENT, URL, *_ALL),
    "parent": (*_ALONE, "Children", *_CHILDREN, URL),
    "family": ("Parents", *_ALL, "Children", *_CHILDREN, URL),
}
LIST_HEADERS: Final[dict[ListName, tuple[str, ...]]] = {
    "unmatched_students": ("UPN", "StudentId", "Surname", "Forename", "Year", "RegGroup", "Reason"),
    "unmatched_contacts": ("Row", "Student", "Contact", "Reason", "LooksLike"),
    "not_invited": ("Parent", "Surname", "Forename", "Year", "RegGroup", "Reason"),
}
_WIDTHS: Final = {
    "UPN": 15, "Id": 12, "Surname": 18, "Forename": 16, "Year": 6, "RegGroup": 10, "Expires": 12, "Code": 22, "Left": 8,
    "URL": 44, "Email": 30, "Title": 8, "Children": 28, "Parents": 30, "Parent": 24, "Student": 24, "Contact": 24,
    "Reason": 44, "LooksLike": 30, "Row": 8,
}  # fmt: skip


def student_cells(details: LoginDetails, sheet: Sheet) -> list[str]:
    """A student's cells."""
    whole = mail_merge.row(details, sheet)
    return [whole[place] for place in _PLACES]


def rows_of(kind: Rows, children: Sequence[Sequence[str]], parents: Sequence[Parent], url: str) -> Iterator[list[str]]:
    """The rows of a student, a parent or a family; those who do not fit beside each other stand in further rows."""
    if kind == "student":
        for some in _parts(parents, MOST_PARENTS):
            yield [*children[0], url, *_beside(some)]
        return
    for some in _parts(parents, MOST_PARENTS) if kind == "family" else [parents]:
        before = [", ".join(each.name for each in some), *_beside(some)] if kind == "family" else _cells(some[0])
        for these in _parts(children, MOST_CHILDREN):
            names = ", ".join(child[STUDENT.index("Forename")] for child in these)
            cells = [cell for child in these for cell in child]
            empty = [""] * (len(_CHILDREN) - len(cells))
            yield [*before, names, *cells, *empty, url]


def width(name: str) -> int:
    """The width of a column in characters."""
    fits = next((size for end, size in _WIDTHS.items() if name.endswith(end)), 12)
    return max(fits, len(name) + 2)


def _cells(parent: Parent) -> list[str]:
    return [parent.title, parent.given_name, parent.family_name, parent.email]


def _beside(parents: Sequence[Parent]) -> list[str]:
    cells = [cell for parent in parents for cell in _cells(parent)]
    return cells + [""] * (len(_ALL) - len(cells))


def _parts(things: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(things), size):
        yield things[start : start + size]
