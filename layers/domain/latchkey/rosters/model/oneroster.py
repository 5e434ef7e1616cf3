"""OneRoster CSV, 1.1 and 1.2, bulk and delta: a zip of tables; the version is decided by the header, because labels lie.

1.1 has the role in users.csv; 1.2 has it in roles.csv. docs/rosters.md says what is taken of which file.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import BinaryIO, Final

from latchkey.office_files.model.tables import Table
from latchkey.office_files.model.unusable import Unusable
from latchkey.people.model.upn import is_upn
from latchkey.rosters.model.bundle import ROLES_FILE, USERS, Around, Bundle, Notes, alive
from latchkey.rosters.model.bundle_roles import BundleRoles, Layout
from latchkey.rosters.model.grades import Grades
from latchkey.rosters.model.organisations import ORGS, check_the_only_one, organisations
from latchkey.rosters.model.questions import Asks
from latchkey.rosters.model.rows import Checker
from latchkey.rosters.model.runs import Batch
from latchkey.rosters.model.users import Some, Users, together
from latchkey.rosters.model.words import ROLES

NAMES: Final = {
    "mis_id": "sourcedId",
    "given_name": "givenName",
    "family_name": "familyName",
    "year_group": "grades",
    "links": "agentSourcedIds",
}
_MANIFEST: Final = "manifest.csv"
_CLASSES: Final = "classes.csv"
_ENROLLMENTS: Final = "enrollments.csv"
_TAKEN: Final = {
    "email": ("email",),
    "username": ("username",),
    "registration_group": ("metadata.registrationgroup", "registrationgroup", "homeroom"),
    "language": ("metadata.language",),
    "preferred_given_name": (
        "preferredgivenname", "metadata.preferredgivenname", "preferredfirstname", "metadata.preferredfirstname",
    ),
    "preferred_family_name": (
        "preferredfamilyname", "metadata.preferredfamilyname", "preferredlastname", "metadata.preferredlastname",
    ),
}  # fmt: skip
_USER_IDS: Final = re.compile(r"\{\s*upn\s*:\s*([^{}]*?)\s*\}", re.IGNORECASE)
_MOST_FACTS: Final = 1000
_LAYOUT: Final = Layout("roleType", "beginDate", "endDate")


class OneRoster:
    """The people of a OneRoster bundle. ``whole``: it has everybody; a delta has only those of whom something has changed."""

    format: Final = "oneroster"
    names: Final = NAMES

    def __init__(self, files: Sequence[str], open_file: Callable[[str], BinaryIO], around: Around, notes: Notes) -> None:
        bundle = self._bundle = Bundle(files, open_file)
        facts = _manifest(bundle)
        if USERS not in files:
            if facts.get("file.users") == "absent":
                raise Unusable("The zip has no people: its manifest says that users.csv is absent. Nothing was to be changed.")
            raise Unusable("The zip lacks users.csv. Upload a OneRoster CSV zip, or the plain CSV of docs/rosters.md.")
        places = bundle.places(USERS)
        self.whole = "delta" not in (facts.get("file.users"), facts.get("file.roles"))
        self._role_here = "role" in places
        missing = [name for name in ("sourcedId", "givenName", "familyName") if name.casefold() not in places]
        if missing:
            raise Unusable(f"users.csv lacks the column {', '.join(missing)}.")
        if not self._role_here and ROLES_FILE not in files and self.whole:
            raise Unusable("users.csv has no column role (OneRoster 1.1), and the zip has no roles.csv (OneRoster 1.2).")
        self.warnings = ["The column password is never taken from a roster; it was not read."] if "password" in places else []
        orgs = organisations(bundle, around)
        if ORGS not in files:
            check_the_only_one(bundle, roles=not self._role_here)
        self._notes = notes
        self._roles = None if self._role_here else BundleRoles(bundle, _LAYOUT, orgs, notes, around.today)
        self._users = Users(bundle, around, orgs, self._roles, changes_only=not self.whole, nameless=not self.whole)
        self._grades = Grades(around.chosen)
        self._prepared = False

    @property
    def asks(self) -> Sequence[Asks]:
        """Which years the grades mean."""
        return self._grades.asks

    @property
    def shape(self) -> str:
        """What was seen, and what of it was not read."""
        version = "1.1" if self._role_here else "1.2"
        read = {USERS, ORGS, _MANIFEST} | (set() if self._role_here else {ROLES_FILE})
        if _CLASSES in self._bundle and _ENROLLMENTS in self._bundle:
            read |= {_CLASSES, _ENROLLMENTS}
        kind = "" if self.whole else ", only what has changed (delta)"
        return f"OneRoster {version}{kind}{self._bundle.unread(frozenset(read))}"

    def people(self) -> Table:
        """users.csv as it stands in the bundle."""
        return self._bundle.table(USERS)

    def batches(self) -> Iterator[Batch]:
        """The rows of users.csv, in order; may be called again."""
        if not self._prepared:
            self._prepare()
        checker = Checker(ROLES, NAMES)
        for some, found in self._users.batches():
            batch = checker.batch(some.lines, self._chosen(some), some.leaves, found.rejected)
            yield together(some, batch, found, NAMES["links"])

    def _chosen(self, some: Some) -> dict[str, Sequence[str]]:
        if not some.rows:
            return {}
        students = some.students
        chosen: dict[str, Sequence[str]] = {
            name: some.first_of(columns) for name, columns in _TAKEN.items() if self._users.has_any(columns)
        }
        chosen |= {"mis_id": some.ids, "role": some.roles, "given_name": some.given, "family_name": some.family}
        chosen["links"] = some.column("agentsourcedids")
        chosen["upn"] = _upns(some, students)
        chosen["year_group"] = [
            self._grades.year(cell, line) if student and cell else ""
            for line, cell, student in zip(some.lines, some.column("grades"), students, strict=True)
        ]
        groups = self._notes.find("group", some.ids)
        if groups:
            given = chosen.get("registration_group", [""] * len(some.ids))
            chosen["registration_group"] = [cell or groups.get(each, "") for each, cell in zip(some.ids, given, strict=True)]
        return chosen

    def _prepare(self) -> None:
        """Read the tables that users.csv leans on, once."""
        if self._roles is not None and ROLES_FILE in self._bundle:
            self._roles.prepare()
        if _CLASSES in self._bundle and _ENROLLMENTS in self._bundle:
            for rows in self._bundle.rows(_CLASSES, "sourcedId", "title", "classType", optional=("status", "classCode")):
                homerooms = [(row[0], row[4] or row[1]) for row in rows if row[2].casefold() == "homeroom" and alive(row[3])]
                self._notes.keep("homeroom", homerooms)
            for rows in self._bundle.rows(_ENROLLMENTS, "classSourcedId", "userSourcedId", "role", optional=("status",)):
                titles = self._notes.find("homeroom", [row[0] for row in rows])
                self._notes.keep(
                    "group",
                    [
                        (user, titles[room])
                        for room, user, role, status in rows
                        if room in titles and role.casefold() == "student" and alive(status)
                    ],
                )
        self._prepared = True


def _upns(some: Some, students: Sequence[bool]) -> list[str]:
    """A student's UPN: of the metadata, ``{UPN:...}`` in userIds, or another identifier that is one."""
    given, named = some.column("metadata.upn"), some.column("userids")
    others = [some.column("identifier"), some.column("usermasteridentifier")]
    found = []
    for place, student in enumerate(students):
        text = ""
        if student:
            match = _USER_IDS.search(named[place]) if named[place] else None
            text = given[place] or (match.group(1) if match else "")
            text = text or next((cell for each in others if is_upn(cell := each[place].strip())), "")
        found.append(text)
    return found


def _manifest(bundle: Bundle) -> dict[str, str]:
    """What manifest.csv says; nothing where there is none, or it is of no form that we know."""
    facts: dict[str, str] = {}
    if _MANIFEST in bundle:
        with suppress(Unusable):
            for rows in bundle.rows(_MANIFEST, "propertyName", "value"):
                facts |= {name.casefold(): value.casefold() for name, value in rows}
                if len(facts) > _MOST_FACTS:
                    break
    return facts
