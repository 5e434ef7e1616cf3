"""Set a password with a link: look at the link, use it, have it renewed.

Only ``use`` with a password that is good enough uses a link up; looking never does, so a mail scanner cannot burn it.
"""

import logging
from dataclasses import dataclass, replace
from typing import Final, NoReturn

from latchkey.errors import Changed, Gone, Invalid, TooMany
from latchkey.password_links.model import links
from latchkey.password_links.model.links import SETS_PASSWORD, Fault, Link
from latchkey.password_links.needs import System
from latchkey.password_links.read_link import DAMAGED, genuine
from latchkey.people.model.person import Person
from latchkey.schools.model.own_sign_in import signs_in_elsewhere
from latchkey.schools.model.school import School
from latchkey.shared.model.identifiers import lookup
from latchkey.shared.model.ids import new_id
from latchkey.shared.model.texts import said
from latchkey.shared.stores.counters import Budget
from latchkey.sign_in import hashing
from latchkey.sign_in.blocklist import common_passwords
from latchkey.sign_in.budgets import forgiven
from latchkey.sign_in.model import passwords
from latchkey.sign_in.stamps import bears

USES: Final = Budget("link-use", 60, 3_600)
RENEWALS: Final = Budget("link-renew", 3, 3_600)
NO_PASSWORD: Final = said("Enter a password.")
log = logging.getLogger(__name__)

_GONE: Final[dict[Fault, str]] = {
    "used": said("This link has been used: a password was set with it. Sign in with that password, or have a new link sent."),
    "expired": said("This link is too old. Your account is as it was; have a new link sent."),
    "replaced": said("Your account has changed since this link was made, so it no longer works. Have a new link sent."),
    "damaged": DAMAGED,
}


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A link that works, and whom it is for."""

    link: Link
    school: School
    person: Person

    @property
    def shortest(self) -> int:
        """How long the new password must be at least."""
        return passwords.shortest(self.person.role)

    @property
    def language(self) -> str | None:
        """The person's own, else their school's if it chose one; None where the browser's counts."""
        schools = self.school.settings.language
        return self.person.language or (schools if schools != "en" else None)


def check(system: System, token: str) -> OpenLink:
    """What a link that works is for; ``Gone`` with the reason if it does not. Changes nothing."""
    link, school = genuine(system, token, SETS_PASSWORD)
    person = system.directory(link.school).person(link.person)
    if person is not None and person.status == "active" and school.uses_sso(person):
        raise signs_in_elsewhere(school, person.role)
    fault = _fault(system, link, token, school, person)
    if person is None or fault is not None:
        _refuse(fault or "replaced")
    return OpenLink(link, school, person)


def use(system: System, token: str, password: str) -> OpenLink:
    """Set the password; whose it is, as they now are.

    ``Gone``: the link does not work; ``Invalid``: the password is too weak, and the link still works.
    """
    found = check(system, token)
    person, slug = found.person, found.link.school
    words = passwords.context_words(person, found.school)
    weak = passwords.fault(password, found.shortest, words, common_passwords()) if password else NO_PASSWORD
    if weak is not None:
        what = said("This password cannot be used. Your link still works.")
        raise Invalid(what, fields={"password": weak}, code="weak_password")
    if not system.counters("CREDENTIALS_TABLE", slug).spend(USES, _counted(system, found.school, person.id), system.now()):
        raise TooMany(said("This link was tried too often. It still works; wait a little, then try again."))
    now = system.now()
    try:
        event = system.audit(slug).record_of(person.id, "password.set", now, {"purpose": found.link.purpose, "role": person.role})
        hashed, used, back = hashing.hash_of(password), links.fingerprint(token), forgiven(system, found.school, person)
        system.passwords(slug).set(person, hashed, used, now, event, also=back)
    except Changed:
        now_is = system.directory(slug).person(person.id)
        _refuse(_fault(system, found.link, token, found.school, now_is) or "used")
    log.info("password set", extra={"school": slug, "person": person.id, "purpose": found.link.purpose})
    _afterwards(system, slug, person, now)
    return replace(found, person=_with_password(person, now))


def _with_password(person: Person, now: int) -> Person:
    """The person as the transaction has left them."""
    return replace(person, version=person.version + 1, password_set_at=now, email_typed=None)


def renew(system: System, token: str) -> None:
    """Ask for a new link in place of a genuine one that no longer works; it goes to the address on file, or nowhere."""
    try:
        link, school = genuine(system, token, SETS_PASSWORD)
    except Gone:
        return
    person = system.directory(link.school).person(link.person)
    now = system.now()
    if person is None or person.status != "active" or _fault(system, link, token, school, person) is None:
        return
    if system.counters("CREDENTIALS_TABLE", link.school).spend(RENEWALS, _counted(system, school, person.id), now):
        _request(system, "renew", link.school, person.id, now)


def _fault(system: System, link: Link, token: str, school: School, person: Person | None) -> Fault | None:
    if person is not None and school.uses_sso(person):
        return "replaced"  # the school has since switched to its own sign-in: a password would open nothing
    if person is not None and bears(system, school, person, link.stamp):
        link = replace(link, stamp=person.stamp)
    return links.fault(link, token, person, system.now())


def _refuse(fault: Fault) -> NoReturn:
    raise Gone(_GONE[fault], code=fault)


def _afterwards(system: System, slug: str, person: Person, now: int) -> None:
    """The password stands, whatever happens here: the person is told by mail."""
    try:
        _request(system, "password_changed", slug, person.id, now)
    except Exception as error:  # the answer must say that the password was set
        log.error(  # noqa: TRY400 - a trace could hold values
            "not told of a new password", extra={"school": slug, "person": person.id, "error": type(error).__name__}
        )


def _request(system: System, kind: str, slug: str, person: str, now: int) -> None:
    system.queue("REQUESTS_QUEUE").put({"kind": kind, "school": slug, "person": person, "request": new_id(), "at": now})


def _counted(system: System, school: School, person: str) -> str:
    return lookup(system.lookup_key(school.slug, school.lookup_epoch), "person", person)
