"""Counters that limit guessing and flooding: raised atomically before anything is compared or looked up."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from latchkey.shared.stores.dynamo import Condition, ConditionFailed, Item, Table, Update, Value

Change: TypeAlias = tuple[Table, Update]
"""A counter's change, to stand in a transaction."""


@dataclass(frozen=True, slots=True)
class Budget:
    """At most ``limit`` within each window of ``window`` seconds."""

    name: str
    limit: int
    window: int


@dataclass(frozen=True, slots=True)
class Share:
    """What one of 256 parts of all visitors may spend of a budget, within its window: at most ``limit``.

    ``of``: the part, two hexadecimal digits of a visitor's key. So a school's item has at most so many attributes, however many
    visitors it has in an hour.
    """

    of: str
    limit: int

    @property
    def name(self) -> str:
        """The attribute that counts it, beside the budget; it names the limit, as those of ``Counters.spend_all`` do."""
        return f"{self.of}:{self.limit}"


@dataclass(frozen=True, slots=True)
class Tally:
    """A counter as a write has left it, and the highest mark of it that an alarm has told (0: none)."""

    count: int
    told: int = 0


@dataclass(frozen=True, slots=True)
class Tries:
    """What became of a try that counts against several budgets: ``over`` is one that was spent, so it was counted in none.

    ``most``: the highest of the counters as they now are.
    """

    over: Budget | None
    most: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a counter stands: its table, and ``(pk, sk)``."""

    table: Table
    key: tuple[str, str]

    def read(self) -> int:
        """What it says, read consistently."""
        return _tally(self.table.get(*self.key)).count

    def count_in(self, found: Mapping[tuple[str, str, str], Item]) -> int:
        """What it says among items that were read, by ``(table's name, pk, sk)``."""
        return _tally(found.get((self.table.name, *self.key))).count


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

    def tally_within(self, budget: Budget, key: str, share: Share, now: int) -> Tally | None:
        """The same of a try that counts against a share of the budget, too, in one write; None: the share is spent.

        A share that is spent stands still, and the budget with it.
        """
        not_spent: Condition = (share.name, "<>", share.limit)
        try:
            return _tally(self._table.update(replace(self._within(budget, key, share, now, 1), when=[not_spent])))
        except ConditionFailed:
            return None

    def give_back_within(self, budget: Budget, key: str, share: Share, now: int) -> None:
        """Take back what a try has cost a budget and a share of it; ``now`` as it was then."""
        self._table.update(self._within(budget, key, share, now, -1))

    def _within(self, budget: Budget, key: str, share: Share, now: int, change: int) -> Update:
        pk, sk = self._key(budget, key, now)
        facts: dict[str, Value] = {"expires_at": int(sk) + 2 * budget.window}
        return Update(pk=pk, sk=sk, add={"count": change, share.name: change}, set=facts)

    def read(self, budget: Budget, key: str, now: int) -> Tally:
        """The counter as it is, read consistently."""
        return _tally(self._table.get(*self._key(budget, key, now)))

    def place_of(self, budget: Budget, key: str, now: int) -> Place:
        """Where a counter stands, to be read in one call with something else."""
        return Place(self._table, self._key(budget, key, now))

    def spend_all(self, budgets: Sequence[Budget], key: str, now: int) -> Tries:
        """Count a try against several budgets of one key in one write: in all of them, or in none where one is spent.

        They stand in one item, that of the longest; at its limit each stands still until something is given back.
        """
        names = {_name(budget, now): budget for budget in budgets}
        not_spent: list[Condition] = [(name, "<>", budget.limit) for name, budget in names.items()]
        try:
            found = self._table.update(self._together(budgets, key, now, add=dict.fromkeys(names, 1), when=not_spent))
        except ConditionFailed as failed:
            item = failed.item or {}
            return Tries(next((each for name, each in names.items() if item.get(name) == each.limit), budgets[0]), 0)
        return Tries(None, max(int(found[name]) for name in names))

    def give_back_of(self, budgets: Sequence[Budget], key: str, now: int) -> Change:
        """The write that takes back what one try has cost these budgets of ``spend_all``; ``now`` as it was then."""
        return self._table, self._together(budgets, key, now, add={_name(budget, now): -1 for budget in budgets})

    def clear_of(self, budgets: Sequence[Budget], key: str, now: int) -> Change:
        """The write that gives these budgets of ``spend_all`` back whole."""
        return self._table, self._together(budgets, key, now, put=dict.fromkeys((_name(budget, now) for budget in budgets), 0))

    def give_back(self, budgets: Sequence[Budget], key: str, now: int) -> None:
        """Take back what one try has cost these budgets; as ``give_back_of``."""
        self._table.update(self.give_back_of(budgets, key, now)[1])

    def _together(
        self,
        budgets: Sequence[Budget],
        key: str,
        now: int,
        *,
        add: Mapping[str, int] | None = None,
        put: Mapping[str, Value] | None = None,
        when: Sequence[Condition] = (),
    ) -> Update:
        longest = max(budgets, key=lambda budget: budget.window)
        pk, sk = self._key(longest, key, now)
        facts: dict[str, Value] = {**(put or {}), "expires_at": int(sk) + 2 * longest.window}
        return Update(pk=pk, sk=sk, add=add or {}, set=facts, when=when)

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
                told = _tally(quicker.item).told
            else:
                return mark
        return 0

    def _key(self, budget: Budget, key: str, now: int) -> tuple[str, str]:
        return self._pk(budget, key), str(now - now % budget.window)

    def _pk(self, budget: Budget, key: str) -> str:
        return f"{self.school}#T#{budget.name}#{key}"


def _tally(item: Item | None) -> Tally:
    return Tally(int(item.get("count", 0)), int(item.get("told", 0))) if item else Tally(0)


def _name(budget: Budget, now: int) -> str:
    """The attribute that counts this budget's present window, where several stand in one item.

    It names the limit: a release that lowers it finds no counter that is beyond it already, and would never stand at it.
    """
    return f"{budget.name}:{budget.limit}@{now - now % budget.window}"
