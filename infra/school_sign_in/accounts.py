"""Who has an account at the demo's school sign-in: the students, teachers and staff of the demo school's roster."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from infra.demo import SCHOOLS, DemoPerson, people

OFFERED: Final = {"student": 6, "teacher": 3, "staff": 1}
"""How many of a role have a button; everybody else types a user name."""


@dataclass(frozen=True, slots=True)
class Account:
    """One account. ``user_name`` is its subject, which a provider never gives to anybody else."""

    user_name: str
    name: str
    about: str
    role: str
    claims: dict[str, Any]


def accounts(school: str, students: int) -> list[Account]:
    """Everybody of the demo school who signs in there; without an e-mail address where the roster has none."""
    return list(_accounts(school, students))


def offered(known: list[Account]) -> list[Account]:
    """Those with a button: the first of each role."""
    chosen: list[Account] = []
    for role, most in OFFERED.items():
        chosen += [each for each in known if each.role == role][:most]
    return chosen


def _accounts(school: str, students: int) -> Iterator[Account]:
    for person in people(SCHOOLS[school], students, seed=7):
        if person.role == "parent":
            continue
        name = f"{person.given_name} {person.family_name}"
        claims: dict[str, Any] = {
            "name": name,
            "given_name": person.given_name,
            "family_name": person.family_name,
            "preferred_username": person.username,
        }
        if person.email:
            claims |= {"email": person.email, "email_verified": True}
        yield Account(person.username, name, _about(person), person.role, claims)


def _about(person: DemoPerson) -> str:
    if person.role == "student":
        return f"pupil, {person.registration_group}" + ("" if person.email else ", without an e-mail address")
    return {"teacher": "teacher", "staff": "member of staff"}[person.role]
