"""Which role somebody has at this school today: roles.csv of OneRoster 1.2 and School Data Sync 2.1.

Somebody may have several rows there: of former years, at other schools, a second job, or as the parent of a child. A person has
one role: a current and primary one, else a current one, else one that begins soon, because schools prepare a year before it
begins. A role outside its dates is none.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

from latchkey.people.model.person import ROLES as OUR_ROLES
from latchkey.people.model.person import Role
from latchkey.rosters.model.bundle import ROLES_FILE, Bundle, Notes, alive
from latchkey.rosters.model.leaving import day_of
from latchkey.rosters.model.words import ROLES

_SOON: Final = timedelta(days=92)
_NOT_FIRST: Final = {"secondary", "false", "0", "no"}
_BY_RANK: Final = ("role primary", "role other", "role soon", "role unknown")
_WHY_NOT: Final = ("role outside", "role elsewhere")


class Layout(NamedTuple):
    """What a format calls the columns of roles.csv."""

    first: str
    begins: str
    ends: str
    grade: str = ""


class RoleHere(NamedTuple):
    """Somebody's ``word`` for their role; empty if they have none here, and then ``why``, unless no row speaks of them.

    ``also`` are our other roles that they have today; ``grade`` stands on a student's row.
    """

    word: str
    also: tuple[Role, ...] = ()
    why: str = ""
    grade: str = ""


class BundleRoles:
    """The roles of a bundle: ``prepare`` once, then ask for those of some users."""

    def __init__(self, bundle: Bundle, layout: Layout, orgs: frozenset[str], notes: Notes, today: date) -> None:
        self._bundle = bundle
        self._layout = layout
        self._orgs = orgs
        self._notes = notes
        self._today = today

    def prepare(self) -> None:
        """Read roles.csv into the notes."""
        layout = self._layout
        columns = (layout.first, layout.begins, layout.ends, "orgSourcedId", "status", layout.grade)
        for rows in self._bundle.rows(ROLES_FILE, "userSourcedId", "role", optional=columns):
            kept: dict[str, list[tuple[str, str]]] = {}
            for user, word, first, begins, ends, org, status, grade in rows:
                if not alive(status):
                    continue
                subject, text = self._judged(word, first, begins, ends, org)
                kept.setdefault(subject, []).append((user, text))
                role = ROLES.get(word.casefold())
                if role is not None and subject in _BY_RANK:
                    if subject != "role soon":
                        kept.setdefault("role too", []).append((user, role))
                    if role == "student" and grade:
                        kept.setdefault("grade soon" if subject == "role soon" else "grade", []).append((user, grade))
            for subject, pairs in kept.items():
                (self._notes.keep_all if subject == "role too" else self._notes.keep)(subject, pairs)

    def of(self, users: Sequence[str]) -> list[RoleHere]:
        """The roles of these users."""
        ranked = [self._notes.find(subject, users) for subject in _BY_RANK]
        reasons = [self._notes.find(subject, users) for subject in _WHY_NOT]
        grades = [self._notes.find(subject, users) for subject in ("grade", "grade soon")]
        too = self._notes.find_all("role too", users)
        found = []
        for user in users:
            word = _first(ranked, user)
            main = ROLES.get(word.casefold())
            also = tuple(role for role in OUR_ROLES if role != main and role in too.get(user, ()))
            found.append(RoleHere(word, also if word else (), "" if word else _first(reasons, user), _first(grades, user)))
        return found

    def _judged(self, word: str, first: str, begins: str, ends: str, org: str) -> tuple[str, str]:
        """``(subject, text)`` of a row."""
        if self._orgs and org and org not in self._orgs:
            return "role elsewhere", "is at another school there"
        begin, end = day_of(begins), day_of(ends)
        if end is not None and end < self._today:
            return "role outside", f"has no role here today: it ended on {end}"
        if word.casefold() not in ROLES:
            return "role unknown", word
        if begin is not None and begin > self._today:
            if begin > self._today + _SOON:
                return "role outside", f"has no role here yet: it begins on {begin}"
            return "role soon", word
        return ("role other" if first.casefold() in _NOT_FIRST else "role primary"), word


def _first(places: Iterable[dict[str, str]], user: str) -> str:
    return next((found[user] for found in places if user in found), "")
