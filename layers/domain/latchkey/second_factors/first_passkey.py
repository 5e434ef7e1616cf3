"""A passkey in place of a first password: made with a code or an invitation, before anybody is signed in.

The ceremony is bound to what it was begun with, and to the account: a challenge that was made for one slip registers nothing with
another. What it registers is a write that stands in the transaction of the code: both, or neither. Who has a second factor
already makes none in this way: a slip must not add to what a password alone cannot. It is a way in, and no second step: who
has lost the phone gets in with a new password.
"""

from dataclasses import dataclass
from typing import Any, Final

from latchkey.errors import Conflict, Invalid
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from latchkey.second_factors.model.factors import PHONE, Factors, Passkey
from latchkey.second_factors.model.secrets import user_handle
from latchkey.second_factors.needs import System
from latchkey.second_factors.stores.factors import Write
from latchkey.shared.model.ids import new_id
from latchkey.shared.model.texts import said

KINDS: Final = (PHONE,)
"""What the person's item says of them afterwards (``Person.second_factors``)."""
_NOT_MADE: Final = said("The phone was not accepted. Nothing is used up: try again, or choose a password.")
_HAS_SOME: Final = said("This account has a second step already. Choose a password; the second step stays as it is.")


@dataclass(frozen=True, slots=True)
class FirstPasskey:
    """A passkey that was made, and the write that keeps it."""

    write: Write


@dataclass(frozen=True, slots=True)
class Phone:
    """What the browser has made, and the id of the account that it was begun for."""

    person: str
    credential: object


@dataclass(frozen=True, slots=True)
class Begun:
    """What the browser is given, and the id to bring back with what it makes of it."""

    person: str
    options: dict[str, Any]


def may_use_phone(school: School, person: Person) -> bool:
    """Whether this person may choose a passkey in place of a password."""
    return person.role in school.settings.phones.roles and not person.second_factors and not school.uses_sso(person)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whom it is made for: the id of the account, and what its owner sees beside the passkey."""

    person: str
    login: str
    name: str


def begin_first_passkey(system: System, school: School, owner: Owner, bound_to: str) -> dict[str, Any]:
    """What the browser is given to make it, for five minutes."""
    from latchkey.second_factors.ceremonies import User, making_options

    challenge = system.challenges(school.slug).make(_bound(bound_to, owner.person), system.now())
    handle = user_handle(school.slug, owner.person)
    user = User(handle=handle, login=owner.login or owner.name, name=f"{owner.name} ({school.name})")
    return making_options(system.relying_party, school.name, user, (), challenge)


def first_passkey(
    system: System, school: School, person: str, credential: object, bound_to: str, *, before: Factors | None = None
) -> FirstPasskey:
    """The passkey that was made; ``Invalid`` for what is none, ``Conflict`` for who has a second factor already.

    ``before``: what they have, where that was read already; if it is so no more, the write fails (``Changed``).
    """
    from latchkey.second_factors.ceremonies import NotGenuine, challenge_in, made

    store, now = system.second_factors(school.slug), system.now()
    before = before if before is not None else store.of(person)
    if before.all:
        raise Conflict(_HAS_SOME, code="has_second_factor")
    party = system.relying_party
    try:
        challenge = challenge_in(credential)
        counts = system.challenges(school.slug).use(challenge, _bound(bound_to, person), now)
        key = made(party, credential, challenge) if counts else None
    except NotGenuine:
        key = None
    if key is None:
        raise Invalid(fields={"credential": _NOT_MADE})
    passkey = Passkey(
        id=new_id(now),
        name="",
        added_at=now,
        credential=key.credential,
        public_key=key.public_key,
        counter=key.counter,
        party=party.id,
        transports=key.transports,
        backup_eligible=key.backup_eligible,
        backed_up=key.backed_up,
        alone=True,
    )
    return FirstPasskey(store.put_of(before, Factors(person=person, all=(passkey,))))


def _bound(bound_to: str, person: str) -> str:
    return f"{bound_to}/{person}"
