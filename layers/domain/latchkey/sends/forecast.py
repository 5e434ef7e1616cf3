"""How long a send will take at the account's rate."""

import math
from dataclasses import dataclass
from typing import Final

from latchkey.sends.needs import System

USUAL: Final = 14.0
"""Mails a second: what SES gives most accounts that have left its sandbox."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """Seconds for all mails at so many a second; ``known`` unless the rate is only the usual one."""

    seconds: int
    each_second: float
    known: bool


def forecast(system: System, mails: int) -> Forecast:
    """A forecast for so many mails, if nothing else is being sent."""
    known = system.known_rate()
    each_second = known or USUAL
    return Forecast(math.ceil(mails / each_second), round(each_second, 1), known is not None)
