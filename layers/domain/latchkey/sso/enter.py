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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from latchkey.errors import Changed, NotFound, SignInFailed, TryLater
from latchkey.people.model.person import Person, SsoLink
from latchkey.people.model.person_keys import with_keys
from latchkey.schools.model.school import School
from latchkey.second_factors.second_step import SecondStep
from latchkey.shared.model.identifiers import lookup
from latchkey.shared.model.ids import is_slug, person_id
from latchkey.shared.model.names import name_of
from latchkey.sign_in.steps import Asked, Opened, Visit, go_on
from latchkey.sign_in.steps import Proof as Shown
from latchkey.sign_in.stores.credentials import FactorsItem
from latchkey.sign_in.stores.sessions import BY_PROVIDER, PROVIDERS_FACTOR, Owed
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
from latchkey.sso.stores.links import Account, Meant

_ROUNDS: Final = 5
log = logging.getLogger(__name__)


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
    """One look at a proof: the school as it is at this moment, and what the account at the provider leads to."""

    system: System
    school: School
    connection: Connection
    proof: Proof
    key: str
    account: Account | None

    def refused(self, reason: Reason, linked_at: int | None = None) -> Refused:
        return Refused(reason=reason, account=self.proof.account, school=self.school, linked_at=linked_at)


@dataclass(frozen=True, slots=True)
class _Found:
    """Who comes in, what is written with their session because it is they, and their second factors as they were read."""

    person: Person
    owed: tuple[Owed, ...] = ()
    factors: Mapping[str, FactorsItem | None] = field(default_factory=dict)


def enter(system: System, connection: Connection, proof: Proof, visit: Visit) -> Opened | Asked | Refused:
    """A session, what the second step asks for, or why not. ``TryLater`` where too much happens at once; nothing is lost.

    ``connection``: the version in force (``read_connections.in_force``). Asked the same again it lets the same person in.
    """
    key = account_key(proof.issuer, proof.subject)
    for _ in range(_ROUNDS):
        school, account = system.sso_links(proof.school).with_school(key) if is_slug(proof.school) else (None, None)
        if school is None:
            raise NotFound()
        trying = _Try(system, school, connection, proof, key, account)
        try:
            found = _whose(trying)
            if isinstance(found, Refused):
                _count(trying, found)
                return found
            return _go_on(trying, found, visit)
        except (Changed, SignInFailed):  # somebody has changed the person, or linked one of the two, just now
            continue
    raise TryLater()


def _whose(trying: _Try) -> _Found | Refused:
    reason = unfit(trying.school, trying.connection, trying.proof)
    if reason is not None:
        return trying.refused(reason)
    found = _linked(trying)
    if found is None:
        return _first(trying)
    reason = shut(found.person, trying.school, trying.connection, trying.system.now())
    return found if reason is None else trying.refused(reason)


def _linked(trying: _Try) -> _Found | None:
    """Whom the account leads to, also through a merge, if they name it."""
    if trying.account is None:
        return None
    meant = trying.system.sso_links(trying.school.slug).meant([trying.account.person])
    person = meant.people.get(trying.account.person)
    if person is None or all(each.key != trying.account.key for each in person.sso):
        return None
    return _Found(person, factors=meant.factors)


def _first(trying: _Try) -> _Found | Refused:
    """Whoever comes for the first time, linked from now on: the link stands or falls with their session."""
    system, slug, connection, now = trying.system, trying.school.slug, trying.connection, trying.system.now()
    wanted = sought(trying.school, connection, trying.proof)
    if not isinstance(wanted, Sought):
        return trying.refused(wanted)
    meant = _meant(system, trying.school, wanted)
    people = [each for each in _each(meant) if may_be(each, trying.proof)]
    found = chosen(people, trying.school, connection, trying.key, now)
    link = SsoLink(connection=connection.name, issuer=trying.proof.issuer, key=trying.key, linked_at=now)
    if isinstance(found, Person):
        facts = {"role": found.role, "connection": connection.name}
        event = system.audit(slug).record_of(found.id, "sso.linked", now, facts)
        linked, owed = system.sso_links(slug).link_of(found, link, trying.account, event, trying.proof.pairwise)
        return _Found(linked, owed, meant.factors)
    if found == "unknown":
        return _made(trying, replace(link, made=True), wanted, _each(meant))
    since = [each.linked_at for person in people for each in person.sso if each.issuer == connection.issuer]
    return trying.refused(found, min(since, default=None) if found == "other_account" else None)


def people_meant(system: System, school: School, wanted: Sought) -> list[Person]:
    """Everybody of the school whom this may mean."""
    return _each(_meant(system, school, wanted))


def _each(meant: Meant) -> list[Person]:
    return list({each.id: each for each in meant.people.values()}.values())


def _meant(system: System, school: School, wanted: Sought) -> Meant:
    links = system.sso_links(school.slug)
    if wanted.by == "mis_id":
        return links.meant(person_id(school.slug, each) for each in wanted.values)
    directory, ids, looked_up = system.directory(school.slug), list[str](), set[str]()
    keys = [system.lookup_key(school.slug, epoch) for epoch in school.lookup_epochs]
    for value in wanted.values:
        theirs = [lookup(key, wanted.by, value) for key in keys]
        ids += directory.ids_by(wanted.by, *theirs)
        looked_up |= {*theirs}
    found = links.meant(ids)
    key_of: Callable[[Person], str | None] = _email_key if wanted.by == "email" else _username_key
    return replace(found, people={name: each for name, each in found.people.items() if key_of(each) in looked_up})


def _email_key(person: Person) -> str | None:
    return person.email_key


def _username_key(person: Person) -> str | None:
    return person.username_key


def _made(trying: _Try, link: SsoLink, looked: Sought, there: Sequence[Person]) -> _Found | Refused:
    """A new person, where the school wants them made, and nobody here has any of what the provider says of them.

    ``looked``: by what somebody was looked for just now, and ``there`` is who has it.
    """
    system, school, proof = trying.system, trying.school, trying.proof
    role, reason = made_as(school, trying.connection, proof)
    if role is None:
        return trying.refused(reason)
    now, mis_id, addresses = system.now(), mis_id_of(proof), proved_addresses(trying.connection, proof)
    others = [Sought("email", addresses), Sought("mis_id", (mis_id,) if mis_id else ())]
    if any(there if each == looked else each.values and people_meant(system, school, each) for each in others):
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
    person = system.sso_links(school.slug).make(person, link, trying.account, event, proof.pairwise)
    return _Found(person, factors={person.id: None})


def _go_on(trying: _Try, found: _Found, visit: Visit) -> Opened | Asked:
    system, now, ways = trying.system, trying.system.now(), (BY_PROVIDER,)
    shown = Shown(school=trying.school, person=found.person, at=now, ways=ways, by=trying.connection.name)
    shown = replace(shown, owed=found.owed, factors=found.factors)
    if trying.proof.strong and trying.connection.proves_second_factor:
        shown = shown.shown(PROVIDERS_FACTOR, now)
    return go_on(system, shown, (SecondStep(),), visit=visit)


def _count(trying: _Try, refused: Refused) -> None:
    """Count the refusal by its reason: never whose it was, for it was nobody's here."""
    slug = trying.school.slug
    facts = {"connection": trying.connection.name, "reason": refused.reason}
    trying.system.audit(slug).tally("portal", "sso.refused", trying.system.now(), facts)
    log.info("refused by the school's own sign-in", extra={"school": slug, "reason": refused.reason})
