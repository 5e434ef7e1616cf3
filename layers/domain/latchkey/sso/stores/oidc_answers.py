"""Which answers of OpenID providers were used: in the table ``sessions``, so that each attempt ends once.

A: the answer comes ── notes its state, if nobody has ──▶ goes on to the provider
B: the same again ──────── notes its state, if nobody has ──▶ ✗ used
"""

import hashlib
from typing import Final

from latchkey.shared.stores.dynamo import ConditionFailed, Item, Put, Table

_KEPT: Final = 3_600  # seconds: well beyond the life of an attempt


class OidcAnswers:
    """The answers of one school."""

    def __init__(self, table: Table, school: str) -> None:
        self._table = table
        self.school = school

    def use(self, state: str, now: int) -> bool:
        """Use up the attempt of this state; whether nobody had."""
        used: Item = {
            "pk": f"{self.school}#OIDCUSED",
            "sk": hashlib.sha256(f"oidc-used/v1/{state}".encode()).hexdigest(),
            "used_at": now,
            "expires_at": now + _KEPT,
        }
        unused = ("pk", "missing", None)
        try:
            self._table.put(Put(item=used, when=[unused]))
        except ConditionFailed:
            return False
        return True
