"""Use a code: a PIN lets its student claim or recover the account, a parent code registers a parent.

A code that the office has read out on the telephone works like a PIN, for anybody but an admin; it changes no e-mail address.

Everything that a use changes is written in one transaction. What cannot be taken, such as a weak password, leaves the code as it
was, and is said all at once. Nobody is signed in by it, unless their school wants that or they come with a phone: then their
session is in that transaction.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from latchkey.audit.stores.audit import EventWrite
from latchkey.codes.check_code import OpenCode, opened_again, refuse, unless_used
from latchkey.codes.needs import System
from latchkey.codes.use_phone import made_with
from latchkey.errors import Changed, Invalid, TryLater
from latchkey.people.model.new_email import SETTLES, former_email, is_told
from latchkey.people.model.person import Person
from latchkey.people.model.unconfirmed import PROVISIONAL
from latchkey.schools.model.school import StudentEmail
from latchkey.second_factors.first_passkey import KINDS, FirstPasskey, Phone
from latchkey.shared.model import identifiers, names
from latchkey.shared.model.ids import new_id
from latchkey.shared.model.texts import said
from latchkey.sign_in import hashing
from latchkey.sign_in.blocklist import common_passwords
from latchkey.sign_in.budgets import forgiven
from latchkey.sign_in.model import passwords
from latchkey.sign_in.steps import Enter, Opened, no_session, note_opened
from latchkey.sign_in.stores.credentials import Name
from latchkey.sign_in.stores.sessions import NOTHING
from latchkey.sign_in.username_holder import names_of

if TYPE_CHECKING:
    from latchkey.sign_in.stores.sessions import Owed

_ROUNDS: Final = 5
_FORM: Final = ("given_name", "family_name", "username", "email", "password")
"""The fields in the order in which the page has them, and so says what is wrong with them."""
_NO_NAME: Final[Mapping[tuple[str, names.Fault], str]] = {
    ("given_name", "missing"): said("Enter your first name."),
    ("given_name", "long"): said("Enter your first name with at most {count} characters.", count=names.LONGEST_NAME),
    ("given_name", "signs"): said(
        "Enter your first name with letters. Spaces, hyphens, apostrophes and full stops after initials can stand between them."
    ),
    ("family_name", "long"): said("Enter your last name with at most {count} characters.", count=names.LONGEST_NAME),
    ("family_name", "signs"): said(
        "Enter your last name with letters. Spaces, hyphens, apostrophes and full stops after initials can stand between them."
    ),
}
_NO_ADDRESSES: Final = said("Your school keeps no e-mail addresses of students. Leave this empty.")
_OFFICE_WRITES_IT: Final = said(
    "This code sets a password. Your school's office can enter an e-mail address for you. Leave this empty."
)
NO_PASSWORD: Final = said("Enter a password.")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What somebody types beside a code; what they left out is empty. ``phone``: the passkey that they have made instead."""

    password: str
    email: str = ""
    username: str = ""
    given_name: str = ""
    family_name: str = ""
    phone: Phone | None = None


@dataclass(frozen=True, slots=True)
class _Wrong:
    """What cannot be taken, by field; of a field the first word counts. ``codes``: what programs read, of some faults."""

    fields: dict[str, str] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, text: str, code: str | None = None) -> None:
        if name not in self.fields:
            self.fields[name] = text
            self.codes.update({name: code} if code else {})

    def raise_any(self) -> None:
        """``Invalid`` with everything that is wrong; ``code`` says more where only one thing is."""
        if self.fields:
            code = next(iter(self.codes.values()), None) if len(self.fields) == 1 else None
            fields = {name: self.fields[name] for name in sorted(self.fields, key=_FORM.index)}
            what = said("Some of this cannot be used. Your code still works.")
            raise Invalid(what, fields=fields, code=code)


@dataclass(frozen=True, slots=True)
class Used:
    """The account that a code has opened, as it now is, and the session that was opened with it."""

    person: Person
    opened: Opened | None = None


def use_code(
    system: System, found: OpenCode, wishes: Wishes, wrong: Mapping[str, str] | None = None, *, enter: Enter = no_session
) -> Used:
    """Use a code.

    ``wrong``: what the caller knows to be wrong with which field. ``enter``: the session of the account as it will be, if there
    is to be one. ``Invalid`` names all that cannot be taken; the code still works. ``Gone``: somebody was quicker.
    """
    with unless_used(system, found):
        used = (_register if found.code.kind == "parent" else _claim)(system, found, wishes, wrong or {}, enter)
    if used.opened is not None:
        note_opened(used.opened)
    return used


