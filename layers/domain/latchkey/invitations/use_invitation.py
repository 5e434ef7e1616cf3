"""Use an invitation: make the parent's account with all its children, or join them to an account that the mailbox has.

All of it is one transaction, and the invitation is in it: of many who use it at once one wins. What cannot be taken, such as a
weak password, leaves it as it was. Nobody is signed in by it but who comes with a phone, whose session is in it as well.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from latchkey.audit.stores.audit import EventWrite
from latchkey.errors import Changed, Invalid, TooMany, TryLater
from latchkey.invitations.needs import System
from latchkey.invitations.open_invitation import OpenInvitation, check
from latchkey.invitations.use_phone import made_with
from latchkey.password_links.model import links
from latchkey.people.model.person import Person
from latchkey.second_factors.first_passkey import KINDS, FirstPasskey, Phone
from latchkey.second_factors.stores.factors import Write
from latchkey.shared.model import identifiers, names
from latchkey.shared.model.ids import new_id
from latchkey.shared.model.texts import said
from latchkey.shared.stores.counters import Budget
from latchkey.sign_in import hashing
from latchkey.sign_in.blocklist import common_passwords
from latchkey.sign_in.budgets import forgiven
from latchkey.sign_in.model import passwords
from latchkey.sign_in.steps import Enter, Opened, no_session, note_opened
from latchkey.sign_in.stores.sessions import NOTHING

USES: Final = Budget("invitation-use", 60, 3_600)
NEW: Final = "new"
"""In place of an account's id: make another, for somebody who shares the mailbox."""
_ROUNDS: Final = 8
_WORKS: Final = said("Some of this cannot be used. Your invitation still works.")
_NAMES: Final[Mapping[str, Mapping[names.Fault, str]]] = {
    "given_name": {
        "missing": said("Enter your first name."),
        "long": said("Enter your first name with at most {most} characters.", most=names.LONGEST_NAME),
        "signs": said("Enter your first name with letters. Spaces, hyphens and apostrophes can stand between them."),
    },
    "family_name": {
        "missing": said("Enter your last name."),
        "long": said("Enter your last name with at most {most} characters.", most=names.LONGEST_NAME),
        "signs": said("Enter your last name with letters. Spaces, hyphens and apostrophes can stand between them."),
    },
}
Outcome = Literal["made", "joined", "set"]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What whoever holds the link has typed and chosen; empty where they left it out.

    ``account``: an id, or ``NEW``. ``phone``: the passkey that they have made in place of a password.
    """

    password: str = ""
    given_name: str = ""
    family_name: str = ""
    account: str = ""
    phone: Phone | None = None


@dataclass(frozen=True, slots=True)
class _Way:
    """The first way into an account: the hash of a password, a passkey, or both; none where it has one."""

    hashed: str | None = None
    passkey: FirstPasskey | None = None

    @property
    def also(self) -> tuple[Write, ...]:
        return (self.passkey.write,) if self.passkey is not None else ()

    @property
    def factors(self) -> tuple[str, ...]:
        return KINDS if self.passkey is not None else ()


@dataclass(frozen=True, slots=True)
class Done:
    """What became of an invitation: an account was made, the children joined to one, or joined and its first way in set.

    ``opened``: the session of who has made a passkey for it.
    """

    outcome: Outcome
    account: Person
    found: OpenInvitation
    opened: Opened | None = None


def use(system: System, token: str, wishes: Wishes, *, enter: Enter = no_session) -> Done:
    """Use an invitation up. ``Gone``: it does not work; ``Invalid``: something cannot be taken, and it still works.

    ``enter``: the session of who comes with a phone.
    """
    way = None
    for _ in range(_ROUNDS):
        found = check(system, token)
        account = chosen(found, wishes.account)
        wanted = _parent(system, found, wishes, token) if account is None else account
        needs_way = account is None or not account.has_way_in
        if needs_way and way is None:
            _check_password(found, wanted, wishes)
            _count(system, found)
            way = _way(system, found, account, wishes)
        try:
            done = _written(system, found, account, wanted, (way if needs_way else None) or _Way(), enter=enter)
        except Changed:  # another was quicker, or the school has changed something: look again
            continue
        _afterwards(system, done)
        return done
    raise TryLater()


def needed(found: OpenInvitation) -> list[str]:
    """Which names have to be typed to make an account: what the school does not know."""
    return [] if found.invitation.name else ["given_name", "family_name"]


def _way(system: System, found: OpenInvitation, account: Person | None, wishes: Wishes) -> _Way:
    """The phone is looked at first: one that is not right costs no hash. Its challenge counts once, so this is asked once."""
    passkey = made_with(system, found, account, wishes.phone) if wishes.phone is not None else None
    return _Way(hashing.hash_of(wishes.password) if wishes.password else None, passkey)


def _written(system: System, found: OpenInvitation, account: Person | None, wanted: Person, way: _Way, *, enter: Enter) -> Done:
    school, now = found.school.slug, system.now()
    joins, right = system.joins(school), system.invitations(school).used_of(found.invitation, now)
    outcome: Outcome = "made" if account is None else "set" if way != _Way() else "joined"
    event = _event(system, found, wanted.id, outcome, now)
    if outcome != "joined":
        version = wanted.version if account is None else account.version + 1
        set_at = now if way.hashed else None
        wanted = replace(wanted, version=version, password_set_at=set_at, second_factors=way.factors)
    begun = enter(found.school, wanted) if way.passkey is not None else None
    noted, also = (begun.noted, (*way.also, *begun.also)) if begun is not None else (NOTHING, way.also)
    if account is None:
        joins.make(wanted, found.children, way.hashed, now, event, right=right, also=also, noted=noted)
    else:
        joins.join(
            account,
            found.children,
            now,
            event,
            right=right,
            password_hash=way.hashed,
            also=(*also, *(forgiven(system, found.school, account) if outcome == "set" else ())),
            noted=noted,
            factors=way.factors,
            invitation=found.invitation.id,
        )
    return Done(outcome, wanted, found, begun.opened if begun is not None else None)


def chosen(found: OpenInvitation, wish: str) -> Person | None:
    """The account to which the children are joined; None: a new one is made. ``Invalid`` where it has to be said which."""
    if wish == NEW or not found.accounts:
        return None
    meant = [each for each in found.accounts if each.id == wish]
    if meant:
        return meant[0]
    if wish or len(found.accounts) > 1:
        raise Invalid(_WORKS, fields={"account": said("Say to which account your children are added.")}, code="which_account")
    return found.accounts[0]


def _parent(system: System, found: OpenInvitation, wishes: Wishes, token: str) -> Person:
    """The account to be made. The school's word on the name stands where the form leaves it out."""
    school, invitation = found.school, found.invitation
    wrong: dict[str, str] = {}
    given, family = (_name(getattr(wishes, field), field, wrong) for field in _NAMES)
    if not given and not family and not wrong:
        given, family = invitation.given_name, invitation.family_name
        if not given and not family:
            wrong["given_name"] = _NAMES["given_name"]["missing"]
    if wrong:
        raise Invalid(_WORKS, fields=wrong | _weak(found, None, wishes))
    key = system.lookup_key(school.slug, school.lookup_epoch)
    return Person(
        id=wishes.phone.person if wishes.phone is not None else new_id(system.time()),
        role="parent",
        given_name=given or family,
        family_name=family if given else "",
        email=invitation.email,
        email_key=identifiers.lookup(key, "email", invitation.email),
        children=tuple(child.id for child in found.children),
        version=1,
        invited=(invitation.id,),
        used_link=links.fingerprint(token),  # the address is confirmed: its mail was read
    )


