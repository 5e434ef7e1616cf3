"""Counters that limit guessing and flooding: raised atomically before anything is compared or looked up."""

from collections.abc import Iterable
from dataclasses import dataclass

from latchkey.shared.stores.dynamo import Condition, ConditionFailed, Item, Table, Update


@dataclass(frozen=True, slots=True)
class Budget:
    """At most ``limit`` within each window of ``window`` seconds."""

    name: str
    limit: int
    window: int


@dataclass(frozen=True, slots=True)
class Tally:
    """A counter as a write has left it, and the highest mark of it that an alarm has told (0: none)."""

    count: int
    told: int = 0


class Counters:
    """The counters of one school, in the table that the caller may write (credentials or activity)."""

    def __init__(self, table: Table, school: str) -> None:
        self._table = table
        self.school = school

    def spend(self, budget: Budget, key: str, now: int) -> bool:
        """Raise the counter; whether it is still within the budget. ``key`` is an HMAC, never what somebody typed."""
        return self.count(budget, key, now) <= budget.limit

    def count(self, budget: Budget, key: str, now: int, change: int = 1) -> int:
        """Change the counter, and what it then is; -1 gives back what was spent in the same window."""
        return self.tally(budget, key, now, change).count

    def tally(self, budget: Budget, key: str, now: int, change: int = 1) -> Tally:
        """The same, and what was told of the counter."""
        window = now - now % budget.window
        return _tally(
            self._table.update(
                Update(
                    pk=self._pk(budget, key),
                    sk=str(window),
                    add={"count": change},
                    set={"expires_at": window + 2 * budget.window},
                )
            )
        )

    def read(self, budget: Budget, key: str, now: int) -> Tally:
        """The counter as it is, read consistently."""
        return _tally(self._table.get(self._pk(budget, key), str(now - now % budget.window)) or {})

    def reached(self, budget: Budget, key: str, now: int, tally: Tally, marks: Iterable[int]) -> int:
        """The highest of these marks that a counter has reached and that nobody has told; 0 if there is none.

        Whoever gets it tells it, and nobody else does. It is no question of equality: others move the same counter, also back,
        so a mark may be passed without anybody who failed seeing the very number.
        """
        mark, told = max((each for each in marks if each <= tally.count), default=0), tally.told
        while mark > told:
            as_known: Condition = ("told", "=", told or None)
            try:
                self._table.update(
                    Update(pk=self._pk(budget, key), sk=str(now - now % budget.window), set={"told": mark}, when=[as_known])
                )
            except ConditionFailed as quicker:
                told = _tally(quicker.item or {}).told
            else:
                return mark
        return 0

    def clear(self, budget: Budget, key: str, now: int) -> None:
        """Give the budget back, after a success."""
        self._table.update(
            Update(
                pk=self._pk(budget, key), sk=str(now - now % budget.window), set={"count": 0, "expires_at": now + budget.window}
            )
        )

    def _pk(self, budget: Budget, key: str) -> str:
        return f"{self.school}#T#{budget.name}#{key}"


def _tally(item: Item) -> Tally:
    return Tally(int(item.get("count", 0)), int(item.get("told", 0)))
