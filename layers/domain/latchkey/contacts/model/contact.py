"""What a row of a contacts export says: a student, as far as it can be told who that is, and their contacts."""

from collections.abc import Iterator
from typing import Final, Literal, NamedTuple, Protocol

from latchkey.shared.model.quick import quick

Shape = Literal["long", "wide", "ctf"]
SHAPES: Final[dict[Shape, str]] = {
    "long": "one row for each student and contact",
    "wide": "one row for each student, contacts side by side",
    "ctf": "a Common Transfer File",
}


class StudentRef(NamedTuple):
    """By what a row says who the student is. ``upn`` is checked; ``wrong_upn`` is what stands there and is none."""

    upn: str = ""
    wrong_upn: str = ""
    ids: tuple[str, ...] = ()
    given_name: str = ""
    family_name: str = ""
    year_group: str = ""
    registration_group: str = ""

    @property
    def name(self) -> str:
        """The name as the file has it."""
        return f"{self.given_name} {self.family_name}".strip()


class Contact(NamedTuple):
    """A parent or carer of one student, every value in its one form; None where the file does not say."""

    contact_id: str = ""
    title: str = ""
    given_name: str = ""
    family_name: str = ""
    emails: tuple[tuple[int, str], ...] = ()
    """``(rank, address)``: the lowest is the one to write to."""
    phones: tuple[tuple[str, str], ...] = ()
    """``(kind, number as written)``."""
    relationship: str = ""
    priority: int | None = None
    responsible: bool | None = None
    primary: bool | None = None
    restricted: bool = False

    @property
    def name(self) -> str:
        """The name as a list shows it."""
        return f"{self.given_name} {self.family_name}".strip()


class Entry(NamedTuple):
    """One row: its number as a spreadsheet counts, the student and the contacts.

    ``unusable``: e-mail cells that hold no address. ``fault``: why the whole row cannot be read; empty where it can.
    """

    line: int
    student: StudentRef
    contacts: tuple[Contact, ...]
    unusable: tuple[str, ...] = ()
    fault: str = ""


@quick(frozen=True, slots=True, kw_only=True)
class Child:
    """A parent's tie to one student. ``barred``: why they may not be written to about this student, whatever else holds."""

    student: str
    relationship: str = ""
    priority: int | None = None
    responsible: bool | None = None
    primary: bool | None = None
    barred: Literal["", "court_order", "shared_address"] = ""


@quick(frozen=True, slots=True, kw_only=True)
class Parent:
    """One parent or carer with their children at the school: what is kept until they have an account, 90 days at most."""

    id: str
    title: str
    given_name: str
    family_name: str
    email: str
    phones: tuple[tuple[str, str], ...]
    children: tuple[Child, ...]
    claimed: bool = False
    """They have used an invitation: an account says who they are, and nothing here does."""

    @property
    def name(self) -> str:
        """The name as a letter has it."""
        return " ".join(filter(None, (self.title, self.given_name, self.family_name)))


class Source(Protocol):
    """A contacts export that was recognised. ``stated``: which of priority, responsibility, primary and restricted it says."""

    @property
    def shape(self) -> Shape: ...
    @property
    def stated(self) -> frozenset[str]: ...
    @property
    def warnings(self) -> list[str]: ...
    def batches(self) -> Iterator[list[Entry]]:
        """All rows, in order."""


class ColumnsUnknown(Exception):
    """The file is a table, but not enough of its columns say what is in them; an admin can."""

    def __init__(self, header: list[str], found: dict[str, int]) -> None:
        super().__init__("columns unknown")
        self.header = header
        self.found = found
