"""Add a second factor: begin, then finish with a first code of the app, or with the passkey that the browser has made.

A password alone must never make a second factor where there is one (it would be worth nothing), so the first needs the current
password, given now, and each later one a factor that was shown within 15 minutes. Both are asked at the beginning and at the end:
of two first ones that are begun at once, the second to finish has to show the first. Who has no password because the school's own
sign-in stands in its place has to have come in by it within 15 minutes.
"""

import logging
import secrets
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final

from latchkey.errors import Changed, ConfirmAgain, Conflict, Gone, Invalid, NotSignedIn, TryLater
from latchkey.second_factors.ask_mail import ask_mail
from latchkey.second_factors.lost_factors import nothing_is_lost
from latchkey.second_factors.model import recovery_codes
from latchkey.second_factors.model.asked import answers_provider, is_recent
from latchkey.second_factors.model.factors import (
    LONGEST_NAME,
    MOST,
    WAITS,
    Factor,
    Factors,
    Passkey,
    Totp,
    Waiting,
    Way,
)
from latchkey.second_factors.model.secrets import app_secret, user_handle
from latchkey.second_factors.needs import System
from latchkey.second_factors.prove_again import demand_proof, note_proof
from latchkey.shared.model.ids import new_id
from latchkey.shared.model.texts import said
from latchkey.sign_in.current_password import is_current_password
from latchkey.sign_in.session import SignedIn

_ROUNDS: Final = 5
_TOO_MANY: Final = said("You have {most} already, which is the most. Remove one first.", most=MOST)
_NOT_MADE: Final = said("The passkey was not accepted. Begin again.")
_OVER: Final = said("This was begun too long ago, or elsewhere. Begin again.")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What is needed to finish. Of an app: its ``secret``, and that as an address for a QR code; of a passkey: ``options``."""

    id: str
    way: Way
    secret: str = ""
    address: str = ""
    options: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A factor that was added; with the first one, the recovery codes, which are shown this once."""

    factor: Factor
    recovery: tuple[str, ...] = ()


def begin_enrolment(system: System, who: SignedIn, way: Way, name: str = "", current: str = "") -> Begun:
    """Begin; ``Invalid`` for a wrong current password, ``ConfirmAgain``, ``Conflict``. Another beginning takes its place."""
    name = " ".join(name.split())
    store, now = system.second_factors(who.school.slug), system.now()
    before = store.of(who.person.id)
    _may_begin(system, who, before, name, current)
    for _ in range(_ROUNDS):
        _check_allowed(system, who, before)
        waiting = Waiting(
            id=new_id(now),
            way=way,
            name=name,
            session=who.session.hash,
            until=now + WAITS,
            salt=secrets.token_hex(16) if way == "totp" else "",
            challenge=secrets.token_hex(32) if way == "passkey" else "",
        )
        try:
            store.write(before, replace(before, waiting=waiting))
        except Changed:
            before = store.of(who.person.id)
            continue
        return _begun(system, who, before, waiting)
    raise TryLater()


def waiting_app(system: System, who: SignedIn, factor: str) -> Begun:
    """The app that is being added in this session, to show its code again; ``Gone`` if there is none."""
    factors = system.second_factors(who.school.slug).of(who.person.id)
    waiting = _waiting(factors, who, factor, system.now())
    if waiting.way != "totp":
        raise Gone(_OVER)
    return _begun(system, who, factors, waiting)


def finish_enrolment(system: System, who: SignedIn, factor: str, *, code: str = "", credential: object = None) -> Added:
    """Finish; ``Invalid`` for what is not right, ``Gone`` for what nobody has begun in this session, ``ConfirmAgain``."""
    slug, now = who.school.slug, system.now()
    store = system.second_factors(slug)
    for _ in range(_ROUNDS):
        before = store.of(who.person.id)
        _check_allowed(system, who, before)
        waiting = _waiting(before, who, factor, now)
        made = _made(system, slug, before, waiting, code if waiting.way == "totp" else credential)
        codes = () if before.steps else recovery_codes.new_codes()
        after = replace(before.with_one(made), waiting=None)
        if codes:
            after = replace(after, recovery=tuple(str(recovery_codes.hash_of(each)) for each in codes))
        event = system.audit(slug).record_of(who.person.id, "second_factor.add", now, {"way": waiting.way, "factor": made.id})
        try:
            # Of two who finish at once both have read the same revision, and one of them writes.
            store.write_with(before, after, event)
        except Changed:
            continue
        with suppress(NotSignedIn):  # it was added all the same
            note_proof(system, who, waiting.way)
        ask_mail(system, who, "factor_added")
        nothing_is_lost(system, who.school, who.person)
        log.info("second factor added", extra={"school": slug, "person": who.person.id, "way": waiting.way})
        return Added(factor=made, recovery=codes)
    raise TryLater()


