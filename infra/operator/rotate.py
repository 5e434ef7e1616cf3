"""Replace the look-up keys of one school, of several or of all: all begin at once, so that they wait once.

The function keeps in each school's item how far it is. So nothing but the time at which the command was first given has to be
known to go on (--since): what has ended since then is not begun again.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from infra.local.trouble import Trouble
from infra.operator.run import MINUTE, Progress, Stopped, duration, in_pieces
from infra.operator.where import Ask

_LOOK: Final = 300  # seconds between two lines while nothing can be done


def count(ask: Ask, schools: Sequence[str]) -> dict[str, Any]:
    """How many people a rotation would move: {"schools": {slug: people}, "people"}."""
    found: dict[str, int] = {}
    for school in schools:
        found[school] = 0

        def note(answer: Mapping[str, Any], school: str = school) -> None:
            found[school] += answer["people"]

        in_pieces(ask, {"command": "rotate_lookup_key", "school": school}, None, note)
    return {"schools": found, "people": sum(found.values())}


def rotate(ask: Ask, schools: Sequence[str], since: int, sleep: Callable[[float], None] = time.sleep) -> dict[str, Any]:
    """Rotate to the end: {"schools": {slug: epoch}, "people", "failed": {slug: reason}}. ``Stopped`` if it is interrupted."""
    try:
        return _Rotation(ask, schools, since, sleep).run()
    except KeyboardInterrupt:
        raise Stopped("Interrupted. Everybody is found meanwhile.", f"--since {since}") from None


class _Rotation:
    def __init__(self, ask: Ask, schools: Sequence[str], since: int, sleep: Callable[[float], None]) -> None:
        self._ask = ask
        self._since = since
        self._sleep = sleep
        self._total = len(schools)
        self._left: dict[str, Any] = dict.fromkeys(schools)
        self._ended: dict[str, int] = {}
        self._failed: dict[str, str] = {}
        self._people = 0

    def run(self) -> dict[str, Any]:
        progress = Progress()
        while self._left:
            waits = [self._piece(school) for school in [*self._left]]
            done = len(self._ended) + len(self._failed)
            progress.say(f"{self._people:,} people moved, {done:,} of {self._total:,} schools done")
            if self._left and (wait := min(waits)):
                self._wait(wait)
        return {"schools": self._ended, "people": self._people} | ({"failed": self._failed} if self._failed else {})

    def _piece(self, school: str) -> int:
        """One call for a school; the seconds until the next one makes sense."""
        event = {"command": "rotate_lookup_key", "school": school, "confirm": True, "since": self._since}
        try:
            answer = self._ask({**event, "next": self._left[school]})
        except Trouble as trouble:  # the others go on; the command given again with --since tries this one once more
            self._failed[school] = str(trouble)
            del self._left[school]
            return 0
        self._people += answer["people"]
        self._left[school] = answer["next"]
        if answer["next"] is None:
            self._ended[school] = answer["epoch"]
            del self._left[school]
        return int(answer["wait"])

    def _wait(self, seconds: int) -> None:
        while seconds > 0:
            Progress().say(f"waiting {duration(seconds)}, until everything that knows only the older key is over")
            step = min(seconds, _LOOK if seconds > MINUTE else seconds)
            self._sleep(step)
            seconds -= step
