"""Asking a signed-in person for a second factor once more, before what must not be done by whoever finds an open session."""

from dataclasses import replace
from typing import Any

from latchkey.errors import Changed, ConfirmAgain, NotSignedIn
from latchkey.second_factors.model.asked import is_recent
from latchkey.second_factors.needs import System
from latchkey.second_factors.show_factor import Answer, show_factor
from latchkey.second_factors.sign_with import sign_with
from latchkey.sign_in.session import SignedIn


def recently_proved(who: SignedIn, now: int) -> bool:
    """Whether this session has shown a second factor within the last 15 minutes."""
    return is_recent(who.session.proved_at, now)


def demand_proof(who: SignedIn, now: int) -> None:
    """``ConfirmAgain`` unless it has."""
    if not recently_proved(who, now):
        raise ConfirmAgain()


def begin_proof(system: System, who: SignedIn) -> dict[str, Any]:
    """What the browser is given to sign with a passkey, for this session and no other. A code needs no beginning."""
    return sign_with(system, who.school, who.person, _bound_to(who))


def finish_proof(system: System, who: SignedIn, answer: Answer) -> SignedIn:
    """The session, which has now shown a second factor; ``Invalid`` or ``TooMany``."""
    show_factor(system, who.school, who.person, answer, bound_to=_bound_to(who))
    return note_proof(system, who, answer.way)


def note_proof(system: System, who: SignedIn, way: str) -> SignedIn:
    """The session, once a second factor was shown in it; ``NotSignedIn`` if it has ended meanwhile."""
    try:
        return replace(who, session=system.sessions(who.school.slug).prove(who.session, way, system.now()))
    except Changed:
        raise NotSignedIn() from None


def _bound_to(who: SignedIn) -> str:
    return f"session/{who.person.id}/{who.session.hash}"
