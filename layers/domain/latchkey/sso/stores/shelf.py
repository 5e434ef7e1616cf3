"""All that a school has of single sign-on but who is linked: one read of its partition in the table ``directory``."""

from collections.abc import Mapping
from dataclasses import dataclass

from latchkey.shared.stores.dynamo import Table
from latchkey.sso.model.connection import Connection
from latchkey.sso.model.look import Look
from latchkey.sso.model.trial import Trial
from latchkey.sso.stores import connection_looks, connections


@dataclass(frozen=True, slots=True)
class Shelf:
    """Every version of every connection, by name, the newest last; the last look at each, and the newest try of it, by name.

    ``last``: the last version of those that were removed.
    """

    connections: tuple[Connection, ...]
    looks: Mapping[str, Look]
    trials: Mapping[str, Trial]
    last: Mapping[str, int]


def read_shelf(table: Table, school: str) -> Shelf:
    """What stands there now."""
    items = [item for page in table.pages(connections.partition(school)) for item in page]
    return Shelf(
        tuple(connections.connection_from_item(item) for item in items if item["sk"].startswith(connections.PREFIX)),
        connection_looks.looks_in(items),
        connection_looks.trials_in(items),
        {
            item["sk"].removeprefix(connections.LAST): int(item["version"])
            for item in items
            if item["sk"].startswith(connections.LAST)
        },
    )