def _name(typed: str, field: str, wrong: dict[str, str]) -> str:
    name = names.name_of(typed)
    if name and (fault := names.fault(name)):
        wrong[field] = _NAMES[field][fault]
    return name


def _asks_password(found: OpenInvitation, wishes: Wishes) -> bool:
    """Whether a password has to be chosen: a phone is enough where the school says so."""
    return wishes.phone is None or bool(wishes.password) or not found.school.settings.phones.alone


def _check_password(found: OpenInvitation, person: Person, wishes: Wishes) -> None:
    weak = _weak(found, person, wishes)
    if weak:
        raise Invalid(_WORKS, fields=weak, code="weak_password")


def _weak(found: OpenInvitation, person: Person | None, wishes: Wishes) -> dict[str, str]:
    """What is wrong with the password, by its field."""
    if not _asks_password(found, wishes):
        return {}
    role = person.role if person is not None else "parent"
    words = passwords.context_words(person or found.children[0], found.school)
    weak = passwords.fault(wishes.password, passwords.shortest(role), words, common_passwords())
    return {"password": weak} if weak is not None else {}


def _count(system: System, found: OpenInvitation) -> None:
    """Each hash costs the server something: so many for an invitation, and no more."""
    key = identifiers.lookup(system.lookup_key(found.school.slug, found.school.lookup_epoch), "invitation", found.invitation.id)
    if not system.counters("CREDENTIALS_TABLE", found.school.slug).spend(USES, key, system.now()):
        raise TooMany(said("This invitation was tried too often. It still works; wait a little, then try again."))


def _event(system: System, found: OpenInvitation, actor: str, outcome: Outcome, now: int) -> EventWrite:
    facts: dict[str, str | int] = {
        "invitation": found.invitation.id,
        "outcome": outcome,
        "source": found.invitation.source,
        "children": len(found.children),
    }
    return system.audit(found.school.slug).record_of(actor, "invitation.use", now, facts)


def _afterwards(system: System, done: Done) -> None:
    """It stands, whatever happens here: contacts forget the parent, and whoever has a new way in is told by mail."""
    slug, person, now = done.found.school.slug, done.account, system.now()
    if done.opened is not None:
        note_opened(done.opened)
    log.info("invitation used", extra={"school": slug, "person": person.id, "outcome": done.outcome})
    try:
        asked: list[dict[str, Any]] = [{"kind": "invitation_used", "school": slug, "invitation": done.found.invitation.id}]
        if done.outcome == "set":
            kind = "password_changed" if person.password_set_at is not None else "factor_added"
            asked.append({"kind": kind, "school": slug, "person": person.id, "request": new_id(), "at": now})
        system.queue("REQUESTS_QUEUE").put_many(asked)
    except Exception as error:  # the answer must say that it was used
        log.error(  # noqa: TRY400 - a trace could hold values
            "not told of a used invitation", extra={"school": slug, "person": person.id, "error": type(error).__name__}
        )
