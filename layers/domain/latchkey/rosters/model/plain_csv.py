"""The plain CSV: one documented table, one row for each person (docs/rosters.md)."""

import re
from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import BinaryIO, Final

from latchkey.rosters.model.cells import PLAIN_ROLES
from latchkey.rosters.model.rows import COMMON, Checker
from latchkey.rosters.model.runs import Batch, Unusable, excerpt
from latchkey.rosters.model.table import Table

FILE: Final = "The file"
HEADER: Final = (*COMMON, "children")
_NEEDED: Final = ("mis_id", "role", "given_name", "family_name")
_NEVER: Final = {"password", "is_admin", "admin", "permissions", "pin", "parent_code", "id", "version", "status"}
_JOINT: Final = re.compile(r"[\s-]+")


class PlainCsv:
    """A plain CSV in a stream; ``school`` are the names (slug, URN) under which a column ``school`` may name this school."""

    format: Final = "plain_csv"
    names: Final = {"links": "children"}

    def __init__(self, open_file: Callable[[], BinaryIO], school: frozenset[str]) -> None:
        self._open = open_file
        self._school = school
        table = Table(open_file(), FILE)
        self._columns = [_JOINT.sub("_", name.casefold()) for name in table.header]
        known = [name for name in self._columns if name in {*HEADER, "school"}]
        twice = sorted({name for name in known if known.count(name) > 1})
        if twice:
            raise Unusable(f"The column {twice[0]} stands in the header twice.")
        missing = [name for name in _NEEDED if name not in known]
        if missing:
            raise Unusable(
                f"The header lacks {', '.join(missing)}. It must have {', '.join(_NEEDED)}; docs/rosters.md has the rest."
            )
        self.warnings = _warnings(table.header, self._columns)

    def batches(self) -> Iterator[Batch]:
        """The rows of the file, in order; may be called again."""
        checker = Checker(PLAIN_ROLES, self.names)
        places = {("links" if name == "children" else name): place for place, name in enumerate(self._columns) if name in HEADER}
        school = self._columns.index("school") if "school" in self._columns else None
        for lines, rows, rejected in Table(self._open(), FILE).batches():
            if school is not None:
                self._check_school(map(itemgetter(school), rows))
            columns = list(zip(*rows, strict=True))
            chosen = {name: columns[place] for name, place in places.items()} if rows else {}
            yield checker.batch(lines, chosen, [False] * len(lines), rejected)

    def _check_school(self, cells: Iterator[str]) -> None:
        for cell in {*cells}:
            if cell.strip() and cell.strip().casefold() not in self._school:
                raise Unusable(f"The column school names another school ({excerpt(cell)}). Nothing of this file was taken.")


def _warnings(header: list[str], columns: list[str]) -> list[str]:
    warnings = []
    for name, column in zip(header, columns, strict=True):
        if column in _NEVER:
            warnings.append(f"The column {excerpt(name)} is never taken from a roster; it was not read.")
        elif column not in {*HEADER, "school"} and name:
            warnings.append(f"The column {excerpt(name)} is not known and was not read.")
    return warnings[:20]
