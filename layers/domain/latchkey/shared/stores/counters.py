"""Counters that limit guessing and flooding: raised atomically before anything is compared or looked up."""

from dataclasses import dataclass

from latchkey.shared.stores.dynamo import Table, Update


@dataclass(frozen=True, slots=True)
class Budget:
    """At most ``limit`` within each window of ``window`` seconds."""

    name: str
    limit: int
    window: int


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
        window = now - now % budget.window
        item = self._table.update(
            Update(
                pk=self._pk(budget, key),
                sk=str(window),
                add={"count": change},
                set={"expires_at": window + 2 * budget.window},
            )
        )
        return int(item["count"])

    def clear(self, budget: Budget, key: str, now: int) -> None:
        """Give the budget back, after a success."""
        self._table.update(
            Update(
                pk=self._pk(budget, key), sk=str(now - now % budget.window), set={"count": 0, "expires_at": now + budget.window}
            )
        )

    def _pk(self, budget: Budget, key: str) -> str:
        return f"{self.school}#T#{budget.name}#{key}"
