"""Challenges that passkeys sign: each for one use, in the table ``credentials``."""

import hashlib
import secrets
from typing import Final

from latchkey.shared.stores.dynamo import Condition, ConditionFailed, Item, Put, Table, Update

LIFE: Final = 300
"""Seconds for which a challenge counts."""
_KEPT: Final = 3_600


class Challenges:
    """The challenges of one school."""

    def __init__(self, table: Table, school: str) -> None:
        self._table = table
        self.school = school

    def make(self, bound_to: str, now: int) -> bytes:
        """A new challenge, which counts only for what it is bound to: a session, or one sign-in."""
        challenge = secrets.token_bytes(32)
        item: Item = {
            "pk": self._pk(challenge),
            "sk": "CHALLENGE",
            "bound_to": _hash(bound_to.encode()),
            "until": now + LIFE,
            "expires_at": now + _KEPT,
        }
        self._table.put(Put(item=item, when=[("pk", "missing", None)]))
        return challenge

    def use(self, challenge: bytes, bound_to: str, now: int) -> bool:
        """Use a challenge up, before anything that was signed is looked at; whether it counted.

        Of two uses at once one finds it unused.
        """
        unused: Condition = ("used_at", "missing", None)
        made_for_this: Condition = ("bound_to", "=", _hash(bound_to.encode()))
        in_time: Condition = ("until", ">", now)
        update = Update(pk=self._pk(challenge), sk="CHALLENGE", set={"used_at": now}, when=[unused, made_for_this, in_time])
        try:
            self._table.update(update)
        except ConditionFailed:
            return False
        return True

    def _pk(self, challenge: bytes) -> str:
        return f"{self.school}#C#{_hash(challenge)}"


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
