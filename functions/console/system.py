"""The console's wiring; tests put their own in its place."""

from latchkey.wiring import Wiring, wiring


def system() -> Wiring:
    """The stores that the console may use."""
    return wiring("console")
