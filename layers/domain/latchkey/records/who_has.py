"""Whether somebody has what a person is to get: a username, a UPN, an admin's address."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from latchkey.people.model.people_filter import PeopleFilter
from latchkey.people.model.person import Person
from latchkey.people.model.position import Position
from latchkey.records.needs import System
from latchkey.sign_in.username_holder import UsernameTaken, holder_of_username

_PAGES: Final = 60  # of up to 1 MB: about 80,000 students


def usable(system: System, school: str, before: Person | None, after: Person) -> tuple[str | None, dict[str, str]]:
    """Who got the new username last, and what is somebody else's, by field. ``before`` is None for a new person."""
    wrong: dict[str, str] = {}
    holder = None
    username, email = after.username_key, after.email_key
    if username is not None and (before is None or username != before.username_key):
        try:
            holder = holder_of_username(system, school, username, after.id)
        except UsernameTaken:
            wrong["username"] = "Somebody at your school has this username. Choose another."
    if email is not None and (before is None or email != before.email_key):
        others = (each for each in system.directory(school).by_email_key(email) if each.id != after.id)
        if any(each.is_admin and each.status == "active" for each in others):
            wrong["email"] = "This is an admin’s address, which nobody else can have."
    if before is None and after.upn is not None and any(each.upn == after.upn for each in _students(system, school)):
        wrong["upn"] = "Another student has this UPN."
    return holder, wrong


def _students(system: System, school: str) -> Iterator[Person]:
    pages = system.directory(school).pages_from(Position("student"), PeopleFilter(role="student"))
    for people, _ in islice(pages, _PAGES):
        yield from people
