"""What the use cases of operator take from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from latchkey.records.admins import Follows
from latchkey.records.invite_admin import Invites
from latchkey.sso.needs import Forgets

if TYPE_CHECKING:
    from latchkey.audit.stores.audit import Audit
    from latchkey.email_updates.stores.runs import EmailRuns
    from latchkey.login_details.stores.runs import Exports
    from latchkey.operator.stores.old_names import OldNames
    from latchkey.operator.stores.remains import Remains
    from latchkey.people.stores.admins import Admins
    from latchkey.people.stores.people import Directory
    from latchkey.rosters.stores.rosters import Rosters
    from latchkey.schools.stores.schools import Schools
    from latchkey.second_factors.stores.factors import KeptFactors
    from latchkey.sends.stores.ledger import Ledger
    from latchkey.sends.stores.mail_domains import MailDomains
    from latchkey.sends.stores.sends import Sends
    from latchkey.sends.stores.trusts import Trusts
    from latchkey.shared.stores.files import Files
    from latchkey.sso.stores.connections import Connections


class System(Invites, Follows, Forgets, Protocol):
    """Its stores, keys, queues and clock."""

    def now(self) -> int: ...

    @property
    def schools(self) -> Schools: ...

    def directory(self, school: str) -> Directory: ...

    def admins(self, school: str) -> Admins: ...

    def sends(self, school: str) -> Sends: ...

    def mail_domains(self, school: str) -> MailDomains: ...

    def trusts(self, school: str) -> Trusts: ...

    def ledger(self, school: str) -> Ledger: ...

    def exports(self, school: str) -> Exports: ...

    def rosters(self, school: str) -> Rosters: ...

    def email_runs(self, school: str) -> EmailRuns: ...

    def remains(self, table: str, school: str) -> Remains: ...

    def second_factors(self, school: str) -> KeptFactors: ...

    def old_names(self, school: str) -> OldNames: ...

    def export_files(self) -> Files: ...

    def files(self, setting: str) -> Files: ...

    def audit(self, school: str) -> Audit: ...

    def connections(self, school: str) -> Connections: ...
