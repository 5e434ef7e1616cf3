"""Whether what somebody shows is a second factor of this person: a passkey's signature, an app's code, or a recovery code.

Whatever is shown is counted before it is compared, and used up in the same write that takes it: a step of an app, a recovery
code, the counter of a passkey. Of two who show the same at once, both have read the same revision, and one of them writes:

    A  read revision 7 ── code is right ── write 8 if still 7 ✓
    B  read revision 7 ── code is right ── write 8 if still 7 ✗ ── read 8 ── this step was used: wrong
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal, NoReturn

from latchkey.errors import Changed, Invalid, TryLater
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from latchkey.second_factors.lost_factors import nothing_is_lost
from latchkey.second_factors.model import recovery_codes
from latchkey.second_factors.model.factors import Factors, Totp
from latchkey.second_factors.model.secrets import app_secret
from latchkey.second_factors.needs import System
from latchkey.shared.model.texts import said
from latchkey.shared.stores.counters import Change
from latchkey.sign_in.budgets import give_back, give_back_to_person, given_back_to_person, note_failure, spend_of_person

Shown = Literal["totp", "passkey", "recovery"]
WAYS: Final[tuple[Shown, ...]] = ("totp", "passkey", "recovery")
_ROUNDS: Final = 5
_WRONG: Final[dict[Shown, str]] = {
    "totp": said("This code is not right, or it was used before. Wait for the next one in your app."),
    "recovery": said("This recovery code is not right, or it was used before. Each works once."),
    "passkey": said("The passkey was not accepted. Try again, or use another way."),
}
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is shown: a code, or what the browser answers for a passkey (a mapping, or the same as JSON text)."""

    way: Shown
    code: str = ""
    credential: object = None


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is not signed in yet: from where they come, and what was read for them before anything was counted.

    ``failures``: the school's wrong passwords within the hour; ``factors``: what the person has.
    """

    source_ip: str
    failures: int
    factors: Factors


def show_factor(
    system: System, school: School, person: Person, answer: Answer, *, bound_to: str, visitor: Visitor | None = None
) -> tuple[Change, ...]:
    """Accept it if it is theirs; ``Invalid`` that names the field, or ``TooMany``. What a visitor is owed with their session.

    ``bound_to``: what a passkey's challenge was made for. ``visitor``: None where somebody is signed in.
    """
    slug = school.slug
    if visitor is None:
        spent = spend_of_person(system, school, person)
    else:
        spent = spend_of_person(system, school, person, visitor.source_ip, visitor.failures)
    if not _taken(system, school, person.id, answer, bound_to, read=None if visitor is None else visitor.factors):
        if visitor is not None:
            note_failure(system, slug)
        _count_refused(system, slug, person, answer.way)
        _refuse(answer.way)
    nothing_is_lost(system, school, person)
    log.info("second factor shown", extra={"school": slug, "person": person.id, "way": answer.way})
    if spent.visitor is None:
        give_back_to_person(system, slug, spent)
        return ()
    give_back(system, slug, spent.visitor)
    return (given_back_to_person(system, slug, spent),)


def signed_by(system: System, school: School, person: str, credential: object, *, bound_to: str) -> bool:
    """Whether a passkey of the person with this id, who may be nobody, has signed.

    The visitor is counted by the caller, and the person is not: nobody guesses a signature, so a stranger who knows an id must
    neither use up its owner's tries nor learn from them whose it is.
    """
    return _taken(system, school, person, Answer(way="passkey", credential=credential), bound_to)


def count_stranger(system: System, school: School) -> None:
    """Count a refused passkey, whoever it was said to be of: for the school, and in its audit trail."""
    note_failure(system, school.slug)
    _count_refused(system, school.slug, None, "passkey")


def _refuse(way: Shown) -> NoReturn:
    raise Invalid(fields={"credential" if way == "passkey" else "code": _WRONG[way]}, code="wrong_factor")


def _taken(system: System, school: School, person: str, answer: Answer, bound_to: str, *, read: Factors | None = None) -> bool:
    """Whether it is theirs, and was used up. ``read``: their factors as they were just read."""
    find = _finder(system, school, answer, bound_to)
    if find is None:
        return False
    store = system.second_factors(school.slug)
    for _ in range(_ROUNDS):
        before, read = read or store.of(person), None
        after = find(before)
        if after is None:
            return False
        try:
            store.write(before, after)
        except Changed:
            continue
        return True
    raise TryLater()


Finder = Callable[[Factors], Factors | None]


def _finder(system: System, school: School, answer: Answer, bound_to: str) -> Finder | None:
    """What finds the answer among a person's factors, and gives them with it used up; None if it cannot be any."""
    if answer.way == "totp":
        key, now = system.factor_key(school.slug), system.now()
        return lambda factors: _with_code(factors, answer.code, key, now)
    if answer.way == "recovery":
        wanted = recovery_codes.hash_of(answer.code)
        return lambda factors: _without_code(factors, wanted) if wanted is not None else None
    return _passkey_finder(system, school, answer.credential, bound_to)


def _with_code(factors: Factors, code: str, key: bytes, now: int) -> Factors | None:
    from latchkey.second_factors.one_time_codes import step_of

    found: Totp | None = None
    for each in factors.totps:
        step = step_of(app_secret(factors.person, each.salt, key), code, now)
        if step is not None and step > each.step:  # each step counts once, and none before it
            found = replace(each, step=step, used_at=now)
    return factors.with_one(found) if found is not None else None


def _without_code(factors: Factors, wanted: str) -> Factors | None:
    left = tuple(each for each in factors.recovery if each != wanted)
    return replace(factors, recovery=left) if len(left) < len(factors.recovery) else None


def _passkey_finder(system: System, school: School, credential: object, bound_to: str) -> Finder | None:
    """The challenge is used up here, once, whatever comes of it."""
    from latchkey.second_factors.ceremonies import CounterFell, NotGenuine, challenge_in, signed

    party, now = system.relying_party, system.now()
    try:
        challenge = challenge_in(credential)
    except NotGenuine:
        return None
    if not system.challenges(school.slug).use(challenge, bound_to, now):
        return None

    def find(factors: Factors) -> Factors | None:
        try:
            return factors.with_one(signed(party, factors.passkeys(party.id), credential, challenge, now))
        except NotGenuine:
            return None
        except CounterFell:
            system.audit(school.slug).record("portal", "second_factor.counter", now, {"person": factors.person})
            log.error(  # noqa: TRY400 - no trace is needed
                "passkey counted backwards", extra={"school": school.slug, "person": factors.person}
            )
            return None

    return find


def _count_refused(system: System, slug: str, person: Person | None, way: Shown) -> None:
    whose = {"person": person.id, "role": person.role} if person else {"people": "others"}
    facts: dict[str, str | int] = {**whose, "way": way}
    try:
        system.audit(slug).tally("portal", "second_factor.refused", system.now(), facts)
    except Exception as error:  # it is refused all the same
        log.error(  # noqa: TRY400 - a trace could hold values
            "refused second factor not counted", extra={"school": slug, "error": type(error).__name__}
        )
