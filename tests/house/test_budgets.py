"""Every budget of the product stands in docs/security.md with its limit: no door is counted that nobody can look up."""

import importlib
import pkgutil
import re
from pathlib import Path

import latchkey
from latchkey.shared.stores.counters import Budget

PAGE = Path(__file__).parents[2] / "docs" / "security.md"
UNITS = {900: "15 minutes", 3_600: "1 hour", 86_400: "24 hours"}


def budgets() -> dict[str, Budget]:
    """All budgets that modules hold by a name, by their own name; those of a slowed school have the pause in theirs."""
    found: dict[str, Budget] = {}
    for module in pkgutil.walk_packages(latchkey.__path__, "latchkey."):
        if ".paper" in module.name:
            continue
        for value in vars(importlib.import_module(module.name)).values():
            for each in value if isinstance(value, tuple) else (value,):
                if isinstance(each, Budget):
                    assert found.setdefault(each.name, each) == each, f"two budgets are called {each.name}"
    return found


def rows() -> dict[str, str]:
    """Each counter of the table with its whole row."""
    table = PAGE.read_text("utf-8").partition("### All doors")[2].partition("\n## ")[0]
    return {name: line for line in table.splitlines() if line.startswith("| `") for name in re.findall("`([a-z_-]+)`", line)}


def test_every_budget_is_in_the_table_with_its_limit_and_nothing_else_is() -> None:
    told, real = rows(), budgets()
    assert told.keys() == real.keys()
    for name, budget in real.items():
        assert f"{budget.limit} in {UNITS[budget.window]}" in told[name], name
