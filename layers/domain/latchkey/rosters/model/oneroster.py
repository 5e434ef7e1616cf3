"""OneRoster CSV, 1.1 and 1.2: a zip of tables; the version is decided by the header, because labels lie.

1.1 has the role in users.csv; 1.2 has it in roles.csv. docs/rosters.md says what is taken of which file.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO, Final, Protocol

from latchkey.office_files.model.tables import Table
from latchkey.office_files.model.text import Encoding, encoding_of
from latchkey.office_files.model.unusable import Unusable, excerpt
from latchkey.people.model.upn import is_upn
from latchkey.rosters.model.questions import Asks
from latchkey.rosters.model.rows import Checker
from latchkey.rosters.model.runs import Batch, Rejection
from latchkey.rosters.model.words import ROLES

USERS: Final = "users.csv"
NAMES: Final = {
    "mis_id": "sourcedId",
    "given_name": "givenName",
    "family_name": "familyName",
    "year_group": "grades",
    "links": "agentSourcedIds",
}
_TAKEN: Final = {
    "sourcedid": "mis_id",
    "role": "role",
    "givenname": "given_name",
    "familyname": "family_name",
    "email": "email",
    "username": "username",
    "grades": "year_group",
    "agentsourcedids": "links",
    "metadata.upn": "upn",
    "metadata.registrationgroup": "registration_group",
    "registrationgroup": "registration_group",
    "homeroom": "registration_group",
    "metadata.language": "language",
}
_USER_IDS: Final = re.compile(r"\{\s*upn\s*:\s*([^{}]*?)\s*\}", re.IGNORECASE)
_MOST_ORGS: Final = 1000


class Notes(Protocol):
    """What has to be remembered between tables, outside of memory: text under a key, the first one stays."""

    def keep(self, subject: str, pairs: Sequence[tuple[str, str]]) -> None:
        """Remember pairs of key and text."""

    def find(self, subject: str, keys: Sequence[str]) -> dict[str, str]:
        """The texts of those of these keys that are remembered."""


class OneRoster:
    """The people of a OneRoster bundle. ``open_file`` opens one of its ``files``; ``school`` are this school's slug and URN."""

    format: Final = "oneroster"
    names: Final = NAMES
    asks: Sequence[Asks] = ()

    def __init__(self, files: Sequence[str], open_file: Callable[[str], BinaryIO], school: frozenset[str], notes: Notes) -> None:
        if USERS not in files:
            raise Unusable("The zip lacks users.csv. Upload a OneRoster CSV zip, or the plain CSV of docs/rosters.md.")
        self._files = files
        self._open = open_file
        self._notes = notes
        self._encodings: dict[str, Encoding] = {}
        users = self._open_table(USERS)
        columns = [name.casefold() for name in users.header]
        self._index = {name: place for place, name in enumerate(columns)}
        if len(self._index) < len([name for name in columns if name]):
            raise Unusable("users.csv has a column twice.")
        self._role_here = "role" in self._index
        missing = [name for name in ("sourcedId", "givenName", "familyName") if name.casefold() not in self._index]
        if missing:
            raise Unusable(f"users.csv lacks the column {', '.join(missing)}.")
        if not self._role_here and "roles.csv" not in files:
            raise Unusable("users.csv has no column role (OneRoster 1.1), and the zip has no roles.csv (OneRoster 1.2).")
        self.warnings = ["The column password is never taken from a roster; it was not read."] if "password" in columns else []
        self._orgs = _orgs(self._open_table("orgs.csv"), school) if "orgs.csv" in files else frozenset()
        self._prepared = False

    def batches(self) -> Iterator[Batch]:
        """The rows of users.csv, in order; may be called again."""
        if not self._prepared:
            self._prepare()
        checker = Checker(ROLES, NAMES)
        for all_lines, all_rows, too_long in self._open_table(USERS).batches():
            rejected: list[Rejection] = []
            lines, rows = self._of_this_school(all_lines, all_rows, rejected)
            columns = list(zip(*rows, strict=True))
            chosen = self._chosen(columns) if rows else {}
            yield checker.batch(lines, chosen, self._leaves(columns, len(rows)), rejected, too_long)

    def _open_table(self, file: str) -> Table:
        encoding = self._encodings.get(file)
        if encoding is None:
            encoding = self._encodings[file] = encoding_of(self._open(file), file)
        return Table(self._open(file), file, encoding=encoding)

    def _chosen(self, columns: list[tuple[str, ...]]) -> dict[str, Sequence[str]]:
        chosen: dict[str, Sequence[str]] = {_TAKEN[name]: columns[at] for name, at in self._index.items() if name in _TAKEN}
        ids = [cell.strip() for cell in chosen["mis_id"]]
        if not self._role_here:
            roles = self._notes.find("role", ids)
            chosen["role"] = [roles.get(each, "") for each in ids]
        if "year_group" in chosen:
            chosen["year_group"] = [
                cell.replace(";", ",").partition(",")[0] if role.strip().casefold() == "student" else ""
                for cell, role in zip(chosen["year_group"], chosen["role"], strict=True)
            ]
        if "upn" not in chosen:
            chosen["upn"] = self._upns(columns, chosen["role"])
        groups = self._notes.find("group", ids)
        if groups:
            given = chosen.get("registration_group", [""] * len(ids))
            chosen["registration_group"] = [cell or groups.get(each, "") for each, cell in zip(ids, given, strict=True)]
        if "links" in chosen:
            chosen["links"] = [
                cell if ROLES.get(role.strip().casefold()) in {"parent", "student"} else ""
                for cell, role in zip(chosen["links"], chosen["role"], strict=True)
            ]
        return chosen

    def _upns(self, columns: list[tuple[str, ...]], roles: Sequence[str]) -> list[str]:
        """A student's UPN: ``{UPN:...}`` in userIds, or an identifier that is one."""
        count = len(roles)
        ids = columns[self._index["userids"]] if "userids" in self._index else ("",) * count
        others = columns[self._index["identifier"]] if "identifier" in self._index else ("",) * count
        found = []
        for role, named, other in zip(roles, ids, others, strict=True):
            match = _USER_IDS.search(named) if named else None
            text = match.group(1) if match else other.strip() if is_upn(other.strip()) else ""
            found.append(text if role.strip().casefold() == "student" else "")
        return found

    def _leaves(self, columns: list[tuple[str, ...]], count: int) -> list[bool]:
        if "status" not in self._index or not count:
            return [False] * count
        return [cell.strip().casefold() == "tobedeleted" for cell in columns[self._index["status"]]]

    def _of_this_school(
        self, lines: list[int], rows: list[list[str]], rejected: list[Rejection]
    ) -> tuple[list[int], list[list[str]]]:
        """Without the rows of other schools and of people who are switched off."""
        orgs, enabled, status = (self._index.get(name) for name in ("orgsourcedids", "enableduser", "status"))
        if enabled is None and (orgs is None or not self._orgs):
            return lines, rows
        good_lines, good_rows = [], []
        for line, row in zip(lines, rows, strict=True):
            org = row[orgs] if orgs is not None and self._orgs else ""
            named = {part.strip() for part in org.split(",")} - {""}
            gone = status is not None and row[status].strip().casefold() == "tobedeleted"
            if named and not named & self._orgs:
                rejected.append(Rejection(line, "orgSourcedIds", "names another school", excerpt(org)))
            elif enabled is not None and not gone and row[enabled].strip().casefold() in {"false", "0"}:
                reason = "the user is switched off there; a roster switches nobody off here, so nothing was changed"
                rejected.append(Rejection(line, "enabledUser", reason, ""))
            else:
                good_lines.append(line)
                good_rows.append(row)
        return good_lines, good_rows

    def _prepare(self) -> None:
        """Read the tables that users.csv leans on, once."""
        if not self._role_here:
            for rows in self._table("roles.csv", "userSourcedId", "role", optional=("roleType", "status")):
                roles = [(user, role) for user, role, kind, status in rows if kind.casefold() != "secondary" and _alive(status)]
                self._notes.keep("role", roles)
        if "classes.csv" in self._files and "enrollments.csv" in self._files:
            for rows in self._table("classes.csv", "sourcedId", "title", "classType", optional=("status", "classCode")):
                homerooms = [(row[0], row[4] or row[1]) for row in rows if row[2].casefold() == "homeroom" and _alive(row[3])]
                self._notes.keep("homeroom", homerooms)
            for rows in self._table("enrollments.csv", "classSourcedId", "userSourcedId", "role", optional=("status",)):
                titles = self._notes.find("homeroom", [row[0] for row in rows])
                self._notes.keep(
                    "group",
                    [
                        (user, titles[room])
                        for room, user, role, status in rows
                        if room in titles and role.casefold() == "student" and _alive(status)
                    ],
                )
        self._prepared = True

    def _table(self, file: str, *needed: str, optional: tuple[str, ...] = ()) -> Iterator[list[tuple[str, ...]]]:
        table = self._open_table(file)
        places = {name.casefold(): place for place, name in enumerate(table.header)}
        missing = [name for name in needed if name.casefold() not in places]
        if missing:
            raise Unusable(f"{file} lacks the column {', '.join(missing)}.")
        chosen = [places.get(name.casefold()) for name in (*needed, *optional)]
        for _, rows, _ in table.batches():
            yield [tuple("" if place is None else row[place].strip() for place in chosen) for row in rows]


