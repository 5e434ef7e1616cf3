"""Come in with what a provider has proved: the one use case behind every answer of a provider.

    proof ──▶ fits the connection? ──▶ linked? ── yes ──▶ may come in? ──▶ second step, or a session
                  │ no                   │ no                 │ no
                  ▼                      ▼                    ▼
               Refused      matched inside the school ──▶  Refused, with which account it was
                               │ one      │ nobody
                               ▼          ▼
                          linked now   made now, where the school says so for the role; else Refused

A session that the browser had ends with the new one, whoever's it was: on a shared computer the next child never gets it.
"""

import logging
from dataclasses import dataclass, replace
from typing import Final

from latchkey.errors import Changed, SignInFailed, TryLater
from latchkey.people.model.person import Person, SsoLink
from latchkey.people.model.person_keys import with_keys
from latchkey.schools.find_school import the_school_now
from latchkey.schools.model.school import School
from latchkey.second_factors.second_step import SecondStep
from latchkey.shared.model.identifiers import lookup
from latchkey.shared.model.ids import person_id
from latchkey.shared.model.names import name_of
from latchkey.sign_in.steps import Asked, Opened, go_on
from latchkey.sign_in.steps import Proof as Shown
from latchkey.sign_in.stores.sessions import BY_PROVIDER, PROVIDERS_FACTOR
from latchkey.sso.model.connection import Connection
from latchkey.sso.model.keys import account_key
from latchkey.sso.model.matching import (
    Reason,
    Sought,
    chosen,
    made_as,
    may_be,
    mis_id_of,
    proved_addresses,
    shut,
    sought,
    unfit,
)
from latchkey.sso.model.proof import Proof
from latchkey.sso.needs import System
from latchkey.sso.stores.links import Account

_ROUNDS: Final = 5
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What a request says of the browser that has come: the session token that it has, in coarse words what it is, from where."""

    presented: str | None = None
    browser: str = ""
    source_ip: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Nobody came in. ``account``: which account it was, as its owner knows it; ``refusal_words`` says the rest to people.

    ``linked_at``: since when the person here is linked with another account (epoch seconds), for ``other_account``.
    """

    reason: Reason
    account: str
    school: School
    linked_at: int | None = None


@dataclass(frozen=True, slots=True)
class _Try:
    """One look at a proof: the school as it is at this moment."""

    system: System
    school: School
    connection: Connection
    proof: Proof

    @property
    def key(self) -> str:
        return account_key(self.proof.issuer, self.proof.subject)

    def refused(self, reason: Reason, linked_at: int | None = None) -> Refused:
        return Refused(reason=reason, account=self.proof.account, school=self.school, linked_at=linked_at)


def enter(system: System, connection: Connection, proof: Proof, came: Came) -> Opened | Asked | Refused:
    """A session, what the second step asks for, or why not. ``TryLater`` where too much happens at once; nothing is lost.

    ``connection``: the version in force (``read_connections.in_force``). Asked the same again it lets the same person in.
    """
    for _ in range(_ROUNDS):
        trying = _Try(system, the_school_now(system, proof.school), connection, proof)
        try:
            found = _whose(trying)
            if isinstance(found, Refused):
                _count(trying, found)
                return found
            return _go_on(trying, found, came)
        except (Changed, SignInFailed):  # somebody has changed the person, or linked one of the two, just now
            continue
    raise TryLater()


def _whose(trying: _Try) -> Person | Refused:
    reason = unfit(trying.school, trying.connection, trying.proof)
    if reason is not None:
        return trying.refused(reason)
    account = trying.system.sso_links(trying.school.slug).get(trying.key)
    person = _linked(trying, account)
    if person is None:
        return _first(trying, account)
    reason = shut(person, trying.school, trying.connection, trying.system.now())
    return person if reason is None else trying.refused(reason)


def _linked(trying: _Try, account: Account | None) -> Person | None:
    """Whom an account leads to, also through a merge, if they name it."""
    if account is None:
        return None
    person = trying.system.directory(trying.school.slug).following([account.person]).get(account.person)
    return person if person is not None and any(each.key == account.key for each in person.sso) else None


