"""A contacts export that is a table: rows into students and their contacts."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from latchkey.contacts.model import cells, words
from latchkey.contacts.model.columns import Columns, Places, chosen_columns, columns_of
from latchkey.contacts.model.contact import ColumnsUnknown, Contact, Entry, Shape, StudentRef
from latchkey.office_files.model.table_files import AnyTable, TableFile
from latchkey.office_files.model.unusable import excerpt
from latchkey.people.model import groups
from latchkey.people.model.upn import is_upn
from latchkey.shared.model import folding
from latchkey.shared.model.written_email import NOTHING

_SHOWN: Final = 20
MOST_IDS: Final = 4


AS_WINDOWS: Final = "The file is not in UTF-8; it was read as Windows-1252, as Excel and SIMS write it."


class TableSource:
    """A table. ``chosen`` is what an admin has said of its columns; ``ColumnsUnknown`` where they do not say enough."""

    def __init__(self, file: TableFile, chosen: Mapping[str, int] | None) -> None:
        self._file = file
        header = self._table().header
        self._columns = chosen_columns(header, chosen) if chosen else columns_of(header)
        if not self._columns.are_enough:
            raise ColumnsUnknown(header, self._columns.found)
        self.stated = self._columns.stated
        self._unread = _unread(header, self._columns)

    @property
    def warnings(self) -> list[str]:
        """What to note of the file; complete once all rows were read."""
        return [*([AS_WINDOWS] if self._file.encoding == "cp1252" else []), *self._file.warnings, *self._unread]

    def _table(self) -> AnyTable:
        return self._file.open(words.is_known)

    @property
    def shape(self) -> Shape:
        """How it lays out contacts."""
        return "wide" if self._columns.is_wide else "long"

    def batches(self) -> Iterator[list[Entry]]:
        """All rows, in order. A row that is too long is no row: its cells stand under the wrong words."""
        student, known = self._columns.student, dict[tuple[str, ...], StudentRef]()
        read = sorted({place for places in student.values() for place in places})
        for lines, rows, too_long in self._table().batches():
            entries = []
            for line, row in zip(lines, rows, strict=True):
                cells_of_student = tuple([row[place] for place in read])  # the same for each contact of a student
                ref = known.get(cells_of_student)
                if ref is None:
                    ref = known[cells_of_student] = _student(row, student)
                entries.append(self._entry(line, row, ref))
            known.clear()
            entries += [Entry(each.line, StudentRef(), (), fault=each.reason) for each in too_long]
            yield entries

    def _entry(self, line: int, row: Sequence[str], student: StudentRef) -> Entry:
        wrong: list[str] = []
        found = [_contact(row, places, self._columns, wrong) for places in self._columns.contacts]
        return Entry(line, student, tuple(each for each in found if each), tuple(wrong))


def _student(row: Sequence[str], places: Places) -> StudentRef:
    upn = _cell(row, places, "upn").upper()
    given, family = cells.name(_cell(row, places, "student_given")), cells.name(_cell(row, places, "student_family"))
    if not given and not family and "student_name" in places:
        _, given, family = cells.split_name(_cell(row, places, "student_name"))
    year = _cell(row, places, "year_group")
    ids = [text for at in places.get("student_id", ()) if (text := row[at].strip()) and text.casefold() not in NOTHING]
    right = bool(upn) and is_upn(upn)
    return StudentRef(
        upn=upn if right else "",
        wrong_upn="" if right else excerpt(upn),
        ids=tuple(ids[:MOST_IDS]),
        given_name=given,
        family_name=family,
        year_group=groups.year_group(" ".join(year.split()).casefold().removeprefix("curriculum ").strip()) or "",
        registration_group=folding.folded(_cell(row, places, "registration_group")),
    )


def _contact(row: Sequence[str], places: Places, columns: Columns, wrong: list[str]) -> Contact | None:
    """A contact of a row; None where there is neither a name nor an address nor a telephone."""
    title, given, family = _name(row, places)
    addresses: list[tuple[int, str]] = []
    for at in places.get("email", ()):
        text = row[at].strip()
        if text:
            found, odd = cells.emails(text)
            addresses += [(100 * columns.ranks.get(at, 0) + place, address) for place, address in enumerate(found)]
            wrong += [excerpt(text)] if odd else []
    phones = [(columns.kinds.get(at, "main"), text) for at in places.get("phone", ()) if (text := cells.phone(row[at]))]
    if not (given or family or addresses or phones):
        return None
    return Contact(
        contact_id=cells.name(_cell(row, places, "contact_id")),
        title=title,
        given_name=given,
        family_name=family,
        emails=tuple(addresses),
        phones=tuple(phones),
        relationship=cells.name(_cell(row, places, "relationship")),
        priority=cells.priority(_cell(row, places, "priority")),
        responsible=cells.flag(_cell(row, places, "responsibility")),
        primary=cells.flag(_cell(row, places, "primary")),
        restricted=cells.barred(_cell(row, places, "restricted")),
    )


def _name(row: Sequence[str], places: Places) -> tuple[str, str, str]:
    title = cells.title(_cell(row, places, "title"))
    given, family = cells.name(_cell(row, places, "given_name")), cells.name(_cell(row, places, "family_name"))
    if not given and not family and "name" in places:
        in_name, given, family = cells.split_name(_cell(row, places, "name"))
        title = title or in_name
    return title, given, family


def _cell(row: Sequence[str], places: Places, name: str) -> str:
    at = places.get(name)
    return row[at[0]].strip() if at else ""


def _unread(header: Sequence[str], columns: Columns) -> list[str]:
    names = [excerpt(word) for place, word in enumerate(header) if word and place not in columns.read]
    if not names:
        return []
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return [f"These columns were not read: {', '.join(names[:_SHOWN])}{more}."]
