"""Use a code: a PIN lets its student claim or recover the account, a parent code registers a parent.

Everything that a use changes is written in one transaction. What cannot be taken, such as a weak password, leaves the code as it
was. Nobody is signed in by it: they sign in with what they chose, and so know that they can.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from latchkey.audit.stores.audit import EventWrite
from latchkey.codes.check_code import OpenCode, opened, refuse
from latchkey.codes.needs import System
from latchkey.errors import Changed, Invalid, TryLater
from latchkey.people.model.new_email import SETTLES, former_email, is_told
from latchkey.people.model.person import Person
from latchkey.shared.model import identifiers
from latchkey.shared.model.ids import new_id
from latchkey.sign_in import hashing
from latchkey.sign_in.blocklist import common_passwords
from latchkey.sign_in.budgets import forgive
from latchkey.sign_in.model import passwords
from latchkey.sign_in.username_holder import UsernameTaken, holder_of_username

LONGEST_NAME: Final = 100
_ROUNDS: Final = 5
_NAMES: Final = {"given_name": "first name", "family_name": "last name"}
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What somebody types beside a code; what they left out is empty."""

    password: str
    email: str = ""
    username: str = ""
    given_name: str = ""
    family_name: str = ""


def use_code(system: System, found: OpenCode, wishes: Wishes) -> Person:
    """The account that this code has opened, as it now is.

    ``Invalid``: something cannot be taken, and the code still works. ``Gone``: somebody was quicker.
    """
    return (_claim if found.code.kind == "pin" else _register)(system, found, wishes)


def _claim(system: System, found: OpenCode, wishes: Wishes) -> Person:
    """Give the student of a PIN the password, address and username that they chose."""
    slug, hashed = found.school.slug, ""
    for _ in range(_ROUNDS):
        before, now = found.student, system.now()
        after = _wished(system, found, wishes)
        _check_password(after, found, wishes)
        hashed = hashed or hashing.hash_of(wishes.password)
        holder, event = _holder_of_username(system, found, after), _event(system, found, before.id, now)
        if before.email != after.email and (before.email is not None or is_told(before, after.email)):
            after = replace(after, former_email=former_email(before, now))
        try:
            system.code_uses(slug).claim(before, after, hashed, now, event, holder=holder)
        except Changed:  # somebody was quicker, or the school has changed something
            found = _again(system, found, now)
        else:
            _tell(system, found, after, now, (before.email_key, after.username_key))
            if is_told(before, after.email) and after.former_email is not None:
                _tell_new_email(system, slug, after.id, after.former_email.at)
            return after
    raise TryLater()


def _register(system: System, found: OpenCode, wishes: Wishes) -> Person:
    """Make a parent and link them to the student of a parent code.

    Always a new account, whoever else has the address: to look for one would tell whoever holds a code who is here.
    """
    slug, now = found.school.slug, system.now()
    wrong: dict[str, str] = {}
    given, family = _name(wishes.given_name, "given_name", wrong), _name(wishes.family_name, "family_name", wrong)
    address = _address(wishes.email, wrong)
    if wrong:
        raise _unusable(wrong)
    parent = Person(
        id=new_id(system.time()),
        role="parent",
        given_name=given,
        family_name=family,
        email=address,
        email_key=identifiers.lookup(system.lookup_key(slug), "email", address),
        children=(found.student.id,),
        version=1,
        password_set_at=now,
    )
    _check_password(parent, found, wishes)
    hashed = hashing.hash_of(wishes.password)
    try:
        system.code_uses(slug).register(found.student, parent, hashed, now, _event(system, found, parent.id, now))
    except Changed:
        _again(system, found, now)  # says what became of the code
        raise TryLater() from None
    _tell(system, found, parent, now, ())
    return parent


