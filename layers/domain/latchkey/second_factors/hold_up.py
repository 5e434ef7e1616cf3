"""Before somebody goes on: do they have to set up a second factor first, or confirm again that it is they?

Asked with every request of an admin, so nothing is read here: the person, the session and the school have been read already.
"""

from dataclasses import dataclass

from latchkey.errors import ConfirmAgain, SecondFactorNeeded
from latchkey.schools.model.second_factor_rule import required_of
from latchkey.second_factors.model import asked
from latchkey.sign_in.session import SignedIn
from latchkey.sign_in.stores.sessions import PROVIDERS_FACTOR


@dataclass(frozen=True, slots=True)
class Advice:
    """What a page tells a person who is not held up: set up a second factor, and from when on (epoch seconds) one is needed."""

    required_from: int | None


def hold_up(who: SignedIn, now: int, *, sensitive: bool) -> Advice | None:
    """What to tell on the page, if anything. ``SecondFactorNeeded`` or ``ConfirmAgain`` if they cannot go on as they are.

    ``sensitive``: what they want is what a stolen session must not do.
    """
    school, person = who.school, who.person
    shown_there = PROVIDERS_FACTOR in who.session.ways
    if asked.must_enrol(school, person, who.session.created_at) and not shown_there:
        raise SecondFactorNeeded()
    if sensitive and asked.confirms(school, person) and not asked.is_recent(shown_at(who), now):
        raise ConfirmAgain()
    if asked.has_factor(school, person) or shown_there or not required_of(school, person):
        return None
    return Advice(asked.required_from(school, person))


def shown_at(who: SignedIn) -> int:
    """When this person last showed what counts as a confirmation: a second factor, or as long as they have none the way in."""
    session, proved = who.session, who.session.proved_at or 0
    return proved if asked.has_factor(who.school, who.person) else max(session.created_at, session.password_at, proved)
