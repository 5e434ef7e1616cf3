"""An admin has mended something and wants it looked at now: the site, which is otherwise looked at every five minutes."""

from typing import Final

from latchkey.errors import TooMany
from latchkey.preflight.needs import System
from latchkey.shared.stores.counters import Budget

EACH_SCHOOL: Final = Budget("preflight", limit=20, window=3_600)


def look_again(system: System, school: str) -> None:
    """Have the site looked at; ``TooMany`` where this school has asked for it too often within the hour."""
    now = system.now()
    if not system.counters("ACTIVITY_TABLE", school).spend(EACH_SCHOOL, "all", now):
        wait = EACH_SCHOOL.window - now % EACH_SCHOOL.window
        raise TooMany("It was looked at often enough within the hour, and is looked at every five minutes.", retry_after=wait)
    system.queue("DAILY_QUEUE").put({"kind": "site"})