def _wished(system: System, found: OpenCode, wishes: Wishes) -> Person:
    """The student with the address and username that they chose. Others may have the same address, as siblings do (ADR 0005)."""
    student, rule, key = found.student, found.school.settings.student_email, system.lookup_key(found.school.slug)
    after, wrong = student, dict[str, str]()
    if wishes.email and rule == "none":
        wrong["email"] = "Your school keeps no e-mail addresses of students. Leave this empty."
    elif wishes.email or (rule == "required" and student.email is None):
        address = _address(wishes.email, wrong)
        after = replace(after, email=address, email_key=identifiers.lookup(key, "email", address))
    if wishes.username:
        name = identifiers.username(wishes.username)
        if student.username is not None and name != student.username:
            wrong["username"] = "You have a username already, and your school knows you by it. Leave this empty."
        elif name is None:
            wrong["username"] = "Use letters from a to z and digits, with dots, hyphens and underscores between them."
        else:
            after = replace(after, username=name, username_key=identifiers.lookup(key, "username", name))
    if not (wrong or after.email or after.username):
        wrong["username"] = "Choose a username, or give an e-mail address if your school allows it: you sign in with it."
    if wrong:
        raise _unusable(wrong)
    return after


def _holder_of_username(system: System, found: OpenCode, after: Person) -> str | None:
    """Who chose this student's new username last, if anybody did; ``Invalid`` if it is somebody else's now."""
    key, slug = after.username_key, found.school.slug
    if key is None or key == found.student.username_key:
        return None
    try:
        return holder_of_username(system, slug, key, after.id)
    except UsernameTaken:
        taken = "Somebody at your school has this username. Choose another: your name with a number, for example."
        raise _unusable({"username": taken}, "username_taken") from None


def _check_password(person: Person, found: OpenCode, wishes: Wishes) -> None:
    words = passwords.context_words(person, found.school)
    weak = passwords.fault(wishes.password, passwords.shortest(person.role), words, common_passwords())
    if weak is not None:
        raise _unusable({"password": weak}, "weak_password")


def _unusable(wrong: dict[str, str], code: str | None = None) -> Invalid:
    return Invalid("Some of this cannot be used. Your code still works.", fields=wrong, code=code)


def _address(typed: str, wrong: dict[str, str]) -> str:
    address = identifiers.email(typed)
    if address is None:
        wrong["email"] = "Enter an e-mail address, like name@example.org."
    return address or ""


def _name(typed: str, field: str, wrong: dict[str, str]) -> str:
    name = typed.strip()
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        wrong[field] = f"Enter your {_NAMES[field]}: one line of at most {LONGEST_NAME} characters."
    return name


def _again(system: System, found: OpenCode, now: int) -> OpenCode:
    """The same code for the student as they now are; ``Gone`` if it no longer works."""
    student = system.directory(found.school.slug).person(found.student.id)
    if student is None or student.status != "active":
        refuse("refused", found.code)
    return opened(found.school, found.code, student, found.state.generation, now)


def _event(system: System, found: OpenCode, actor: str, now: int) -> EventWrite:
    facts: dict[str, str | int] = {"kind": found.code.kind, "student": found.student.id, "generation": found.state.generation}
    return system.audit(found.school.slug).record_of(actor, "code.use", now, facts)


def _tell(system: System, found: OpenCode, person: Person, now: int, proved: Iterable[str | None]) -> None:
    """The account stands, whatever happens here: its owner is told by mail, and may sign in at once with what they had before."""
    slug = found.school.slug
    log.info("code used", extra={"school": slug, "kind": found.code.kind, "person": person.id})
    try:
        message: dict[str, Any] = {
            "kind": "password_changed",
            "school": slug,
            "person": person.id,
            "request": new_id(),
            "at": now,
        }
        system.queue("REQUESTS_QUEUE").put(message)
        for key in proved:
            if key is not None:
                forgive(system, slug, key)
    except Exception as error:  # the answer must say that the code was used
        log.error(  # noqa: TRY400 - a trace could hold values
            "not told of a used code", extra={"school": slug, "person": person.id, "error": type(error).__name__}
        )


def _tell_new_email(system: System, slug: str, person: str, at: int) -> None:
    """Both addresses are told of the other one, as after a roster."""
    try:
        message = {"kind": "emails_changed", "school": slug, "people": [person], "at": at}
        system.queue("REQUESTS_QUEUE").put(message, delay=SETTLES)
    except Exception as error:  # the answer must say that the code was used; word of the password has gone to both addresses
        facts = {"school": slug, "person": person, "error": type(error).__name__}
        log.error("not told of a new address", extra=facts)  # noqa: TRY400 - a trace could hold values
