"""What looks at a school's connections have found, and admins' own tries of them, in the table ``directory``.

A try is begun by the console and ended by ``federate`` or ``saml``, once, and only while it is the newest of its connection:

    A: begins a try, id a ──────── (provider) ──── ends it, if the id is a and it has not ended ──▶ ✗ Changed
    B:          begins another, id b ───────────────────── ends it, if the id is b ──▶ done
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from latchkey.shared.stores.dynamo import Condition, Item, Put, Table, Update, Value
from latchkey.sso.model.connection import Connection
from latchkey.sso.model.findings import Finding, as_values, from_values
from latchkey.sso.model.look import Look
from latchkey.sso.model.trial import KEPT_FOR, Trial
from latchkey.sso.stores.connections import LAST, PREFIX, connection_from_item, partition

_LOOK: Final = "LOOK#"
_TRY: Final = "TRY#"


@dataclass(frozen=True, slots=True)
class Shelf:
    """All that a school has of single sign-on but who is linked.

    Every version of every connection, by name, the newest last; the last look at each, and the newest try of it, by name.
    ``last``: the last version of those that were removed.
    """

    connections: tuple[Connection, ...]
    looks: Mapping[str, Look]
    trials: Mapping[str, Trial]
    last: Mapping[str, int]


class ConnectionLooks:
    """The looks and tries of one school."""

    def __init__(self, table: Table, school: str) -> None:
        self._table = table
        self.school = school
        self._pk = f"{school}#SSO"

    def put(self, look: Look) -> None:
        """Keep what a look has found; an earlier one of the connection is forgotten."""
        facts: dict[str, Value] = {"version": look.version, "at": look.at, "findings": _values(look.findings)}
        self._table.put(Put(item={"pk": self._pk, "sk": f"{_LOOK}{look.connection}", **facts}))

    def all(self) -> dict[str, Look]:
        """The last look at each connection, by its name."""
        return looks_in(item for page in self._table.pages(self._pk, prefix=_LOOK) for item in page)

    def begin(self, trial: Trial) -> None:
        """Keep a try; an earlier one of the connection is forgotten."""
        facts: dict[str, Value] = {"id": trial.id, "tried": trial.version, "by": trial.by, "at": trial.at}
        keys = {"pk": self._pk, "sk": f"{_TRY}{trial.connection}"}
        self._table.put(Put(item={**keys, **facts, "expires_at": trial.at + KEPT_FOR}))

    def trial(self, connection: str) -> Trial | None:
        """The newest try of a connection."""
        item = self._table.get(self._pk, f"{_TRY}{connection}")
        return _trial(item) if item else None

    def end(self, trial: Trial) -> None:
        """Keep how a try ended; ``Changed`` if there is a newer one, or it has ended already."""
        same: list[Condition] = [("id", "=", trial.id), ("ended_at", "missing", None)]
        facts: dict[str, Value] = {
            "ended_at": trial.ended_at,
            "findings": _values(trial.findings),
            "account": trial.account,
            "person": trial.person,
        }
        self._table.update(Update(pk=self._pk, sk=f"{_TRY}{trial.connection}", set=facts, when=same))

    def forget(self, connection: str) -> None:
        """Delete what was found of a connection."""
        self._table.delete_many((self._pk, f"{kind}{connection}") for kind in (_LOOK, _TRY))


def looks_in(items: Iterable[Item]) -> dict[str, Look]:
    """The looks among some items, by the connection's name."""
    found = (_look(item) for item in items if item["sk"].startswith(_LOOK))
    return {look.connection: look for look in found}


def trials_in(items: Iterable[Item]) -> dict[str, Trial]:
    """The tries among some items, by the connection's name."""
    found = (_trial(item) for item in items if item["sk"].startswith(_TRY))
    return {trial.connection: trial for trial in found}


def read_shelf(table: Table, school: str) -> Shelf:
    """What stands there now: one read of its partition."""
    items = [item for page in table.pages(partition(school)) for item in page]
    return Shelf(
        tuple(connection_from_item(item) for item in items if item["sk"].startswith(PREFIX)),
        looks_in(items),
        trials_in(items),
        {item["sk"].removeprefix(LAST): int(item["version"]) for item in items if item["sk"].startswith(LAST)},
    )


def _values(findings: Iterable[Finding]) -> Value:
    return [{**each} for each in as_values(findings)]


def _look(item: Item) -> Look:
    name = item["sk"].removeprefix(_LOOK)
    return Look(connection=name, version=item["version"], at=item["at"], findings=from_values(item["findings"]))


def _trial(item: Item) -> Trial:
    facts: dict[str, Any] = {name: item[name] for name in ("ended_at", "account", "person") if name in item}
    findings = from_values(item.get("findings") or ())
    name = item["sk"].removeprefix(_TRY)
    return Trial(id=item["id"], connection=name, version=item["tried"], by=item["by"], at=item["at"], findings=findings, **facts)