def _first(trying: _Try, before: Account | None) -> Person | Refused:
    """Whoever comes for the first time, linked from now on. ``before``: what their account led to, which does not count."""
    system, slug, connection, now = trying.system, trying.school.slug, trying.connection, trying.system.now()
    wanted = sought(trying.school, connection, trying.proof)
    if not isinstance(wanted, Sought):
        return trying.refused(wanted)
    people = [each for each in people_meant(system, trying.school, wanted) if may_be(each, trying.proof)]
    found = chosen(people, trying.school, connection, trying.key, now)
    link = SsoLink(connection=connection.name, issuer=trying.proof.issuer, key=trying.key, linked_at=now)
    if isinstance(found, Person):
        facts = {"role": found.role, "connection": connection.name}
        event = system.audit(slug).record_of(found.id, "sso.linked", now, facts)
        return system.sso_links(slug).link(found, link, before, event, trying.proof.pairwise)
    if found == "unknown":
        return _made(trying, replace(link, made=True), before)
    since = [each.linked_at for person in people for each in person.sso if each.issuer == connection.issuer]
    return trying.refused(found, min(since, default=None) if found == "other_account" else None)


def people_meant(system: System, school: School, wanted: Sought) -> list[Person]:
    """Everybody of the school whom this may mean."""
    directory = system.directory(school.slug)
    if wanted.by == "mis_id":
        found = directory.following(person_id(school.slug, each) for each in wanted.values)
        return list({each.id: each for each in found.values()}.values())
    keys = [system.lookup_key(school.slug, epoch) for epoch in school.lookup_epochs]
    people: dict[str, Person] = {}
    for value in wanted.values:
        looked_up = [lookup(key, wanted.by, value) for key in keys]
        some = directory.by_email_key(*looked_up) if wanted.by == "email" else directory.by_username_key(*looked_up)
        people |= {each.id: each for each in some}
    return list(people.values())


def _made(trying: _Try, link: SsoLink, before: Account | None) -> Person | Refused:
    """A new person, where the school wants them made, and nobody here has any of what the provider says of them."""
    system, school, proof = trying.system, trying.school, trying.proof
    role, reason = made_as(school, trying.connection, proof)
    if role is None:
        return trying.refused(reason)
    now, mis_id, addresses = system.now(), mis_id_of(proof), proved_addresses(trying.connection, proof)
    others = [Sought("email", addresses), Sought("mis_id", (mis_id,) if mis_id else ())]
    if any(people_meant(system, school, each) for each in others):
        return trying.refused(reason)
    person = Person(
        id=person_id(school.slug, mis_id or f"sso/{link.key}"),
        role=role,
        given_name=name_of(proof.given_name),
        family_name=name_of(proof.family_name),
        email=next(iter(addresses), None),
        mis_id=mis_id,
        number=system.numbers(school.slug).reserve(1)[0] if role == "student" else None,
    )
    person = with_keys(person, system.lookup_key(school.slug, school.lookup_epoch))
    facts = {"role": person.role, "connection": trying.connection.name}
    event = system.audit(school.slug).record_of(person.id, "sso.person_made", now, facts)
    return system.sso_links(school.slug).make(person, link, before, event, proof.pairwise)


def _go_on(trying: _Try, person: Person, came: Came) -> Opened | Asked:
    system, now = trying.system, trying.system.now()
    shown = Shown(school=trying.school, person=person, at=now, ways=(BY_PROVIDER,), by=trying.connection.name)
    if trying.proof.strong and trying.connection.proves_second_factor:
        shown = shown.shown(PROVIDERS_FACTOR, now)
    return go_on(system, shown, (SecondStep(),), presented=came.presented, browser=came.browser, source_ip=came.source_ip)


def _count(trying: _Try, refused: Refused) -> None:
    """Count the refusal by its reason: never whose it was, for it was nobody's here."""
    slug = trying.school.slug
    facts = {"connection": trying.connection.name, "reason": refused.reason}
    trying.system.audit(slug).tally("portal", "sso.refused", trying.system.now(), facts)
    log.info("refused by the school's own sign-in", extra={"school": slug, "reason": refused.reason})
