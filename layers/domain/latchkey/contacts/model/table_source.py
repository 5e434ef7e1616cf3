"""A contacts export that is a table: rows into students and their contacts."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import Final, TypeAlias, TypeVar

from latchkey.contacts.model import cells, words
from latchkey.contacts.model.columns import Columns, Places, chosen_columns, columns_of
from latchkey.contacts.model.contact import ColumnsUnknown, Contact, Entry, Shape, StudentRef
from latchkey.office_files.model.table_files import AnyTable, TableFile
from latchkey.office_files.model.unusable import excerpt
from latchkey.people.model.upn import is_upn
from latchkey.rosters.model.cells import all_usual_emails
from latchkey.shared.model.written_email import NOTHING

_SHOWN: Final = 20
MOST_IDS: Final = 4
Cells: TypeAlias = Sequence[str]
"""Of a row or a column, without blanks around them."""
Cell = TypeVar("Cell")
Emails: TypeAlias = tuple[tuple[int, str], ...]
Phones: TypeAlias = tuple[tuple[str, str], ...]

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
        for lines, rows, too_long in self._table().batches():
            wrong: dict[int, list[str]] = {}
            columns = [[*map(str.strip, column)] for column in zip(*rows, strict=True)]
            students = self._students(columns) if rows else []
            beside = [self._contacts(columns, places, wrong) for places in self._columns.contacts] if rows else []
            of_rows = [tuple(filter(None, each)) for each in zip(*beside, strict=True)]
            entries = [
                Entry(line, student, contacts, tuple(wrong.get(at, ())))
                for at, (line, student, contacts) in enumerate(zip(lines, students, of_rows, strict=True))
            ]
            entries += [Entry(each.line, StudentRef(), (), fault=each.reason) for each in too_long]
            yield entries

    def _students(self, columns: Sequence[Cells]) -> list[StudentRef]:
        """The student of each row, which is the same for each contact of a student."""
        places = self._columns.student
        read = sorted({place for each in places.values() for place in each})
        keys = [*zip(*(columns[place] for place in read), strict=True)]
        at = {place: index for index, place in enumerate(read)}
        inside = {name: tuple(at[place] for place in each) for name, each in places.items()}
        known = {key: _student(key, inside) for key in dict.fromkeys(keys)}
        return [known[key] for key in keys]

    def _contacts(self, columns: Sequence[Cells], places: Places, wrong: dict[int, list[str]]) -> list[Contact | None]:
        """One contact of each row, column by column; None where there is neither a name nor an address nor a telephone.

        ``wrong`` gets, by the row's place, the cells in which an address should be and none is.
        """

        def read(name: str, rule: Callable[[str], Cell]) -> Iterable[Cell]:
            at = places.get(name)
            return map(rule, columns[at[0]]) if at else repeat(rule(""), len(columns[0]))

        titles, given, family = read("title", cells.title), read("given_name", cells.name), read("family_name", cells.name)
        if "name" in places:
            named = map(_named, titles, given, family, columns[places["name"][0]])
            titles, given, family = zip(*named, strict=True)
        contacts = map(
            Contact,
            read("contact_id", cells.name),
            titles,
            given,
            family,
            self._emails(columns, places.get("email", ()), wrong),
            self._phones(columns, places.get("phone", ())),
            read("relationship", cells.name),
            read("priority", cells.priority),
            read("responsibility", cells.flag),
            read("primary", cells.flag),
            read("restricted", cells.barred),
        )
        return [each if each.given_name or each.family_name or each.emails or each.phones else None for each in contacts]

    def _emails(self, columns: Sequence[Cells], places: Sequence[int], wrong: dict[int, list[str]]) -> list[Emails]:
        """The addresses of each row, with their ranks. Cells as most are, are looked at together."""
        found: list[Emails] = [()] * len(columns[0])
        for at in places:
            rank = 100 * self._columns.ranks.get(at, 0)
            if all_usual_emails(columns[at]):
                found = [
                    (*before, (rank, address)) if address else before for before, address in zip(found, columns[at], strict=True)
                ]
                continue
            for row, text in enumerate(columns[at]):
                addresses, odd = cells.emails(text)
                found[row] += tuple((rank + place, address) for place, address in enumerate(addresses))
                if odd:
                    wrong.setdefault(row, []).append(excerpt(text))
        return found

    def _phones(self, columns: Sequence[Cells], places: Sequence[int]) -> list[Phones]:
        """The telephones of each row, with their kinds."""
        found: list[Phones] = [()] * len(columns[0])
        for at in places:
            kind = self._columns.kinds.get(at, "main")
            numbers = map(cells.phone, columns[at])
            found = [(*before, (kind, number)) if number else before for before, number in zip(found, numbers, strict=True)]
        return found


def _student(row: Cells, places: Places) -> StudentRef:
    """The student of these cells."""

    def cell(name: str) -> str:
        at = places.get(name)
        return row[at[0]] if at else ""

    upn = cell("upn").upper()
    given, family = cells.name(cell("student_given")), cells.name(cell("student_family"))
    if not given and not family and "student_name" in places:
        _, given, family = cells.split_name(cell("student_name"))
    ids = [text for at in places.get("student_id", ()) if (text := row[at]) and text.casefold() not in NOTHING]
    right = bool(upn) and is_upn(upn)
    return StudentRef(
        upn if right else "",
        "" if right else excerpt(upn),
        tuple(ids[:MOST_IDS]),
        given,
        family,
        cells.year_group(cell("year_group")),
        cells.registration_group(cell("registration_group")),
    )


def _named(title: str, given: str, family: str, whole: str) -> tuple[str, str, str]:
    """Title and names of a contact, from the cell that has all of it where those of their own are empty."""
    if given or family:
        return title, given, family
    in_name, given, family = cells.split_name(whole)
    return title or in_name, given, family


def _unread(header: Sequence[str], columns: Columns) -> list[str]:
    names = [excerpt(word) for place, word in enumerate(header) if word and place not in columns.read]
    if not names:
        return []
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return [f"These columns were not read: {', '.join(names[:_SHOWN])}{more}."]
