"""What a row of a roster would change, and what it may never change."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from latchkey.office_files.model.unusable import excerpt
from latchkey.people.model.person import Person, Status
from latchkey.rosters.model.questions import Asks
from latchkey.rosters.model.runs import Kind, Rejection, Row

FACTS: Final = (
    "given_name",
    "family_name",
    "preferred_given_name",
    "preferred_family_name",
    "email",
    "username",
    "upn",
    "year_group",
    "registration_group",
    "language",
)
_ADMIN_KEEPS: Final = ("email", "username")


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a row. ``facts`` are the new values of a changed person; ``status`` the new status, if it changes.

    ``warned`` are facts that were left out, because somebody else has them or an admin keeps their own. ``asks``: what the
    preview asks because of it.
    """

    kind: Kind
    row: Row
    existing: Person | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    status: Status | None = None
    rejection: Rejection | None = None
    warned: tuple[Rejection, ...] = ()
    asks: tuple[Asks, ...] = ()


class KnownPeople:
    """Which usernames and UPNs people have already, and which addresses are admins': eight bytes a person, not a text."""

    def __init__(self) -> None:
        self._usernames = array("q")
        self._upns = array("q")
        self._admin_emails: set[str] = set()

    def add(self, people: Iterable[Person]) -> None:
        """Note some people; ``close`` after the last."""
        for person in people:
            if person.username is not None:
                self._usernames.append(hash(person.username))
            if person.upn is not None:
                self._upns.append(hash(person.upn))
            if person.is_admin and person.email is not None:
                self._admin_emails.add(person.email)

    def close(self) -> None:
        """Sort what was noted."""
        self._usernames = array("q", sorted(self._usernames))
        self._upns = array("q", sorted(self._upns))

    def conflicts(self, facts: Mapping[str, str]) -> dict[str, str]:
        """Which of these new facts are somebody else's, and why they cannot be taken."""
        found = {}
        if "username" in facts and _has(self._usernames, facts["username"]):
            found["username"] = "is somebody else's username already; it was left out"
        if "upn" in facts and _has(self._upns, facts["upn"]):
            found["upn"] = (
                "is another student's UPN already; it was left out. If the MIS has given out new ids, ask for help first"
            )
        if facts.get("email") in self._admin_emails:
            found["email"] = "is an admin's address, which a roster gives to nobody else; it was left out"
        return found


def _has(marks: "array[int]", text: str) -> bool:
    mark = hash(text)
    place = bisect_left(marks, mark)
    return place < len(marks) and marks[place] == mark


def decide(row: Row, existing: Person | None, taken: KnownPeople, names: Mapping[str, str]) -> Decision:
    """What becomes of a row, given the person who has its id now (None: nobody)."""
    given = {name: value for name in FACTS if (value := getattr(row, name)) is not None}
    if existing is None and row.leaves:
        return Decision("unchanged", row)
    facts = given if existing is None else {name: value for name, value in given.items() if value != getattr(existing, name)}
    if existing is not None and (wrong := _forbidden(row, existing)) is not None:
        column, reason = wrong
        value = excerpt(getattr(row, column, ""))
        return Decision("rejected", row, existing, rejection=Rejection(row.line, names.get(column, column), reason, value))
    left_out = {**taken.conflicts(facts), **(_kept(existing, facts) if existing is not None else {})}
    warned = tuple(Rejection(row.line, names.get(name, name), why, excerpt(facts[name])) for name, why in left_out.items())
    facts = {name: value for name, value in facts.items() if name not in left_out}
    row = row._replace(**dict.fromkeys(left_out))  # type: ignore[arg-type] # all of them are facts that may be None
    if existing is None:
        return Decision("new", row, facts=facts, warned=warned)
    wanted: Status = "left" if row.leaves else "active"
    # An admin has switched this account off; a roster that still has the person must not switch it on again.
    status = wanted if existing.status not in {wanted, "disabled"} else None
    return Decision("changed" if facts or status else "unchanged", row, existing, facts, status, warned=warned)


def _forbidden(row: Row, existing: Person) -> tuple[str, str] | None:
    """``(column, reason)`` if the row would give somebody another role, or end an admin's account."""
    if existing.role != row.role:
        return "role", f"is a {existing.role} in Latchkey, and a roster changes nobody's role"
    if existing.is_admin and row.leaves:
        return "status", "is an admin; a roster does not end an admin's account"
    return None


def _kept(existing: Person, facts: Mapping[str, str]) -> dict[str, str]:
    """What a roster does not change of somebody: how an admin gets in."""
    names = _ADMIN_KEEPS if existing.is_admin else ()
    return {name: "is an admin's; a roster does not change it" for name in names if name in facts}
