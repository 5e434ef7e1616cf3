"""An admin's own try of a connection, which need not be in force: it links nobody and signs nobody in.

    console: begins it, with an id ──▶ /schools/{school}/sso/{name}?try={id} ──▶ provider ──▶ callback: ends it with findings
                                                                          the console's page of the result ◀──┘

The id opens nothing: it says that an admin has asked for this within ten minutes, so that nobody else writes results.
"""

from dataclasses import dataclass
from typing import Final

from latchkey.sso.model.findings import Finding

OPEN_FOR: Final = 600
"""Seconds within which it must have ended."""
KEPT_FOR: Final = 86_400
"""Seconds for which its result is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A try of this version of a connection. ``ended_at`` 0: not yet.

    ``account``: which account came back, as the provider names it (an address or a username); ``person``: the id of whom it
    would sign in here.
    """

    id: str
    connection: str
    version: int
    by: str
    at: int
    ended_at: int = 0
    findings: tuple[Finding, ...] = ()
    account: str = ""
    person: str = ""

    def is_open(self, now: int) -> bool:
        """Whether it can still be ended."""
        return not self.ended_at and now < self.at + OPEN_FOR


def result_page(school: str, name: str) -> str:
    """Where the callback leads once it has ended the try."""
    return f"/admin/{school}/settings/sso/{name}?tried=1"
