"""Have a kept roll built from nothing each day: whatever a stream has lost is in it again."""

from latchkey.roll.needs import System


def renew_daily(system: System, school: str) -> None:
    """Ask for it; the worker of the streams sees it. A roll that nobody has read is not kept, so nothing is asked for."""
    rolls = system.rolls(school)
    state = rolls.state()
    if state is not None and state.base:
        rolls.want(system.now())
