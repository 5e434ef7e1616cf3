"""The last section of the account page: facts that few people need."""

from typing import Any

from latchkey.shared.model.texts import said
from latchkey.sign_in.session import SignedIn
from latchkey.wiring import Wiring

DONE = {"ready": said("Your account is ready, and you are signed in on this device.")}


def facts(_: Wiring, who: SignedIn) -> dict[str, Any]:
    """The session, in epoch seconds, and the address on file."""
    return {"email": who.person.email, "signed_in_at": who.session.created_at, "expires_at": who.session.expires_at}
