"""Rows of a roster out of columns of cells: the same rules for every format."""

from collections.abc import Callable, Mapping, Sequence
from itertools import repeat
from typing import Any, Final

from latchkey.people.model.person import Role
from latchkey.rosters.model import cells
from latchkey.rosters.model.cells import Wrong
from latchkey.rosters.model.runs import Batch, Rejection, Row, excerpt

COMMON: Final = (
    "mis_id",
    "role",
    "given_name",
    "family_name",
    "email",
    "username",
    "upn",
    "year_group",
    "registration_group",
    "language",
)
"""The columns of every format; to whom somebody is linked each format says in its own way."""
COLUMNS: Final = (*COMMON, "links")
_MAY_BE_EMPTY: Final = frozenset(COLUMNS[4:])
Columns = Mapping[str, Sequence[str]]


class Checker:
    """Turns columns into rows. ``names`` says what the file calls our columns, for messages."""

    def __init__(self, roles: dict[str, Role], names: Mapping[str, str]) -> None:
        self._names = names
        self._repeated = {
            "role": cells.Repeated(cells.role_of(roles)),
            "year_group": cells.Repeated(cells.year_group),
            "registration_group": cells.Repeated(cells.registration_group),
            "language": cells.Repeated(cells.language),
        }
        self._rules: dict[str, Callable[[str], Any]] = {
            "mis_id": cells.mis_id,
            "given_name": cells.name,
            "family_name": cells.name,
            "email": cells.email,
            "username": cells.username,
            "upn": cells.upn,
            "links": cells.links,
        }
        self._usual: dict[str, Callable[[Sequence[str]], bool]] = {
            "mis_id": cells.all_usual_ids,
            "given_name": cells.all_usual_names,
            "family_name": cells.all_usual_names,
            "email": cells.all_usual_emails,
            "username": cells.all_usual_usernames,
            "upn": cells.all_usual_upns,
        }

    def batch(self, lines: Sequence[int], columns: Columns, leaves: Sequence[bool], rejected: list[Rejection]) -> Batch:
        """The rows of these lines. ``rejected`` are lines that could not even be cut into columns."""
        size = len(lines) + len(rejected)
        if not lines:
            return Batch(size, [], rejected)
        wrong: dict[int, Rejection] = {}
        values = [self._column(name, columns.get(name), lines, wrong) for name in COLUMNS]
        # What Row._make does, without a call of Python for each row.
        rows: list[Row] = list(map(tuple.__new__, repeat(Row), zip(lines, *values, leaves, strict=True)))
        for row in rows:
            if (row.upn is not None or row.links) and row.role != "student" and row.line not in wrong:
                self._check_adult(row, wrong)
        if wrong:
            rows = [row for row in rows if row.line not in wrong]
        return Batch(size, rows, sorted([*rejected, *wrong.values()]))

    def _column(self, name: str, given: Sequence[str] | None, lines: Sequence[int], wrong: dict[int, Rejection]) -> Sequence[Any]:
        if given is None:
            return [() if name == "links" else None] * len(lines)
        repeated = self._repeated.get(name)
        if repeated is not None:
            try:
                return list(map(repeated.__getitem__, given))
            except Wrong:
                return self._one_by_one(name, given, repeated.__getitem__, lines, wrong)
        if name != "links" and self._usual[name](given):
            return [text or None for text in given] if name in _MAY_BE_EMPTY else given
        return self._one_by_one(name, given, self._rules[name], lines, wrong)

    def _one_by_one(
        self, name: str, texts: Sequence[str], rule: Callable[[str], Any], lines: Sequence[int], wrong: dict[int, Rejection]
    ) -> list[Any]:
        empty = rule("") if name in _MAY_BE_EMPTY else ""
        values: list[Any] = [empty] * len(texts)
        for place, (line, cell) in enumerate(zip(lines, texts, strict=True)):
            text = cell.strip()
            if not text and name in _MAY_BE_EMPTY:
                continue
            try:
                values[place] = rule(text)
            except Wrong as error:
                wrong.setdefault(line, Rejection(line, self._names.get(name, name), str(error), excerpt(text)))
        return values

    def _check_adult(self, row: Row, wrong: dict[int, Rejection]) -> None:
        if row.upn is not None:
            wrong[row.line] = Rejection(row.line, self._names.get("upn", "upn"), "only students have a UPN", "")
        elif row.links and row.role != "parent":
            reason = "only parents and students are linked to each other"
            wrong[row.line] = Rejection(row.line, self._names.get("links", "links"), reason, "")
