"""Confirm an address by a link that was mailed there; a provisional account may be joined to one that the address has already.

    registered with a code ──▶ provisional ──▶ confirmed: nobody else has the address, or it is to stay an account of its own
                                   │     └──▶ joined: its children go to an account of an adult with that address
                                   └────────▶ 28 days later: ended (``sends.end_unconfirmed``)
    asked for another address ──▶ confirmed there: it is the account's, and the old address is told

Only whoever reads the mailbox comes this far, so here it may be said who has the address. Nobody else ever learns it. Looking
changes nothing; of two uses at once one wins, and the other one learns that the link has been used.
"""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, NoReturn

from latchkey.errors import Changed, Conflict, Gone, Invalid, TooMany, TryLater
from latchkey.families.model import joins
from latchkey.families.needs import System
from latchkey.families.stores.confirmations import Write
from latchkey.password_links.model import links
from latchkey.password_links.model.links import Link
from latchkey.password_links.read_link import DAMAGED, genuine
from latchkey.people.model.change import PersonChange
from latchkey.people.model.new_email import SETTLES, former_email, is_told
from latchkey.people.model.person import Person
from latchkey.people.model.unconfirmed import is_over, is_provisional, to_confirm
from latchkey.schools.model.school import School
from latchkey.shared.model.identifiers import lookup
from latchkey.shared.model.texts import said
from latchkey.shared.stores.counters import Budget
from latchkey.sign_in.stamps import confirms

Fault = Literal["damaged", "used", "replaced", "expired"]
Outcome = Literal["confirmed", "joined", "changed"]
OWN: Final = "own"
"""Stands for "an account of its own" where an account is chosen."""
MOST_ACCOUNTS: Final = 5  # that one address has, of which the page lets choose
USES: Final = Budget("confirm-use", 60, 3_600)
_ROUNDS: Final = 5
_MOST_CHILDREN: Final = 30
"""Of the other accounts. With the 50 that one account can have, six accounts and their events, that makes 99 of 100 writes."""
_GONE: Final[dict[Fault, str]] = {
    "damaged": DAMAGED,
    "used": said("This link has been used: the address is confirmed."),
    "expired": said("This link is too old. Sign in to your account and have a new one sent."),
    "replaced": said("This link no longer works: the account has changed since, has ended, or asks for another address by now."),
}
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OpenConfirmation:
    """A link that works. ``accounts``: to which the children can be added; ``others``: provisional ones of the same mailbox.

    ``children``: of all of them, by whose first names people know which is which.
    """

    link: Link
    school: School
    person: Person
    address: str
    accounts: tuple[Person, ...] = ()
    others: tuple[Person, ...] = ()
    children: tuple[Person, ...] = ()

    @property
    def is_change(self) -> bool:
        """Whether the account gets this address, and has another one now."""
        return self.address != self.person.email

    @property
    def may_be_own(self) -> bool:
        """Whether it may be an account of its own: an admin's address is nobody else's."""
        return not any(each.is_admin for each in self.accounts)

    def children_of(self, person: Person) -> list[str]:
        """The first names of somebody's children."""
        return [self.school.known_as(child).given_name for child in self.children if child.id in person.children]


def check(system: System, token: str) -> OpenConfirmation:
    """What a link that works is for; ``Gone`` with the reason if it does not. Changes nothing."""
    link, school = genuine(system, token, {"confirm"})
    person, now = system.directory(link.school).person(link.person), system.now()
    if person is None:
        _refuse("used" if system.directory(link.school).following([link.person]) else "replaced")
    if person.used_link == links.fingerprint(token):
        _refuse("used")
    if person.status != "active" or is_over(person, now) or link.version != person.version:
        _refuse("replaced")
    waiting = (each for each in to_confirm(person, now) if confirms(system, school, person, each, link.stamp))
    address = next(waiting, None)
    if address is None:
        _refuse("replaced")
    if link.expires_at <= now:
        _refuse("expired")
    return _with_accounts(system, OpenConfirmation(link, school, person, address))


def use(system: System, token: str, into: str | None = None, also: Collection[str] = ()) -> tuple[Outcome, School]:
    """Confirm the address; what became of it, and where.

    ``into``: the id of the account that gets the children, or ``OWN``; None where there is nothing to choose. ``also``: the other
    provisional accounts of the mailbox that go the same way. ``Invalid`` names what has to be chosen; the link still works.
    """
    for again in range(_ROUNDS):
        found = check(system, token)
        slug, key = found.school.slug, system.lookup_key(found.school.slug, found.school.lookup_epoch)
        counters = system.counters("CREDENTIALS_TABLE", slug)
        if not counters.spend(USES, lookup(key, "person", found.person.id), system.now()):
            raise TooMany(said("This link was tried too often. It still works; wait a little, then try again."))
        target = _chosen(found, into)
        others = [each for each in found.others if each.id in also]
        if len(others) < len(set(also)) and not again:  # which has changed since stays as it is, and its own mail still works
            raise Invalid(said("Nothing was changed."), fields={"also": said("Choose among the accounts that the page shows.")})
        try:
            outcome = _used(system, found, token, target, _fitting(others))
        except Changed:
            continue
        log.info("address confirmed", extra={"school": slug, "person": found.person.id, "outcome": outcome})
        return outcome, found.school
    raise TryLater()


