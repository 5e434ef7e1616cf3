"""Whether somebody has what a person is to get: a username, a UPN, an admin's address."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from latchkey.people.model.people_filter import PeopleFilter
from latchkey.people.model.person import Person
from latchkey.people.model.position import Position
from latchkey.records.needs import System
from latchkey.schools.model.school import School
from latchkey.shared.model.identifiers import lookup
from latchkey.sign_in.stores.credentials import Name
from latchkey.sign_in.username_holder import names_of

_PAGES: Final = 60  # of up to 1 MB: about 80,000 students


def usable(system: System, school: School, before: Person | None, after: Person) -> tuple[list[Name], dict[str, str]]:
    """Who got the new username last, and what is somebody else's, by field. ``before`` is None for a new person."""
    wrong: dict[str, str] = {}
    names: list[Name] = []
    directory = system.directory(school.slug)
    if after.username is not None and (before is None or after.username != before.username):
        names, is_taken = names_of(system, school, after.username, after.id)
        if is_taken:
            wrong["username"] = "Somebody at your school has this username. Choose another."
    if after.email is not None and (before is None or after.email != before.email):
        keys = [lookup(system.lookup_key(school.slug, epoch), "email", after.email) for epoch in school.lookup_epochs]
        others = (each for each in directory.by_email_key(*keys) if each.email == after.email and each.id != after.id)
        if any(each.is_admin and each.status == "active" for each in others):
            wrong["email"] = "This is an admin’s address, which nobody else can have."
    if before is None and after.upn is not None and any(each.upn == after.upn for each in _students(system, school.slug)):
        wrong["upn"] = "Another student has this UPN."
    return names, wrong


def _students(system: System, school: str) -> Iterator[Person]:
    pages = system.directory(school).pages_from(Position("student"), PeopleFilter(roles=("student",)))
    for people, _ in islice(pages, _PAGES):
        yield from people
