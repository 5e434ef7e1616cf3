"""Count what an admin asks for that their school does not have: an id that is unknown or another school's, or another school."""

import logging
from typing import Final

from latchkey.audit.stores.audit import Audit

PARTS: Final = frozenset(
    {
        "admins",
        "audit",
        "closure",
        "codes",
        "contacts",
        "exports",
        "mail",
        "people",
        "preflight",
        "readiness",
        "rosters",
        "school",
        "sends",
        "settings",
    }
)
log = logging.getLogger(__name__)


def count_not_found(audit: Audit, admin: str, part: str, now: int) -> None:
    """Count it for this admin, this part of the console and this hour, in the admin's own school. Nothing of it is kept verbatim.

    The answer is the same 404 whether this works or not.
    """
    try:
        where = part if part in PARTS else "elsewhere"
        audit.tally(admin, "page.not_theirs", now, {"where": where})
    except Exception as error:  # nobody gets anything: the answer must not depend on what is busy here
        log.error(  # noqa: TRY400 - a trace could hold values
            "not counted: something that a school does not have", extra={"school": audit.school, "error": type(error).__name__}
        )
