"""A school's connections to providers, in the table ``directory``: an item for each version, written once.

Only the secret and what SAML's metadata says are written again in the same version: they do not change whom the school trusts.

    A: reads version 3 ── writes version 4, if there is none ──▶ done
    B: reads version 3 ────── writes version 4, if there is none ──▶ ✗ Changed; looks again
"""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, Final

from latchkey.audit.stores.audit import EventWrite
from latchkey.schools.model.school import School
from latchkey.schools.stores.schools import school_from_item, school_key
from latchkey.shared.stores.dynamo import Condition, Item, Put, Table, Update, Value
from latchkey.sso.model.connection import Connection, SecretRef

PREFIX: Final = "CONNECTION#"
LAST: Final = "LAST#"
_TUPLES: Final = ("roles", "tenant", "creates", "certificates")
_FACTS: Final = (
    "name",
    "kind",
    "label",
    "roles",
    "issuer",
    "client_id",
    "tenant",
    "match_on",
    "match_claim",
    "creates",
    "proves_second_factor",
    "metadata_url",
    "sign_in_url",
    "certificates",
    "metadata_certificate",
    "version",
)


class Connections:
    """The connections of one school."""

    def __init__(self, table: Table, school: str) -> None:
        self._table = table
        self.school = school
        self._pk = partition(school)

    def get(self, name: str, version: int) -> Connection | None:
        """A version of a connection."""
        item = self._table.get(self._pk, _sk(name, version))
        return connection_from_item(item) if item else None

    def with_school(self, name: str, version: int) -> tuple[School | None, Connection | None]:
        """The same and the school as it is now, in one call."""
        here, there = school_key(self.school), (self._pk, _sk(name, version))
        found = {(item["pk"], item["sk"]): item for item in self._table.get_many([here, there])}
        school, item = found.get(here), found.get(there)
        return school_from_item(school) if school else None, connection_from_item(item) if item else None

    def all(self) -> list[Connection]:
        """Every version of every connection that is kept, by name, the newest last."""
        return [connection_from_item(item) for page in self._table.pages(self._pk, prefix=PREFIX) for item in page]

    def newest(self, name: str) -> Connection | None:
        """The newest version of a connection, which need not be in force."""
        page = self._table.page(self._pk, prefix=f"{PREFIX}{name}#", newest_first=True, limit=1)
        return connection_from_item(page.items[0]) if page.items else None

    def add(self, connection: Connection, event: EventWrite | None = None) -> None:
        """Keep a new version; with an audit event both or neither. ``Changed`` if there is one of this number."""
        new = Put(item=connection_to_item(self._pk, connection), when=[("pk", "missing", None)])
        if event is None:
            self._table.put(new)
        else:
            self._table.put_with(new, event)

    def note_last(self, connection: Connection) -> None:
        """Before a connection is removed: its versions are never used again, for the settings trust a version by its number."""
        self._table.put(Put(item={"pk": self._pk, "sk": f"{LAST}{connection.name}", "version": connection.version}))

    def set_secret(self, versions: Iterable[Connection], secret: SecretRef | None, event: EventWrite) -> None:
        """Take another secret, or another end of it, for these versions, with the event that tells of it.

        ``Changed`` if the secret of one of them is no longer as in them, or it is gone.
        """
        writes: list[tuple[Table, Update | Put]] = [event]
        for each in versions:
            as_read: Condition = ("secret", "=", _secret_value(each.secret))
            there: Condition = ("pk", "exists", None)
            facts: dict[str, Value] = {"secret": _secret_value(secret)}
            key = _sk(each.name, each.version)
            writes.append((self._table, Update(pk=self._pk, sk=key, set=facts, when=[there, as_read])))
        self._table.transact_with(writes)

    def set_metadata(self, name: str, version: int, *, sign_in_url: str, certificates: Iterable[str]) -> None:
        """Keep what SAML's metadata says now for this version; ``Changed`` if it is gone."""
        facts: dict[str, Value] = {"sign_in_url": sign_in_url, "certificates": [*certificates]}
        self._table.update(Update(pk=self._pk, sk=_sk(name, version), set=facts, when=[("pk", "exists", None)]))

    def delete(self, versions: Iterable[Connection]) -> None:
        """Delete these versions, whether they are there or not."""
        self._table.delete_many((self._pk, _sk(each.name, each.version)) for each in versions)


def partition(school: str) -> str:
    """Where all stands that a school has of single sign-on but who is linked."""
    return f"{school}#SSO"


def connection_to_item(pk: str, connection: Connection) -> dict[str, Value]:
    """The item of a version."""
    facts: dict[str, Any] = {name: getattr(connection, name) for name in _FACTS}
    facts |= {name: list(facts[name]) for name in _TUPLES}
    keys = {"pk": pk, "sk": _sk(connection.name, connection.version)}
    return {**keys, **facts, "secret": _secret_value(connection.secret)}


def connection_from_item(item: Item) -> Connection:
    """The version of an item; it does not say whether it is in force."""
    facts: dict[str, Any] = {name: item[name] for name in _FACTS if name in item}
    facts |= {name: tuple(facts[name]) for name in _TUPLES if name in facts}
    secret = item.get("secret")
    return Connection(**facts, secret=SecretRef(**secret) if secret else None)


def _secret_value(secret: SecretRef | None) -> Value:
    return {name: value for name, value in asdict(secret).items() if value is not None} if secret else None


def _sk(name: str, version: int) -> str:
    return f"{PREFIX}{name}#{version:05d}"
