"""Lists of accounts of Google Workspace, Canvas and Moodle: whose address each row has.

What such a list calls an id may be the MIS's or its own, so a row says in turn who could be meant: by the id, the username, or
the name with the year. Its name has to fit, too, and parents are never meant: they have no account there.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from latchkey.email_updates.model.items import LONGEST, Item
from latchkey.people.model import groups
from latchkey.people.model.person import Role
from latchkey.rosters.model import words
from latchkey.rosters.model.shapes import Accounts
from latchkey.shared.model.written_email import NOTHING

_ADULTS: Final[frozenset[Role]] = frozenset({"teacher", "staff"})
_IN_SCHOOL: Final[frozenset[Role]] = frozenset({"student", "teacher", "staff"})
_STUDENTS: Final[frozenset[Role]] = frozenset({"student"})
_PATHS: Final = {
    **dict.fromkeys(("student", "students", "pupil", "pupils", "learners"), _STUDENTS),
    **dict.fromkeys(("staff", "teachers", "teaching_staff", "support_staff", "admin_staff", "faculty"), _ADULTS),
}
"""Who is meant by a part of an org unit's path."""
_ENDED: Final = {"deleted", "suspended", "inactive", "archived", "completed"}


def places_of(header: Sequence[str]) -> dict[str, int]:
    """Where each column stands, by its word without what Google says of it in brackets."""
    found: dict[str, int] = {}
    for place, word in enumerate(header):
        found.setdefault(words.plain(word.partition("[")[0]), place)
    return found


def item_of(system: Accounts, row: Sequence[str], places: Mapping[str, int]) -> Item | None:
    """The item of a row; None if its account has ended or has no address."""
    cells = {name: row[place].strip()[:LONGEST] for name, place in places.items() if place < len(row)}
    return {"google": _google, "canvas": _canvas, "moodle": _moodle}[system](cells)


def _google(cells: Mapping[str, str]) -> Item | None:
    if cells.get("new_status", "").casefold() in _ENDED or cells.get("status", "").casefold() in _ENDED:
        return None
    parts = [part.strip() for part in cells.get("org_unit_path", "").split("/") if part.strip()]
    roles = [_PATHS[plain] for part in parts if (plain := words.plain(part)) in _PATHS]
    years = [part for part in parts if groups.year_group(part)]
    return _item(
        email=cells.get("new_primary_email") or cells.get("email_address", ""),
        mis_id=cells.get("employee_id", ""),
        name=_name(cells.get("first_name"), cells.get("last_name")),
        place=years[-1] if years else "",
        among=roles[-1] if roles else _IN_SCHOOL,
    )


def _canvas(cells: Mapping[str, str]) -> Item | None:
    if cells.get("status", "").casefold() in _ENDED:
        return None
    login = cells.get("login_id", "")
    role = words.ROLES.get(cells.get("declared_user_type", "").casefold())
    return _item(
        email=cells.get("email") or (login if "@" in login else ""),
        mis_id=cells.get("user_id", ""),
        username="" if "@" in login else login,
        name=_name(cells.get("first_name"), cells.get("last_name")) or cells.get("full_name") or cells.get("short_name", ""),
        among=_IN_SCHOOL if role in {None, "parent"} else _STUDENTS if role == "student" else _ADULTS,
    )


def _moodle(cells: Mapping[str, str]) -> Item | None:
    if cells.get("suspended") == "1" or cells.get("deleted") == "1":
        return None
    login = cells.get("username", "")
    return _item(
        email=cells.get("email", ""),
        mis_id=cells.get("idnumber", ""),
        username="" if "@" in login else login,
        name=_name(cells.get("firstname"), cells.get("lastname")),
        place=cells.get("profile_field_year") or cells.get("cohort1", ""),
    )


def _item(
    *, email: str, mis_id: str, name: str, username: str = "", place: str = "", among: frozenset[Role] = _IN_SCHOOL
) -> Item | None:
    if email.casefold() in NOTHING:
        return None
    called = f"{name} {place}".strip() if place and name else name
    ways = tuple((kind, value) for kind, value in (("mis_id", mis_id), ("username", username), ("name", called)) if value)
    given = {"name": called or mis_id or username, "email": email}
    if not ways:
        return Item(email=email, fault="Nothing says whose address this is.", given=given)
    return Item(email=email, otherwise=ways, called=name, among=among, given=given)


def _name(*parts: str | None) -> str:
    return " ".join(part for part in parts if part)
