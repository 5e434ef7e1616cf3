"""The last section of the account page: facts that few people need."""

from typing import Any

from latchkey.shared.model.texts import said
from latchkey.sign_in.session import SignedIn
from latchkey.wiring import Wiring
from portal.account.password import sign_in_of

DONE = {"ready": said("Your account is ready, and you are signed in on this device.")}


def facts(_: Wiring, who: SignedIn) -> dict[str, Any]:
    """The session, in epoch seconds, and the address on file."""
    at, ends = who.session.created_at, who.session.expires_at
    return {"email": who.person.email, "way": sign_in_of(who), "signed_in_at": at, "expires_at": ends}
