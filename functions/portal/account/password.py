"""The section of the account page about one's password."""

from typing import Any

from latchkey.sign_in.session import SignedIn
from latchkey.wiring import Wiring


def facts(_: Wiring, who: SignedIn) -> dict[str, Any]:
    """Where to have a link sent."""
    return {"forgot": f"/schools/{who.school.slug}/forgot-password"}
