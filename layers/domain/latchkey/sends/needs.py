"""What the use cases of sends take from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from latchkey.second_factors import lost_needs
from latchkey.selections import needs as selections

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from collections.abc import Set as AbstractSet

    from latchkey.invitations.stores.invitations import Invitations
    from latchkey.mail.model.pace import Grid
    from latchkey.mail.stores.mailer import Mailer
    from latchkey.mail.stores.rate import Rate
    from latchkey.people.stores.people import Directory
    from latchkey.sends.model.invitee import Candidate
    from latchkey.sends.stores.allowances import Allowances
    from latchkey.sends.stores.briefs import Briefs
    from latchkey.sends.stores.drafts import Drafts
    from latchkey.sends.stores.event_files import EventFiles
    from latchkey.sends.stores.ledger import Ledger
    from latchkey.sends.stores.mail_domains import MailDomains
    from latchkey.sends.stores.mailbox_tests import MailboxTests
    from latchkey.sends.stores.outlines import Outlines
    from latchkey.sends.stores.people_files import PeopleFiles
    from latchkey.sends.stores.reminders import Reminders
    from latchkey.sends.stores.school_hours import SchoolHours
    from latchkey.sends.stores.sends import Sends
    from latchkey.sends.stores.trusts import Trusts
    from latchkey.settings import Settings
    from latchkey.shared.stores.claims import Claims
    from latchkey.shared.stores.counters import Counters
    from latchkey.shared.stores.files import Files
    from latchkey.shared.stores.queues import Queue


T = TypeVar("T")


class System(selections.System, lost_needs.System, Protocol):
    """Its stores, keys, queues and clock, and what the roll and taking away lost second factors take."""

    def time(self) -> float: ...

    def persist(self, work: Callable[[], T], seconds: float) -> T: ...

    def queue(self, setting: str) -> Queue: ...

    def directory(self, school: str) -> Directory: ...

    def sends(self, school: str) -> Sends: ...

    def drafts(self, school: str) -> Drafts: ...

    def people_files(self, school: str) -> PeopleFiles: ...

    def ledger(self, school: str) -> Ledger: ...

    def outlines(self, school: str) -> Outlines: ...

    def allowances(self, school: str) -> Allowances: ...

    def briefs(self, school: str) -> Briefs: ...

    def school_hours(self, school: str) -> SchoolHours: ...

    def mail_domains(self, school: str) -> MailDomains: ...

    def mailbox_tests(self, school: str) -> MailboxTests: ...

    def trusts(self, school: str) -> Trusts: ...

    def claims(self, school: str) -> Claims: ...

    def export_files(self) -> Files: ...

    def counters(self, setting: str, school: str) -> Counters: ...

    @property
    def event_files(self) -> EventFiles: ...

    @property
    def mailer(self) -> Mailer: ...

    @property
    def reminders(self) -> Reminders: ...

    @property
    def rate(self) -> Rate: ...

    def known_rate(self) -> float | None: ...

    def known_grid(self) -> Grid | None: ...

    def invitations(self, school: str) -> Invitations: ...

    def invitees(self, school: str, run: str | None, students: AbstractSet[str] | None) -> Iterator[Candidate]: ...

    def link_key(self, school: str, epoch: int) -> bytes: ...

    def lookup_key(self, school: str, epoch: int) -> bytes: ...

    def cursor_key(self, school: str) -> bytes: ...

    @property
    def settings(self) -> Settings: ...
