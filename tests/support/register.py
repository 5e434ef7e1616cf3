"""What is stored, held to the data register."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from latchkey.shared.stores.register import Kind, kind_of
from latchkey.wiring import Wiring


@cache
def kinds() -> tuple[Kind, ...]:
    return Wiring.register()


def unexplained(table: str, items: Iterable[Mapping[str, Any]]) -> set[str]:
    """What of these items (as DynamoDB writes them) stands in no register; ``table``: ``directory`` and so on."""
    found = set()
    for item in items:
        pk, sk = item["pk"]["S"], item["sk"]["S"]
        kind = kind_of(kinds(), table, pk, sk)
        if kind is None:
            found.add(f"{table}: an item of no kind, {pk} {sk}")
        else:
            found |= {f"{table}: {kind.name}.{name}" for name in kind.unknown(item)}
    return found
