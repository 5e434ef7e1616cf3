"""users.csv of a bundle: who of it belongs to this school, with which role; the same for OneRoster and School Data Sync."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from latchkey.office_files.model.unusable import Unusable, excerpt
from latchkey.people.model.person import ADULTS, Role
from latchkey.rosters.model.bundle import USERS, Around, Bundle
from latchkey.rosters.model.bundle_roles import BundleRoles, RoleHere
from latchkey.rosters.model.runs import Batch, Rejection
from latchkey.rosters.model.words import ROLES

_OFF: Final = {"false", "0"}
_ON: Final = {"", "true"}
FurtherRoles = Callable[[Sequence[str], Sequence[RoleHere]], list[RoleHere]]
"""Roles that do not stand in roles.csv: given some users and what stands there."""


class Some:
    """Some rows of users.csv: their lines, cells by column, ids, names, roles, and who leaves.

    ``parents_too``: the lines of those who are named as parents beside their role.
    """

    def __init__(self, lines: list[int], rows: list[list[str]], places: Mapping[str, int]) -> None:
        self.lines = lines
        self.rows = rows
        self._places = places
        self.ids = [row[places["sourcedid"]].strip() for row in rows]
        self.leaves = list(map(_leaves, self.column("status")))
        self.roles: list[str] = [cell.strip() for cell in self.column("role")]
        self.grades: list[str] = [""] * len(rows)
        self.parents_too: set[int] = set()
        self.given = self.column("givenname")
        self.family = self.column("familyname")

    def column(self, name: str) -> list[str]:
        """The cells of a column; empty ones where there is no such column."""
        place = self._places.get(name)
        return [""] * len(self.rows) if place is None else [row[place] for row in self.rows]

    def first_of(self, names: Sequence[str]) -> list[str]:
        """For each row the first of these columns that says something."""
        found = self.column(names[0])
        for name in names[1:]:
            if name in self._places and "" in found:
                found = [cell or other for cell, other in zip(found, self.column(name), strict=True)]
        return found

    def role(self, place: int) -> Role | None:
        """Our role of a row."""
        return ROLES.get(self.roles[place].casefold())

    @property
    def students(self) -> list[bool]:
        """Which rows are students'."""
        are = {word: ROLES.get(word.casefold()) == "student" for word in {*self.roles}}
        return [are[word] for word in self.roles]

    def keep(self, places: Sequence[int]) -> None:
        """Go on with these rows only."""
        if len(places) == len(self.rows):
            return
        for name in ("lines", "rows", "ids", "leaves", "roles", "grades", "given", "family"):
            values = getattr(self, name)
            setattr(self, name, [values[place] for place in places])

    def name(self, place: int) -> str:
        """What to call the person of a row in a message."""
        return " ".join(f"{self.given[place]} {self.family[place]}".split()) or self.ids[place]


