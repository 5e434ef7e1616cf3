"""Rows of a roster out of columns of cells: the same rules for every format.

Nobody is lost to a cell. A row is rejected where its id, its role or every name is missing or cannot be read. Any other cell that
cannot be used is dropped with a warning, and its person is taken.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import compress, repeat
from typing import Any, Final

from latchkey.office_files.model.tables import TooLong
from latchkey.office_files.model.unusable import excerpt
from latchkey.people.model.person import Role
from latchkey.rosters.model import cells
from latchkey.rosters.model.cells import Wrong
from latchkey.rosters.model.runs import Batch, Rejection, Row

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
PREFERRED: Final = ("preferred_given_name", "preferred_family_name")
"""What somebody is known by, where a file says it beside the legal name."""
COLUMNS: Final = (*COMMON, "links")
_NEEDED: Final = frozenset(("mis_id", "role"))
_NAMES: Final = frozenset(("given_name", "family_name"))
_WITH_UPN: Final = frozenset(("student",))
_WITH_LINKS: Final = frozenset(("student", "parent"))
_EMPTY: Final[dict[str, Any]] = {"given_name": "", "family_name": "", "links": ()}
Columns = Mapping[str, Sequence[str]]


class _Found:
    """What a batch has that cannot be used: rows by their line, and cells whose people are kept."""

    def __init__(self) -> None:
        self.wrong: dict[int, Rejection] = {}
        self.warned: list[Rejection] = []


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
            **dict.fromkeys(PREFERRED, lambda text: cells.name(text) or None),
            "email": cells.email,
            "username": cells.username,
            "upn": cells.upn,
            "links": cells.links,
        }
        self._usual: dict[str, Callable[[Sequence[str]], bool]] = {
            "mis_id": cells.all_usual_ids,
            "given_name": cells.all_usual_names,
            "family_name": cells.all_usual_names,
            **dict.fromkeys(PREFERRED, cells.all_usual_names),
            "email": cells.all_usual_emails,
            "username": cells.all_usual_usernames,
            "upn": cells.all_usual_upns,
            "links": cells.all_usual_links,
        }

    def batch(
        self,
        lines: Sequence[int],
        columns: Columns,
        leaves: Sequence[bool],
        rejected: list[Rejection],
        too_long: Iterable[TooLong] = (),
    ) -> Batch:
        """The rows of these lines. ``rejected`` and ``too_long`` are lines that could not even be cut into columns."""
        rejected = [*rejected, *(Rejection(each.line, "", each.reason, each.first_cell) for each in too_long)]
        size = len(lines) + len(rejected)
        if not lines:
            return Batch(size, [], rejected, [])
        found = _Found()
        columns = _addresses_apart(columns)
        values = [self._column(name, columns.get(name), lines, found) for name in COLUMNS]
        preferred = [self._column(name, columns.get(name), lines, found) for name in PREFERRED]
        # What Row._make does, without a call of Python for each row.
        rows: list[Row] = list(map(tuple.__new__, repeat(Row), zip(lines, *values, leaves, *preferred, strict=True)))
        self._look_closer(rows, dict(zip(COLUMNS, values, strict=True)), found)
        if found.wrong:
            rows = [row for row in rows if row.line not in found.wrong]
        warned = [each for each in found.warned if each.line not in found.wrong]
        return Batch(size, rows, sorted([*rejected, *found.wrong.values()]), sorted(warned))

    def _look_closer(self, rows: list[Row], columns: Mapping[str, Sequence[Any]], found: _Found) -> None:
        """Change the rows in which one cell says something of another; mostly there is none, as the columns say at once."""
        if not (all(columns["given_name"]) and all(columns["family_name"])):
            for place, row in enumerate(rows):
                if not (row.given_name and row.family_name):
                    rows[place] = self._one_name(row, found.wrong)
        roles = columns["role"]
        if {*compress(roles, columns["upn"])} - _WITH_UPN or {*compress(roles, columns["links"])} - _WITH_LINKS:
            rows[:] = [self._adult(row, found.warned) if row.role != "student" else row for row in rows]
        if any(map(cells.like_a_date, {*columns["registration_group"]} - {None})):
            for row in rows:
                if row.registration_group is not None and cells.like_a_date(row.registration_group):
                    reason = "looks like a date that a spreadsheet made; it was taken"
                    self._warn(row.line, "registration_group", reason, row, found.warned)

    def _column(
        self,
        name: str,
        given: Sequence[str] | None,
        lines: Sequence[int],
        found: _Found,
    ) -> Sequence[Any]:
        if given is None or (name in PREFERRED and not any(given)):
            return [_EMPTY.get(name)] * len(lines)
        repeated = self._repeated.get(name)
        if repeated is not None:
            try:
                return list(map(repeated.__getitem__, given))
            except Wrong:
                return self._one_by_one(name, given, repeated.__getitem__, lines, found)
        if self._usual[name](given):
            if name == "links":
                return [cells.usual_links(text) if text else () for text in given]
            return given if name in _NEEDED or name in _NAMES else [text or None for text in given]
        return self._one_by_one(name, given, self._rules[name], lines, found)

    def _one_by_one(
        self,
        name: str,
        texts: Sequence[str],
        rule: Callable[[str], Any],
        lines: Sequence[int],
        found: _Found,
    ) -> list[Any]:
        values: list[Any] = [_EMPTY.get(name)] * len(texts)
        for place, (line, cell) in enumerate(zip(lines, texts, strict=True)):
            text = cell.strip()
            if not text and name not in _NEEDED:
                continue
            try:
                values[place] = rule(text)
            except Wrong as error:
                told = Rejection(line, self._names.get(name, name), str(error), excerpt(text))
                if name in _NEEDED:
                    found.wrong.setdefault(line, told)
                else:
                    found.warned.append(told)
        return values

    def _one_name(self, row: Row, wrong: dict[int, Rejection]) -> Row:
        """Somebody with one name is called by it, whichever column it stands in."""
        if not row.given_name and not row.family_name:  # some reports have only what people are known by
            row = row._replace(given_name=row.preferred_given_name or "", family_name=row.preferred_family_name or "")
        if not row.given_name and not row.family_name:
            wrong.setdefault(row.line, Rejection(row.line, self._names.get("given_name", "given_name"), "there is no name", ""))
        return (
            row
            if row.given_name and row.family_name
            else row._replace(given_name=row.given_name or row.family_name, family_name="")
        )

    def _adult(self, row: Row, warned: list[Rejection]) -> Row:
        if row.upn is not None:
            self._warn(row.line, "upn", "only students have a UPN; it was left out", row, warned)
            row = row._replace(upn=None)
        if row.links and row.role != "parent":
            name = f"{row.given_name} {row.family_name}".strip()
            reason = f"names children of a {row.role}: they are linked to that one account"
            warned.append(Rejection(row.line, self._names.get("links", "links"), reason, excerpt(name)))
        return row

    def _warn(self, line: int, name: str, reason: str, row: Row, warned: list[Rejection]) -> None:
        warned.append(Rejection(line, self._names.get(name, name), reason, excerpt(getattr(row, name))))


def _addresses_apart(columns: Columns) -> Columns:
    """Usernames that are addresses, as Microsoft's and Google's are: they say no more than the person's own address does.

    Who has no other address has this one, and signs in with it.
    """
    names = columns.get("username")
    if names is None or "@" not in "".join(names):
        return columns
    emails = columns.get("email") or [""] * len(names)
    pairs = [_apart(name.strip(), email.strip()) for name, email in zip(names, emails, strict=True)]
    return {**columns, "username": [name for name, _ in pairs], "email": [email for _, email in pairs]}


def _apart(name: str, email: str) -> tuple[str, str]:
    """``(username, email)``."""
    if "@" not in name:
        return name, email
    if not email or name.casefold() == email.casefold():
        return "", name
    return name, email