def _claim(system: System, found: OpenCode, wishes: Wishes, known: Mapping[str, str], enter: Enter) -> Used:
    """Give the person of a PIN, or of a code that was read out, the password, address and username that they chose."""
    slug, hashed = found.school.slug, None
    made: FirstPasskey | None = None
    for _ in range(_ROUNDS):
        before, now, wrong = found.student, system.now(), _Wrong(dict(known))
        after = _wished(system, found, wishes, wrong)
        taken = _new_names(system, found, after, wrong)
        _check_password(after, found, wishes, wrong)
        wrong.raise_any()
        if wishes.phone is not None:
            made = made or made_with(system, found, before, wishes.phone)
            after = replace(after, second_factors=KINDS)
        hashed, event = hashed or _hash(wishes), _event(system, found, before.id, now)
        if before.email != after.email and (before.email is not None or is_told(before, after.email)):
            after = replace(after, former_email=former_email(before, now))
        proved = replace(after, email=before.email)  # their address and username get their budgets back
        becomes = replace(after, version=before.version + 1, password_set_at=now)
        begun = enter(found.school, becomes)
        also: list[Owed] = [*((made.write,) if made is not None else ()), *forgiven(system, found.school, proved)]
        try:
            system.code_uses(slug).claim(
                found.code.kind,
                before,
                after,
                hashed,
                now,
                event=event,
                names=taken,
                also=[*also, *(begun.also if begun is not None else ())],
                noted=begun.noted if begun is not None else NOTHING,
                counted=found.counted,
            )
        except Changed:  # somebody was quicker, or the school has changed something
            found = _again(system, found, now)
        else:
            former = after.former_email if is_told(before, after.email) else None
            _tell(system, found, after, now, new_email_at=former.at if former is not None else None)
            return Used(becomes, begun.opened if begun is not None else None)
    raise TryLater()


def _register(system: System, found: OpenCode, wishes: Wishes, known: Mapping[str, str], enter: Enter) -> Used:
    """Make a parent and link them to the student of a parent code.

    Always a new account, whoever else has the address: to look for one would tell whoever holds a code who is here. It works at
    once, and ends unless the address is confirmed; then it may be joined to the account that the address has already.
    """
    slug, now, wrong = found.school.slug, system.now(), _Wrong(dict(known))
    given, family = _names(wishes, wrong)
    address = _address(wishes.email, wrong)
    key = identifiers.lookup(_newest_key(system, found), "email", address)
    parent = Person(
        id=wishes.phone.person if wishes.phone is not None else new_id(system.time()),
        role="parent",
        given_name=given,
        family_name=family,
        email=address,
        email_key=key,
        email_typed=key,
        provisional_until=now + PROVISIONAL,
        children=(found.student.id,),
        version=1,
        password_set_at=now if wishes.password else None,
        second_factors=KINDS if wishes.phone is not None else (),
    )
    _check_password(parent, found, wishes, wrong)
    wrong.raise_any()
    also: list[Owed] = [made_with(system, found, parent, wishes.phone).write] if wishes.phone is not None else []
    hashed, event, begun = _hash(wishes), _event(system, found, parent.id, now), enter(found.school, parent)
    also += begun.also if begun is not None else ()
    noted = begun.noted if begun is not None else NOTHING
    try:
        system.code_uses(slug).register(
            found.student, parent, hashed, now, event=event, also=also, noted=noted, counted=found.counted
        )
    except Changed:
        _again(system, found, now)  # says what became of the code
        raise TryLater() from None
    _tell(system, found, parent, now)
    return Used(parent, begun.opened if begun is not None else None)


def _wished(system: System, found: OpenCode, wishes: Wishes, wrong: _Wrong) -> Person:
    """The person with the address and username that they chose. Others may have the same address, as siblings do (ADR 0005)."""
    student, rule, key = found.student, email_rule(found), _newest_key(system, found)
    after = student
    if wishes.email and rule == "none":
        wrong.add("email", _OFFICE_WRITES_IT if found.code.kind == "read_out" else _NO_ADDRESSES)
    elif wishes.email or (rule == "required" and student.email is None):
        address = _address(wishes.email, wrong)
        if address and address != student.email:
            email_key = identifiers.lookup(key, "email", address)
            after = replace(after, email=address, email_key=email_key, email_typed=email_key)
    if wishes.username:
        name = identifiers.username(wishes.username)
        if student.username is not None and name != student.username:
            wrong.add("username", said("You have a username already, and your school knows you by it. Leave this empty."))
        elif name is None:
            wrong.add("username", said("Use letters from a to z and digits, with dots, hyphens and underscores between them."))
        else:
            after = replace(after, username=name, username_key=identifiers.lookup(key, "username", name))
    if not (wrong.fields.keys() & {"email", "username"} or after.email or after.username):
        neither = said("Choose a username, or give an e-mail address if your school allows it: you sign in with it.")
        wrong.add("username", neither)
    return after