class Users:
    """The rows of users.csv, a batch at a time. ``roles``: those of roles.csv, where the format has them there.

    Who has no role in a bundle of ``changes_only``, or no name where ``nameless`` rows are usual, has those of Latchkey.
    """

    def __init__(
        self,
        bundle: Bundle,
        around: Around,
        orgs: frozenset[str],
        roles: BundleRoles | None,
        *,
        changes_only: bool = False,
        nameless: bool = False,
        further: FurtherRoles | None = None,
    ) -> None:
        self.places = bundle.places(USERS)
        if "sourcedid" not in self.places:
            raise Unusable("users.csv lacks the column sourcedId.")
        self._bundle = bundle
        self._around = around
        self._orgs = orgs
        self._roles = roles
        self._changes_only = changes_only
        self._nameless = nameless
        self._further = further

    def has_any(self, columns: Sequence[str]) -> bool:
        """Whether the file has one of these columns."""
        return any(name in self.places for name in columns)

    def batches(self) -> Iterator[tuple[Some, Batch]]:
        """Some rows, and what of them cannot be used: a batch without rows yet."""
        for lines, rows, too_long in self._bundle.table(USERS).batches():
            some = Some(lines, rows, self.places)
            rejected = [Rejection(each.line, "", each.reason, each.first_cell) for each in too_long]
            warned: list[Rejection] = []
            if rows:
                self._without_others(some, rejected)
                self._with_roles(some, rejected, warned)
                self._as_known(some)
            yield some, Batch(len(rejected), [], rejected, warned)

    def _without_others(self, some: Some, rejected: list[Rejection]) -> None:
        """Leave out people of other schools and those who are switched off."""
        orgs = some.column("orgsourcedids") if self._orgs else [""] * len(some.rows)
        enabled = some.column("enableduser")
        if {*enabled} <= _ON and {*orgs} <= self._orgs | {""}:
            return
        kept = []
        for place, org in enumerate(orgs):
            named = {part.strip() for part in org.split(",")} - {""} if org else set()
            if named and not named & self._orgs:
                rejected.append(Rejection(some.lines[place], "orgSourcedIds", "names another school", excerpt(org)))
            elif not some.leaves[place] and enabled[place].strip().casefold() in _OFF:
                reason = "the user is switched off there; a roster switches nobody off here, so nothing was changed"
                rejected.append(Rejection(some.lines[place], "enabledUser", reason, ""))
            else:
                kept.append(place)
        some.keep(kept)

    def _with_roles(self, some: Some, rejected: list[Rejection], warned: list[Rejection]) -> None:
        if self._roles is None:
            return
        found = self._roles.of(some.ids)
        if self._further is not None:
            found = self._further(some.ids, found)
        some.roles = [each.word for each in found]
        some.grades = [each.grade for each in found]
        kept = []
        for place, each in enumerate(found):
            line = some.lines[place]
            if each.why and not some.leaves[place]:
                rejected.append(Rejection(line, "role", each.why, excerpt(some.name(place))))
                continue
            kept.append(place)
            if (told := _also(some.role(place), each.also)) is not None:
                warned.append(Rejection(line, "role", told, excerpt(some.name(place))))
                if "parent" in each.also:
                    some.parents_too.add(line)
        some.keep(kept)

    def _as_known(self, some: Some) -> None:
        """Fill in from Latchkey what the file need not say. Who leaves needs no role."""
        places = range(len(some.rows))
        nameless = {each for each in places if self._nameless and not (some.given[each] + some.family[each]).strip()}
        asked = [
            each for each in places if each in nameless or (not some.roles[each] and (some.leaves[each] or self._changes_only))
        ]
        known = self._around.known([some.ids[place] for place in asked]) if asked else {}
        for place in asked:
            person = known.get(some.ids[place])
            if person is None:
                # Nobody leaves who never came, so any role will do.
                some.roles[place] = some.roles[place] or ("student" if some.leaves[place] else "")
                continue
            some.roles[place] = some.roles[place] or person.role
            if place in nameless:
                some.given[place], some.family[place] = person.given_name, person.family_name


def together(some: Some, batch: Batch, found: Batch, links: str) -> Batch:
    """A batch with what was found before of its rows; ``links`` is the column that need not name parents a second time."""
    warned = [each for each in batch.warned if each.column != links or each.line not in some.parents_too]
    return batch._replace(warned=sorted([*warned, *found.warned]))


def _leaves(status: str) -> bool:
    return status != "" and status.strip().casefold() == "tobedeleted"


def _also(role: Role | None, also: Sequence[Role]) -> str | None:
    """What to say of somebody's further roles; that a teacher is staff needs no word."""
    others = [each for each in also if not {role, each} <= ADULTS]
    if role is None or not others:
        return None
    told = f"is also a {' and a '.join(others)} there: one account was taken, as a {role}"
    return f"{told}, with the children" if "parent" in others and role != "student" else told
