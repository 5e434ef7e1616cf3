"""Have the person told by mail that their second factors have changed; whatever happens here, what was done stands."""

import logging
from typing import Literal

from latchkey.second_factors.needs import System
from latchkey.shared.model.ids import new_id
from latchkey.sign_in.session import SignedIn

Told = Literal["factor_added", "factor_removed"]
log = logging.getLogger(__name__)


def ask_mail(system: System, who: SignedIn, kind: Told) -> None:
    """Ask for the mail; a queue that fails is logged and changes nothing."""
    slug, person = who.school.slug, who.person.id
    try:
        message = {"kind": kind, "school": slug, "person": person, "request": new_id(), "at": system.now()}
        system.queue("REQUESTS_QUEUE").put(message)
    except Exception as error:  # the answer must say that it was done
        log.error(  # noqa: TRY400 - a trace could hold values
            "not told of a second factor", extra={"school": slug, "person": person, "error": type(error).__name__}
        )