def _alive(status: str) -> bool:
    return status.casefold() != "tobedeleted"


def _orgs(table: Table, school: frozenset[str]) -> frozenset[str]:
    """The organisations whose people are this school's; refuses a bundle of another school or of several."""
    index = {name.casefold(): place for place, name in enumerate(table.header)}
    if not {"sourcedid", "type"} <= index.keys():
        raise Unusable("orgs.csv lacks the column sourcedId or type.")

    def cell(row: list[str], name: str) -> str:
        return row[index[name]].strip() if name in index else ""

    schools: list[list[str]] = []
    others: set[str] = set()
    for _, rows, _ in table.batches():
        for row in rows:
            if not _alive(cell(row, "status")):
                continue
            if cell(row, "type").casefold() == "school":
                schools.append(row)
            else:
                others.add(cell(row, "sourcedid"))
        if len(schools) + len(others) > _MOST_ORGS:
            raise Unusable(f"orgs.csv has more than {_MOST_ORGS:,} organisations.")
    ours = [row for row in schools if school & {cell(row, "sourcedid").casefold(), cell(row, "identifier").casefold()}]
    if not ours and len(schools) > 1:
        raise Unusable("orgs.csv has several schools, and none has this school's URN as its identifier. Export one school.")
    if not ours and schools and _is_urn(cell(schools[0], "identifier")) and any(_is_urn(name) for name in school):
        raise Unusable(f"The file is another school's: its URN is {excerpt(cell(schools[0], 'identifier'))}.")
    return frozenset(cell(row, "sourcedid") for row in ours or schools) | others


def _is_urn(text: str) -> bool:
    return len(text) == 6 and text.isascii() and text.isdecimal()
