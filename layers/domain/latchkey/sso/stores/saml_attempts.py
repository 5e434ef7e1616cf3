"""Attempts to sign in by SAML, and which assertions were used: in the table ``sessions``, each for one use.

    start:   puts the attempt: its browser, its connection, until when
    answer:  one transaction: the attempt is unused, in time, and of this browser ──▶ used
                              nobody has used this assertion                      ──▶ noted

Of two answers at once, or one that is sent again, the second finds the attempt used.
"""

import hashlib

from latchkey.shared.stores.aws import Client
from latchkey.shared.stores.dynamo import Condition, ConditionFailed, Item, Put, Table, Update, transact
from latchkey.sso.model.saml_attempt import LIFE, SamlAttempt

_KEPT = 3_600


class SamlAttempts:
    """The attempts of one school."""

    def __init__(self, client: Client, table: Table, school: str) -> None:
        self._client = client
        self._table = table
        self.school = school

    def add(self, attempt: SamlAttempt) -> None:
        """Keep a new attempt."""
        item: Item = {
            "pk": self._pk,
            "sk": attempt.id,
            "connection": attempt.connection,
            "version": attempt.version,
            "browser": attempt.browser,
            "made_at": attempt.at,
            "until": attempt.at + LIFE,
            "place": attempt.place,
            "trial": attempt.trial,
            "anew": attempt.anew,
            "expires_at": attempt.at + _KEPT,
        }
        self._table.put(Put(item=item, when=[("pk", "missing", None)]))

    def get(self, identifier: str) -> SamlAttempt | None:
        """The attempt of an id, used or not, in time or not: ``use`` decides."""
        item = self._table.get(self._pk, identifier)
        if item is None:
            return None
        return SamlAttempt(
            id=identifier,
            school=self.school,
            connection=item["connection"],
            version=item["version"],
            browser=item["browser"],
            at=item["made_at"],
            place=item["place"],
            trial=item["trial"],
            anew=item["anew"],
        )

    def use(self, identifier: str, *, browser: str, issuer: str, assertion: str, until: int, now: int) -> bool:
        """Use up an attempt with the answer to it; whether it was this browser's, in time, and neither was used before.

        ``assertion`` is its id at its issuer, ``until`` when it ends.
        """
        unused: Condition = ("used_at", "missing", None)
        its_browser: Condition = ("browser", "=", browser)
        in_time: Condition = ("until", ">", now)
        attempt = Update(pk=self._pk, sk=identifier, set={"used_at": now}, when=[unused, its_browser, in_time])
        used: Item = {
            "pk": f"{self.school}#SAMLUSED",
            "sk": hashlib.sha256(f"{issuer}\0{assertion}".encode()).hexdigest(),
            "used_at": now,
            "expires_at": max(until, now) + _KEPT,
        }
        once = Put(item=used, when=[("pk", "missing", None)])
        try:
            transact(self._client, [(self._table, attempt), (self._table, once)])
        except ConditionFailed:
            return False
        return True

    @property
    def _pk(self) -> str:
        return f"{self.school}#SAML"
