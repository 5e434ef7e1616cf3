"""How the last reading of a SAML provider's metadata ended, beside its connection in the table ``directory``."""

from dataclasses import dataclass
from typing import Final

from latchkey.shared.stores.dynamo import Condition, ConditionFailed, Table, Update, Value

_PREFIX: Final = "METADATA#"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """``tried_at`` and ``read_at`` (the last that went well) in epoch seconds; ``failed`` is the reason of the last that did not,
    "" if it did. ``until``: when the provider says that it ends; ``more``: certificates that were left out."""

    tried_at: int = 0
    read_at: int = 0
    failed: str = ""
    until: int = 0
    more: int = 0
    scopes: tuple[str, ...] = ()


class SamlReadings:
    """The readings of one school's connections."""

    def __init__(self, table: Table, school: str) -> None:
        self._table = table
        self.school = school
        self._pk = f"{school}#SSO"

    def get(self, name: str) -> Reading:
        """The last reading."""
        item = self._table.get(self._pk, f"{_PREFIX}{name}") or {}
        return Reading(
            tried_at=item.get("tried_at", 0),
            read_at=item.get("read_at", 0),
            failed=item.get("failed", ""),
            until=item.get("until", 0),
            more=item.get("more", 0),
            scopes=tuple(item.get("scopes", ())),
        )

    def begin(self, name: str, now: int, *, not_since: int) -> bool:
        """Note that it is read now; False where somebody has tried after ``not_since``, so that nobody asks a provider often."""
        long_ago: Condition = ("tried_at", "<=", not_since)
        if self._noted(name, {"tried_at": now}, long_ago):
            return True
        return self._noted(name, {"tried_at": now}, ("tried_at", "missing", None))

    def took(self, name: str, now: int, *, until: int, more: int, scopes: tuple[str, ...]) -> None:
        """It was read, and is kept."""
        self._noted(name, {"read_at": now, "failed": "", "until": until, "more": more, "scopes": [*scopes]})

    def failed(self, name: str, reason: str) -> None:
        """It could not be read, or could not be used; what was kept before is kept."""
        self._noted(name, {"failed": reason})

    def _noted(self, name: str, facts: dict[str, Value], *when: Condition) -> bool:
        try:
            self._table.update(Update(pk=self._pk, sk=f"{_PREFIX}{name}", set=facts, when=[*when]))
        except ConditionFailed:
            return False
        return True
