"""This function's wiring: made on the first request; tests put another one in its place."""

from latchkey.wiring import Wiring, wiring


def system() -> Wiring:
    """The wiring of this function."""
    return wiring("saml")
