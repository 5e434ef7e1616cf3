"""Choose "Use this phone" with an invitation: a passkey in place of a password, where the school lets them.

POST invitations/passkey {token, account} ──▶ options, and for whom     a challenge for this invitation and this account
POST invitations/use {token, credential, person, ...} ──▶ invitation used and passkey kept, in one transaction; or neither
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from latchkey.errors import Forbidden, TooMany
from latchkey.people.model.person import Person
from latchkey.second_factors.first_passkey import (
    Begun,
    FirstPasskey,
    Owner,
    Phone,
    begin_first_passkey,
    first_passkey,
    may_use_phone,
)
from latchkey.shared.model import identifiers
from latchkey.shared.model.ids import is_id, new_id
from latchkey.shared.model.texts import said
from latchkey.shared.stores.counters import Budget

if TYPE_CHECKING:
    from latchkey.invitations.needs import System
    from latchkey.invitations.open_invitation import OpenInvitation

BEGINS: Final = Budget("invitation-phone", 60, 3_600)
"""Each beginning is an item of the table: so many for an invitation."""
_NO: Final = said("With this invitation you choose a password.")
_OFTEN: Final = said("This invitation was tried too often. It still works; wait a little, then try again.")
_PARENT: Final = Person(id="0" * 20, role="parent", given_name="", family_name="")


def offers_phone(found: OpenInvitation, account: Person | None) -> bool:
    """Whether the phone can be the first way into this account (None: into a new one)."""
    return may_use_phone(found.school, account or _PARENT) and not (account and account.has_way_in)


def begin_phone(system: System, found: OpenInvitation, account: Person | None) -> Begun:
    """Begin; ``Forbidden`` where the school does not offer it, ``TooMany``."""
    if not offers_phone(found, account):
        raise Forbidden(_NO, code="no_phone")
    slug, now = found.school.slug, system.now()
    key = identifiers.lookup(system.lookup_key(slug, found.school.lookup_epoch), "invitation", found.invitation.id)
    if not system.counters("CREDENTIALS_TABLE", slug).spend(BEGINS, key, now):
        raise TooMany(_OFTEN)
    person = account.id if account is not None else new_id(system.time())
    if account is not None:
        login, name = account.username or account.email or "", found.school.name_of(account)
    else:
        login, name = found.invitation.email, found.invitation.name
    owner = Owner(person=person, login=login or found.invitation.email, name=name or login)
    return Begun(person, begin_first_passkey(system, found.school, owner, _bound_to(found, account)))


def made_with(system: System, found: OpenInvitation, account: Person | None, phone: Phone) -> FirstPasskey:
    """The passkey that was made for this account with this invitation; ``Invalid`` for any other."""
    person = phone.person if account is None else account.id
    if not offers_phone(found, account) or not is_id(phone.person) or phone.person != person:
        raise Forbidden(_NO, code="no_phone")
    return first_passkey(system, found.school, person, phone.credential, _bound_to(found, account))


def _bound_to(found: OpenInvitation, account: Person | None) -> str:
    """A later state of the invitation has another stamp; what was begun for a new account registers nothing with one there is."""
    invitation = found.invitation
    return f"invitation/{invitation.id}/{invitation.version}/{invitation.stamp}/{'new' if account is None else 'known'}"