def email_rule(found: OpenCode) -> StudentEmail:
    """Whether an address must, may or cannot be given beside a code; the one of somebody who rings is the office's to write."""
    return "none" if found.code.kind == "read_out" else found.school.settings.student_email


def _newest_key(system: System, found: OpenCode) -> bytes:
    return system.lookup_key(found.school.slug, found.school.lookup_epoch)


def _new_names(system: System, found: OpenCode, after: Person, wrong: _Wrong) -> list[Name]:
    """This student's new username under each look-up key, with who chose it last; it is wrong if it is somebody else's now."""
    username, school = after.username, found.school
    if username is None or username == found.student.username:
        return []
    chosen, is_taken = names_of(system, school, username, after.id, found.beside.holders)
    if is_taken:
        taken = said("Somebody at your school has this username. Choose another: your name with a number, for example.")
        wrong.add("username", taken, "username_taken")
    return chosen


def _hash(wishes: Wishes) -> str | None:
    return hashing.hash_of(wishes.password) if wishes.password else None


def _check_password(person: Person, found: OpenCode, wishes: Wishes, wrong: _Wrong) -> None:
    if wishes.phone is not None and not wishes.password and found.school.settings.phones.alone:
        return
    words = passwords.context_words(person, found.school)
    chosen = wishes.password
    weak = passwords.fault(chosen, passwords.shortest(person.role), words, common_passwords()) if chosen else NO_PASSWORD
    if weak is not None:
        wrong.add("password", weak, "weak_password")


def _address(typed: str, wrong: _Wrong) -> str:
    address = identifiers.email(typed)
    if address is None:
        wrong.add("email", said("Enter an e-mail address, like name@example.org."))
    return address or ""


def _names(wishes: Wishes, wrong: _Wrong) -> tuple[str, str]:
    """Given and family name. One name is enough, and stands as the given one, as a roster's does."""
    given, family = _name(wishes.given_name, "given_name", wrong), _name(wishes.family_name, "family_name", wrong)
    if not given and not family:
        wrong.add("given_name", _NO_NAME["given_name", "missing"])
    return (given, family) if given else (family, "")


def _name(typed: str, field: str, wrong: _Wrong) -> str:
    name = names.name_of(typed)
    if name and (fault := names.fault(name)):
        wrong.add(field, _NO_NAME[field, fault])
    return name


def _again(system: System, found: OpenCode, now: int) -> OpenCode:
    """The same code for the student as they now are; ``Gone`` if it no longer works."""
    student = system.directory(found.school.slug).person(found.student.id)
    if student is None or student.status != "active":
        refuse("refused", found.code)
    return opened_again(found, student, now)


def _event(system: System, found: OpenCode, actor: str, now: int) -> EventWrite:
    facts: dict[str, str | int] = {"kind": found.code.kind, "student": found.student.id, "generation": found.state.generation}
    return system.audit(found.school.slug).record_of(actor, "code.use", now, facts)


def _tell(system: System, found: OpenCode, person: Person, now: int, *, new_email_at: int | None = None) -> None:
    """The account stands, whatever happens here: its owner is told by mail.

    ``new_email_at``: when another address was replaced, of which both are told, as after a roster.
    """
    slug = found.school.slug
    log.info("code used", extra={"school": slug, "kind": found.code.kind, "person": person.id})
    kinds = ["confirm_address"] if person.address_is_unconfirmed else []
    kinds += ["password_changed"] if found.code.kind == "pin" else []  # who has registered has had no password before
    asked: list[tuple[dict[str, Any], int]] = [
        ({"kind": kind, "school": slug, "person": person.id, "request": new_id(), "at": now}, 0) for kind in kinds
    ]
    if new_email_at is not None:
        asked.append(({"kind": "emails_changed", "school": slug, "people": [person.id], "at": new_email_at}, SETTLES))
    try:
        system.queue("REQUESTS_QUEUE").put_each(asked)
    except Exception as error:  # the answer must say that the code was used
        log.error(  # noqa: TRY400 - a trace could hold values
            "not told of a used code", extra={"school": slug, "person": person.id, "error": type(error).__name__}
        )
