"""Signing in with a password alone, by the use cases: for tests that are not about HTTP."""

from latchkey.sign_in.budgets import school_and_failures
from latchkey.sign_in.session import SignedIn
from latchkey.sign_in.sign_in import prove_password
from latchkey.sign_in.steps import Opened, go_on
from latchkey.wiring import Wiring
from portal.sign_in.steps import STEPS


def sign_in(system: Wiring, slug: str, identifier: str, password: str, *, source_ip: str) -> tuple[str, SignedIn]:
    """The token of a new session, and who holds it, as the portal opens it for people without a second factor."""
    of = school_and_failures(system, slug)
    found = go_on(system, prove_password(system, of, identifier, password, source_ip=source_ip), STEPS)
    assert isinstance(found, Opened), found
    return found.token, found.who