def _may_begin(system: System, who: SignedIn, before: Factors, name: str, current: str) -> None:
    """The first needs the password. ``_check_allowed`` judges each later one, and a first without a password."""
    wrong: dict[str, str] = {}
    by_provider = answers_provider(who.school, who.person, who.session.by)
    if len(name) > LONGEST_NAME:
        wrong["name"] = said("A name for it has at most {longest} characters.", longest=LONGEST_NAME)
    if not by_provider and not _shows_one(who, before):
        if not current:
            wrong["current"] = said("Type your current password.")
        elif not is_current_password(system, who.school, who.person, current):
            wrong["current"] = said("This is not your current password.")
    if wrong:
        raise Invalid(fields=wrong)


def _shows_one(who: SignedIn, factors: Factors) -> bool:
    """Whether a change is for whoever shows what they have: a second step, or a phone that is their only way in."""
    return bool(factors.steps or (factors.all and who.person.password_set_at is None))


def _check_allowed(system: System, who: SignedIn, factors: Factors) -> None:
    """Whether this session may add to what the person has; ``ConfirmAgain`` or ``Conflict``."""
    if _shows_one(who, factors):
        demand_proof(who, system.now())
    elif answers_provider(who.school, who.person, who.session.by) and not is_recent(who.session.created_at, system.now()):
        raise ConfirmAgain()
    if len(factors.all) >= MOST:
        raise Conflict(_TOO_MANY, code="too_many_factors")


def _begun(system: System, who: SignedIn, factors: Factors, waiting: Waiting) -> Begun:
    slug, person, party = who.school.slug, who.person, system.relying_party
    login = person.username or person.email or who.school.name_of(person)
    if waiting.way == "totp":
        from latchkey.second_factors.one_time_codes import address

        secret = app_secret(person.id, waiting.salt, system.factor_key(slug))
        return Begun(id=waiting.id, way="totp", secret=secret, address=address(secret, login, who.school.name))
    from latchkey.second_factors.ceremonies import User, making_options

    user = User(handle=user_handle(slug, person.id), login=login, name=f"{who.school.name_of(person)} ({who.school.name})")
    challenge = bytes.fromhex(waiting.challenge)
    options = making_options(party, who.school.name, user, factors.passkeys(party.id), challenge)
    return Begun(id=waiting.id, way="passkey", options=options)


def _waiting(factors: Factors, who: SignedIn, factor: str, now: int) -> Waiting:
    waiting = factors.waiting
    if waiting is None or waiting.id != factor or waiting.session != who.session.hash or waiting.until <= now:
        raise Gone(_OVER, code="over")
    return waiting


def _made(system: System, slug: str, before: Factors, waiting: Waiting, shown: object) -> Factor:
    if waiting.way == "totp":
        return _app(system, slug, before, waiting, str(shown))
    try:
        return _passkey(system, before, waiting, shown)
    except Invalid:
        with suppress(Changed):  # its challenge was for one use
            system.second_factors(slug).write(before, replace(before, waiting=None))
        raise


def _app(system: System, slug: str, factors: Factors, waiting: Waiting, code: str) -> Totp:
    from latchkey.second_factors.one_time_codes import step_of

    now, secret = system.now(), app_secret(factors.person, waiting.salt, system.factor_key(slug))
    step = step_of(secret, code, now)
    if step is None:
        raise Invalid(fields={"code": said("This code is not right. Type the six digits that the app shows now.")})
    return Totp(id=waiting.id, name=waiting.name, added_at=now, used_at=now, salt=waiting.salt, step=step)


def _passkey(system: System, factors: Factors, waiting: Waiting, credential: object) -> Passkey:
    """The passkey that was made. One that is not right uses the challenge up: then it has to be begun again."""
    from latchkey.second_factors.ceremonies import NotGenuine, made

    party, now = system.relying_party, system.now()
    try:
        key = made(party, credential, bytes.fromhex(waiting.challenge))
    except NotGenuine:
        raise Invalid(fields={"credential": _NOT_MADE}) from None
    if any(each.credential == key.credential for each in factors.passkeys(party.id)):
        raise Invalid(fields={"credential": said("You have this passkey already.")})
    return Passkey(
        id=waiting.id,
        name=waiting.name,
        added_at=now,
        credential=key.credential,
        public_key=key.public_key,
        counter=key.counter,
        party=party.id,
        transports=key.transports,
        backup_eligible=key.backup_eligible,
        backed_up=key.backed_up,
    )
