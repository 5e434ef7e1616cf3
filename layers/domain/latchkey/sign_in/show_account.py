"""The account of the person who is signed in."""

from latchkey.shared.model.ids import is_slug
from latchkey.sign_in.needs import System
from latchkey.sign_in.session import SignedIn, who


def account(system: System, token: str | None, *, active: bool = True) -> SignedIn:
    """The person behind the token; ``NotSignedIn`` otherwise. ``active``: see ``who``."""
    return who(system, token, active=active)


def school_named_in(token: str | None) -> str | None:
    """The school that a session token names, valid or not: only good for choosing a page."""
    slug = (token or "").partition(".")[0]
    return slug if is_slug(slug) else None
