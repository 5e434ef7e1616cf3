"""Microsoft School Data Sync v2.1, CSV: told from OneRoster 1.2 by its roles.csv (docs/rosters.md).

The role and the year stand in roles.csv, and who is whose parent in relationships.csv: a contact may stand only there and in
users.csv. Demographics and user flags (free meals, special needs) are never read.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO, Final

from latchkey.office_files.model.tables import Table
from latchkey.office_files.model.unusable import Unusable
from latchkey.rosters.model.bundle import ROLES_FILE, USERS, Around, Bundle, Notes
from latchkey.rosters.model.bundle_roles import BundleRoles, Layout, RoleHere
from latchkey.rosters.model.grades import Grades
from latchkey.rosters.model.organisations import ORGS, check_the_only_one, organisations
from latchkey.rosters.model.questions import Asks
from latchkey.rosters.model.rows import Checker
from latchkey.rosters.model.runs import Batch
from latchkey.rosters.model.users import Some, Users, together
from latchkey.rosters.model.words import ROLES

RELATIONSHIPS: Final = "relationships.csv"
NAMES: Final = {
    "mis_id": "sourcedId",
    "given_name": "givenName",
    "family_name": "familyName",
    "year_group": "grade",
    "links": RELATIONSHIPS,
}
_LAYOUT: Final = Layout("isPrimary", "roleStartDate", "roleEndDate", "grade")
_AT_ONCE: Final = 256  # people asked for at once


class Sds:
    """The people of an SDS v2.1 bundle."""

    format: Final = "sds"
    names: Final = NAMES
    whole: Final = True

    def __init__(self, files: Sequence[str], open_file: Callable[[str], BinaryIO], around: Around, notes: Notes) -> None:
        bundle = self._bundle = Bundle(files, open_file)
        self._notes = notes
        orgs = organisations(bundle, around)
        if ORGS not in files:
            check_the_only_one(bundle, roles=True)
        self._roles = BundleRoles(bundle, _LAYOUT, orgs, notes, around.today)
        self._users = Users(bundle, around, orgs, self._roles, nameless=True, further=self._with_parents)
        places = self._users.places
        if "username" not in places:
            raise Unusable("users.csv lacks the column username.")
        self.warnings = ["The column password is never taken from a roster; it was not read."] if "password" in places else []
        if not {"givenname", "familyname"} & places.keys():
            self.warnings.append(
                "users.csv has no names, so it makes nobody new. Export it with givenName and familyName if people are missing."
            )
        self._grades = Grades(around.chosen)
        self._prepared = False

    @property
    def asks(self) -> Sequence[Asks]:
        """Which years the grades mean."""
        return self._grades.asks

    @property
    def shape(self) -> str:
        """What was seen, and what of it was not read."""
        return f"School Data Sync 2.1{self._bundle.unread(frozenset((USERS, ORGS, ROLES_FILE, RELATIONSHIPS)))}"

    def people(self) -> Table:
        """users.csv as it stands in the bundle."""
        return self._bundle.table(USERS)

    def batches(self) -> Iterator[Batch]:
        """The rows of users.csv, in order; may be called again."""
        if not self._prepared:
            self._roles.prepare()
            self._note_relationships()
            self._prepared = True
        checker = Checker(ROLES, NAMES)
        for some, found in self._users.batches():
            batch = checker.batch(some.lines, self._chosen(some), some.leaves, found.rejected)
            yield together(some, batch, found, NAMES["links"])

    def _chosen(self, some: Some) -> dict[str, Sequence[str]]:
        if not some.rows:
            return {}
        children, parents = self._children_here(some.ids), self._notes.find_all("parents", some.ids)
        return {
            "mis_id": some.ids,
            "role": some.roles,
            "given_name": some.given,
            "family_name": some.family,
            "email": some.column("email"),
            "username": some.column("username"),
            "year_group": [self._grades.year(cell, line) for line, cell in zip(some.lines, some.grades, strict=True)],
            "links": [
                ";".join((parents if some.role(place) == "student" else children).get(each, ()))
                for place, each in enumerate(some.ids)
            ],
        }

    def _note_relationships(self) -> None:
        """Who is whose parent; doctors, aides and the like are not."""
        if RELATIONSHIPS not in self._bundle:
            return
        columns = ("userSourcedId", "relationshipUserSourcedId", "relationshipRole")
        for rows in self._bundle.rows(RELATIONSHIPS, *columns):
            pairs = [(student, adult) for student, adult, word in rows if ROLES.get(word.casefold()) == "parent"]
            self._notes.keep_all("parents", pairs)
            self._notes.keep_all("children", [(adult, student) for student, adult in pairs])

    def _children_here(self, adults: Sequence[str]) -> dict[str, list[str]]:
        """The children of these adults who are students here: a trust's bundle has those of its other schools, too."""
        named = self._notes.find_all("children", adults)
        everybody = list(dict.fromkeys(child for children in named.values() for child in children))
        here: set[str] = set()
        for start in range(0, len(everybody), _AT_ONCE):
            some = everybody[start : start + _AT_ONCE]
            here |= {child for child, role in zip(some, self._roles.of(some), strict=True) if role.word}
        return {adult: found for adult, children in named.items() if (found := [each for each in children if each in here])}

    def _with_parents(self, users: Sequence[str], found: Sequence[RoleHere]) -> list[RoleHere]:
        """With the role of those who are parents only because of a relationship to a child here."""
        children = self._children_here(users)
        return [_with_parent(role) if user in children else role for user, role in zip(users, found, strict=True)]


def _with_parent(role: RoleHere) -> RoleHere:
    if not role.word:
        return RoleHere("parent")
    if "parent" in role.also or ROLES.get(role.word.casefold()) == "parent":
        return role
    return role._replace(also=(*role.also, "parent"))
