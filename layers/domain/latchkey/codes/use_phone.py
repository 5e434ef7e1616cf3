"""Choose "Use this phone" with a code: a passkey in place of a password. The school says who may, and whether it is enough.

POST codes/passkey {code} ──▶ options, and for whom     a challenge for this code and this account; uses nothing up
POST codes/use {code, credential, person, ...} ──▶ code used and passkey kept, in one transaction; or neither
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from latchkey.errors import Forbidden
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
from latchkey.shared.model.ids import is_id, new_id
from latchkey.shared.model.texts import said

if TYPE_CHECKING:
    from latchkey.codes.check_code import OpenCode
    from latchkey.codes.needs import System

_NO: Final = said("With this code you choose a password.")


def offers_phone(found: OpenCode) -> bool:
    """Whether somebody with this code may choose a phone; a code that was read out only sets a password."""
    if found.code.kind == "read_out":
        return False
    return may_use_phone(found.school, found.student if found.code.kind == "pin" else _PARENT)


def begin_phone(system: System, found: OpenCode, login: str) -> Begun:
    """Begin; ``Forbidden`` where the school does not offer it. ``login`` is what the phone shows beside the passkey."""
    if not offers_phone(found):
        raise Forbidden(_NO, code="no_phone")
    pin = found.code.kind == "pin"
    person = found.student.id if pin else new_id(system.time())
    name = found.school.name_of(found.student) if pin else login
    login = (found.student.username or found.student.email or login) if pin else login
    owner = Owner(person=person, login=login, name=name or found.school.name)
    options = begin_first_passkey(system, found.school, owner, _bound_to(found))
    return Begun(person, options)


def made_with(system: System, found: OpenCode, person: Person, phone: Phone) -> FirstPasskey:
    """The passkey that was made for this account with this code; ``Invalid`` for any other."""
    if not offers_phone(found) or not is_id(phone.person) or phone.person != person.id:
        raise Forbidden(_NO, code="no_phone")
    before = system.second_factors(found.school.slug).from_item(person.id, found.beside.factors)
    return first_passkey(system, found.school, person.id, phone.credential, _bound_to(found), before=before)


def _bound_to(found: OpenCode) -> str:
    return f"code/{found.code.kind}/{found.student.id}/{found.state.generation}"


_PARENT: Final = Person(id="0" * 20, role="parent", given_name="", family_name="")
