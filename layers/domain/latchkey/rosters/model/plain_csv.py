"""One table, one row for each person: our own columns, or an MIS's report under its own words (docs/rosters.md)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import Final

from latchkey.office_files.model.table_files import AnyTable, TableFile
from latchkey.office_files.model.unusable import Unusable, excerpt
from latchkey.rosters.model import words
from latchkey.rosters.model.leaving import Leavers
from latchkey.rosters.model.rows import COMMON, Checker
from latchkey.rosters.model.runs import Batch

FILE: Final = "The file"
HEADER: Final = (*COMMON, "children")
_NEEDED: Final = ("mis_id", "role")
_NEVER: Final = {"password", "is_admin", "admin", "permissions", "pin", "parent_code", "version"}
_SAMPLE: Final = 5  # names that show whether an old encoding was read rightly


class PlainCsv:
    """A table in a file; ``school`` are the names (slug, URN) under which a column ``school`` may name this school.

    ``columns`` says which word of the header was read as which of our fields.
    """

    format: Final = "plain_csv"

    def __init__(self, file: TableFile, school: frozenset[str], today: date) -> None:
        self._file = file
        self._school = school
        table = self._table()
        self._places = _places(table.header)
        self._leavers = Leavers(self._places, today)
        self.columns: Mapping[str, str] = {name: table.header[place] for name, place in self._places.items()}
        self.names: Mapping[str, str] = {("links" if name == "children" else name): word for name, word in self.columns.items()}
        missing = [name for name in _NEEDED if name not in self._places]
        if not {"given_name", "family_name"} & self._places.keys():
            missing.append("given_name or family_name")
        if missing:
            raise Unusable(
                f"The header (row {table.header_row:,}) lacks {', '.join(missing)}. We looked for it in the first 20 rows; it "
                "must have an id, a role and a name, under the words of docs/rosters.md."
            )
        self._warnings = [*self._encoding_warning(), *_warnings(table.header, self._places)]

    @property
    def warnings(self) -> list[str]:
        """What to note about the whole file; complete once its rows have been read."""
        return [*self._file.warnings, *self._warnings]

    def batches(self) -> Iterator[Batch]:
        """The rows of the file, in order; may be called again."""
        checker = Checker(words.ROLES, self.names)
        places = {("links" if name == "children" else name): at for name, at in self._places.items() if name in HEADER}
        school = self._places.get("school")
        for lines, rows, too_long in self._table().batches():
            if school is not None:
                self._check_school(map(itemgetter(school), rows))
            columns = list(zip(*rows, strict=True))
            chosen = {name: columns[place] for name, place in places.items()} if rows else {}
            yield checker.batch(lines, chosen, self._leavers.of(columns, len(rows)), [], too_long)

    def _table(self) -> AnyTable:
        return self._file.open(words.is_known)

    def _check_school(self, cells: Iterator[str]) -> None:
        for cell in {*cells}:
            if cell.strip() and cell.strip().casefold() not in self._school:
                raise Unusable(f"The column school names another school ({excerpt(cell)}). Nothing of this file was taken.")

    def _encoding_warning(self) -> list[str]:
        if self._file.encoding != "cp1252":
            return []
        places = [self._places[name] for name in ("given_name", "family_name") if name in self._places]
        shown: list[str] = []
        for _, rows, _ in self._table().batches():
            names = (" ".join(row[place].strip() for place in places) for row in rows)
            shown += [name for name in names if not name.isascii() and name.isprintable()]
            if len(shown) >= _SAMPLE:
                break
        sample = f" Are these names right? {'; '.join(map(excerpt, shown[:_SAMPLE]))}." if shown else ""
        return [f"The file is not in UTF-8; it was read as Windows-1252, as Excel and SIMS write it.{sample}"]


def _places(header: Sequence[str]) -> dict[str, int]:
    """Where each of our fields stands; the better word where two words mean one field. Refuses one word that stands twice."""
    found: dict[str, tuple[int, int]] = {}
    seen: set[str] = set()
    for place, word in enumerate(header):
        name, plain = words.field_of(word), words.plain(word)
        if name is None:
            continue
        if plain in seen:
            raise Unusable(f"The column {excerpt(word)} stands in the header twice.")
        seen.add(plain)
        rank = words.FIELDS[name].index(plain)
        if name not in found or rank < found[name][0]:
            found[name] = (rank, place)
    return {name: place for name, (_, place) in found.items()}


def _warnings(header: Sequence[str], places: Mapping[str, int]) -> list[str]:
    read, warnings = {*places.values()}, []
    for place, word in enumerate(header):
        if place in read or not word:
            continue
        if words.plain(word) in _NEVER:
            warnings.append(f"The column {excerpt(word)} is never taken from a roster; it was not read.")
        elif words.is_known(word):
            warnings.append(
                f"The column {excerpt(word)} was not read: {excerpt(header[places[str(words.field_of(word))]])} says the same."
            )
        else:
            warnings.append(f"The column {excerpt(word)} is not known and was not read.")
    return warnings[:20]