def _fitting(others: Sequence[Person]) -> list[Person]:
    """Those whose children have room in one transaction. Another stays provisional, and its own mail still works."""
    found, children = list[Person](), set[str]()
    for each in others:
        if len(children | {*each.children}) <= _MOST_CHILDREN:
            found.append(each)
            children.update(each.children)
    return found


def _with_accounts(system: System, found: OpenConfirmation) -> OpenConfirmation:
    """With the accounts that the address has already, and their children."""
    directory, person = system.directory(found.school.slug), found.person
    accounts, others = list[Person](), list[Person]()
    keys = [lookup(system.lookup_key(found.school.slug, epoch), "email", found.address) for epoch in found.school.lookup_epochs]
    same = [each for each in directory.by_email_key(*keys) if each.email == found.address and each.id != person.id]
    for each in same:
        if each.status != "active" or each.role == "student":
            continue  # a student is never given children
        if not is_provisional(each):
            accounts.append(each)
        elif not is_over(each, system.now()):
            others.append(each)
    if not is_provisional(person):
        others = []  # nothing is joined: only that an admin has the address counts
    shown = accounts[:MOST_ACCOUNTS], others[:MOST_ACCOUNTS]
    children = directory.by_ids({child: None for each in (person, *shown[0], *shown[1]) for child in each.children})
    return replace(found, accounts=tuple(shown[0]), others=tuple(shown[1]), children=tuple(children))


def _chosen(found: OpenConfirmation, into: str | None) -> Person | None:
    """The account that gets the children; None: it is one of its own."""
    joins_any = is_provisional(found.person) and found.accounts
    if not joins_any and not found.may_be_own:
        raise Conflict(
            said("This is an admin’s address, which no second account can have. Nothing was changed."), code="admins_address"
        )
    if not joins_any or (into == OWN and found.may_be_own):
        if into not in {None, "", OWN}:
            raise Invalid(said("Nothing was changed."), fields={"into": said("Choose one of the accounts that the page shows.")})
        return None
    if into in {None, ""} and len(found.accounts) == 1:
        return found.accounts[0]
    chosen = next((each for each in found.accounts if each.id == into), None)
    if chosen is None:
        raise Invalid(said("Nothing was changed."), fields={"into": said("Choose the account to which the child is added.")})
    return chosen


def _used(system: System, found: OpenConfirmation, token: str, target: Person | None, others: Sequence[Person]) -> Outcome:
    """Write what the link is for, and join the other accounts that go the same way, in one transaction; what became of it."""
    slug, person, now = found.school.slug, found.person, system.now()
    store, audit = system.confirmations(slug), system.audit(slug)
    facts: dict[str, str | int] = {"person": person.id}
    outcome: Outcome
    if target is not None:
        outcome, writes = "joined", _joined(system, found, [person, *others], target)
    elif not found.is_change:
        event = audit.record_of(person.id, "address.confirm", now, facts)
        outcome, writes = "confirmed", [store.confirm_of(person, links.fingerprint(token)), event]
    else:
        key = system.lookup_key(slug, found.school.lookup_epoch)
        after = replace(person, email=found.address, email_key=lookup(key, "email", found.address), version=person.version + 1)
        after = _told(system, slug, person, after, now)
        event = audit.record_of(person.id, "address.change", now, facts)
        outcome, writes = "changed", [store.replace_of(person, after, links.fingerprint(token)), event]
    if target is None and others:
        writes += _joined(system, found, others, person)
    store.write(writes)
    return outcome


def _told(system: System, slug: str, person: Person, after: Person, now: int) -> Person:
    """The person with the address that is replaced, where a mail tells of the new one; an unconfirmed one is told nothing.

    The message goes first and is looked at minutes later: if nothing is written after all, nobody is told anything.
    """
    if not is_told(person, after.email):
        return after
    former = former_email(person, now)
    message: dict[str, Any] = {"kind": "emails_changed", "school": slug, "people": [person.id], "at": former.at}
    system.queue("REQUESTS_QUEUE").put(message, delay=SETTLES)
    return replace(after, former_email=former)


def _joined(system: System, found: OpenConfirmation, gone: Sequence[Person], into: Person) -> list[Write]:
    """The writes that join provisional accounts to another one, with an event for each."""
    slug, now = found.school.slug, system.now()
    theirs = {child for each in gone for child in each.children}
    children = [child for child in found.children if child.id in theirs]
    family = joins.relinked(children, into, {each.id for each in gone})
    joined = system.confirmations(slug).join_of(gone, PersonChange(into, joins.with_children(into, gone)), family)
    events = [
        system.audit(slug).record_of(into.id, "address.join", now, {"person": into.id, "removed": each.id}) for each in gone
    ]
    return [*joined, *events]


def _refuse(fault: Fault) -> NoReturn:
    raise Gone(_GONE[fault], code=fault)
