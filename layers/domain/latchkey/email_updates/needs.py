"""What the use cases of e-mail updates take from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from latchkey.roll import needs as roll

if TYPE_CHECKING:
    from latchkey.audit.stores.audit import Audit
    from latchkey.email_updates.stores.changes import EmailChanges
    from latchkey.email_updates.stores.mail_exchanges import MailExchanges
    from latchkey.email_updates.stores.runs import EmailRuns
    from latchkey.people.stores.people import Directory
    from latchkey.schools.stores.schools import Schools
    from latchkey.shared.stores.claims import Claims
    from latchkey.shared.stores.queues import Queue


class System(roll.System, Protocol):
    """Its stores, keys, queues and clock, and what the roll takes."""

    def now(self) -> int: ...

    def queue(self, setting: str) -> Queue: ...

    def directory(self, school: str) -> Directory: ...

    def email_changes(self, school: str) -> EmailChanges: ...

    @property
    def mail_exchanges(self) -> MailExchanges: ...

    def email_runs(self, school: str) -> EmailRuns: ...

    def claims(self, school: str) -> Claims: ...

    def audit(self, school: str) -> Audit: ...

    @property
    def schools(self) -> Schools: ...

    def lookup_key(self, school: str, epoch: int) -> bytes: ...

    def cursor_key(self, school: str) -> bytes: ...
