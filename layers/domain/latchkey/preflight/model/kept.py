"""How the last look at a school ended: names of checks alone, so that the first page can say it with one read."""

from collections.abc import Iterable
from dataclasses import dataclass

from latchkey.preflight.model.checks import Check, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """``stops`` and ``warns``: names of checks. ``told``: the stops that somebody was told of by mail. ``at``: epoch seconds."""

    at: int
    stops: tuple[str, ...] = ()
    warns: tuple[str, ...] = ()
    told: tuple[str, ...] = ()

    @property
    def state(self) -> State:
        """How it all stands: as the worst check."""
        return "stop" if self.stops else "warn" if self.warns else "ok"

    def says_the_same(self, other: "Kept") -> bool:
        """Whether another look ended in the same way."""
        return (self.stops, self.warns, self.told) == (other.stops, other.warns, other.told)


def kept_of(checks: Iterable[Check], at: int, told: tuple[str, ...] = ()) -> Kept:
    """What is kept of these checks; of ``told`` only what still stops, so that it is told again should it come back."""
    every = list(checks)
    stops = tuple(dict.fromkeys(check.name for check in every if check.state == "stop"))
    warns = tuple(dict.fromkeys(check.name for check in every if check.state == "warn"))
    return Kept(at=at, stops=stops, warns=warns, told=tuple(each for each in told if each in stops))
