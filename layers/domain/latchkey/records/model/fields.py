"""What an admin may write of a person: the form of each field, as in a roster, and what goes together."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from latchkey.errors import Invalid
from latchkey.people.model.person import ADULTS, ROLES, STATUSES, Person
from latchkey.people.model.person_keys import with_keys
from latchkey.people.model.unconfirmed import given_by_school
from latchkey.rosters.model import cells
from latchkey.shared.model.languages import LANGUAGES

CHANGED: Final = (
    "given_name",
    "family_name",
    "preferred_given_name",
    "preferred_family_name",
    "email",
    "username",
    "role",
    "year_group",
    "registration_group",
    "language",
    "status",
)
"""What can be changed of a person."""
ADDED: Final = (
    "role",
    "given_name",
    "family_name",
    "preferred_given_name",
    "preferred_family_name",
    "email",
    "username",
    "upn",
    "mis_id",
    "year_group",
    "registration_group",
    "language",
)
"""What can be said of a new person."""
_TEXTS: Final[Mapping[str, Callable[[str], str | None]]] = {
    "email": cells.email,
    "username": cells.username,
    "upn": cells.upn,
    "mis_id": lambda text: cells.mis_id(text) if text else None,
    "year_group": cells.year_group,
    "registration_group": cells.registration_group,
}
_CHOICES: Final[Mapping[str, tuple[Iterable[str], str]]] = {
    "role": (ROLES, "Choose student, teacher, staff or parent."),
    "status": (STATUSES, "Choose active, disabled or left."),
    "language": (LANGUAGES, f"Choose one of {', '.join(LANGUAGES)}, or leave it empty."),
}
_NAMES: Final = {"given_name": "first name", "family_name": "last name"}
_PREFERRED: Final = {"preferred_given_name": "preferred first name", "preferred_family_name": "preferred last name"}
_OF_STUDENTS: Final = {"upn": "a UPN", "year_group": "a year group", "registration_group": "a registration group"}


def read(values: Mapping[str, Any], known: Iterable[str]) -> tuple[dict[str, str | None], dict[str, str]]:
    """The fields among ``values`` in their one form (None: to be empty), and what is wrong, by field."""
    facts: dict[str, str | None] = {}
    wrong: dict[str, str] = {}
    for name in known:
        if name not in values:
            continue
        value = values[name]
        if value is not None and not isinstance(value, str):
            wrong[name] = "This must be a text."
            continue
        try:
            facts[name] = _read(name, (value or "").strip())
        except cells.Wrong as error:
            wrong[name] = f"This {error}."
        except Invalid as error:
            wrong[name] = error.detail
    return facts, wrong


def _read(name: str, text: str) -> str | None:
    called = (_NAMES | _PREFERRED).get(name)
    if called is not None:
        if len(text) > cells.LONGEST_NAME:
            raise Invalid(f"This is too long: a {called} has at most {cells.LONGEST_NAME} characters.")
        return cells.name(text) or ("" if name in _NAMES else None)
    if name in _CHOICES:
        choices, words = _CHOICES[name]
        if text in choices or (name == "language" and not text):
            return text or None
        raise Invalid(words)
    return _TEXTS[name](text)


def misfits(after: Person, before: Person | None = None) -> dict[str, str]:
    """What does not go together, by field: in a new person, or in one who was another before."""
    wrong = {}
    if not after.name:
        wrong["given_name"] = "Give a first name or a last name."
    if before is not None and after.role != before.role and not {before.role, after.role} <= ADULTS:
        wrong["role"] = f"This person is a {before.role}. Only a teacher can become staff, and staff a teacher."
    for name, words in _OF_STUDENTS.items():
        value = getattr(after, name)
        if after.role != "student" and value is not None and (before is None or value != getattr(before, name)):
            wrong[name] = f"Only a student has {words}. Leave this empty."
    if after.is_admin and after.email is None:
        wrong["email"] = "An admin needs an e-mail address."
    return wrong


def with_facts(person: Person, facts: Mapping[str, str | None], key: bytes) -> Person:
    """The person with these facts, and with the look-up keys that belong to them (``key`` is the school's newest)."""
    named: dict[str, Any] = dict(facts)
    return given_by_school(person, with_keys(replace(person, **named), key))


def differing(one: Person, other: Person) -> list[str]:
    """In which of the fields that an admin may change two states of a person differ."""
    return [name for name in CHANGED if getattr(one, name) != getattr(other, name)]


def revision(person: Person) -> str:
    """16 hex digits that change with what an admin may change of the person, and with admin rights."""
    facts = [getattr(person, name) for name in CHANGED if name not in _PREFERRED]
    # Apart, so that whoever has none has the revision that a form of an older release holds.
    preferred = {name: value for name in _PREFERRED if (value := getattr(person, name)) is not None}
    whole = [*facts, person.is_admin, *([preferred] if preferred else [])]
    return hashlib.sha256(json.dumps(whole).encode()).hexdigest()[:16]
