"""The stores of what is sent and of who was reached: sends, ledger, rate, readiness, preflight."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from latchkey.circuits.base import Base

if TYPE_CHECKING:
    from latchkey.mail.model.pace import Grid
    from latchkey.mail.stores.mailer import Mailer
    from latchkey.mail.stores.rate import Rate
    from latchkey.preflight.stores.alarm_topic import AlarmTopic
    from latchkey.preflight.stores.kept_looks import KeptLooks
    from latchkey.preflight.stores.mail_service import MailService
    from latchkey.readiness.stores.figures import KeptFigures
    from latchkey.readiness.stores.weekly import WeeklyWishes
    from latchkey.sends.stores.allowances import Allowances
    from latchkey.sends.stores.briefs import Briefs
    from latchkey.sends.stores.drafts import Drafts
    from latchkey.sends.stores.event_files import EventFiles
    from latchkey.sends.stores.ledger import Ledger
    from latchkey.sends.stores.mail_domains import MailDomains
    from latchkey.sends.stores.mailbox_tests import MailboxTests
    from latchkey.sends.stores.outlines import MembersMemory, Outlines
    from latchkey.sends.stores.people_files import PeopleFiles
    from latchkey.sends.stores.reminders import Reminders
    from latchkey.sends.stores.school_hours import SchoolHours
    from latchkey.sends.stores.sends import Sends
    from latchkey.sends.stores.trusts import Trusts


class OfMail(Base):
    """Stores of sends and of what came of them."""

    def sends(self, school: str) -> Sends:
        """A school's sends."""
        from latchkey.sends.stores.sends import Sends

        return Sends(self.client("dynamodb"), self.table("ACTIVITY_TABLE"), school)

    def drafts(self, school: str) -> Drafts:
        """A school's messages that are still being made."""
        from latchkey.sends.stores.drafts import Drafts

        return Drafts(self.table("ACTIVITY_TABLE"), school)

    def people_files(self, school: str) -> PeopleFiles:
        """The files of messages' people that a worker makes."""
        from latchkey.sends.stores.people_files import PeopleFiles

        return PeopleFiles(self.table("ACTIVITY_TABLE"), school)

    def ledger(self, school: str) -> Ledger:
        """The chunks of a school's sends."""
        from latchkey.sends.stores.ledger import Ledger

        return Ledger(self.client("dynamodb"), self.table("ACTIVITY_TABLE"), school)

    def outlines(self, school: str) -> Outlines:
        """The outlines of a school's large sends; a function that has not their bucket can only ask for them."""
        from latchkey.sends.stores.outlines import Outlines

        bucket = self.settings.get("ROLLS_BUCKET")
        return Outlines(self.table("ACTIVITY_TABLE"), lambda: self.client("s3"), bucket, self._members_memory, school)

    @cached_property
    def _members_memory(self) -> MembersMemory:
        """Whose mails the chunks of large sends are, as far as this container has read it."""
        from latchkey.sends.stores.outlines import MembersMemory

        return MembersMemory()

    def allowances(self, school: str) -> Allowances:
        """What a school's admins have sent without approval."""
        from latchkey.sends.stores.allowances import Allowances

        return Allowances(self.table("ACTIVITY_TABLE"), school)

    def briefs(self, school: str) -> Briefs:
        """What workers read before they take chunks of a school's sends."""
        from latchkey.sends.stores.briefs import Briefs

        tables = self.table("ACTIVITY_TABLE"), self.table("DIRECTORY_TABLE")
        return Briefs(self.client("dynamodb"), *tables, school)

    def school_hours(self, school: str) -> SchoolHours:
        """What became of a school's mails, by the hour."""
        from latchkey.sends.stores.school_hours import SchoolHours

        return SchoolHours(self.table("ACTIVITY_TABLE"), school)

    def mail_domains(self, school: str) -> MailDomains:
        """How a school's mail fares by receiving domain."""
        from latchkey.sends.stores.mail_domains import MailDomains

        return MailDomains(self.table("ACTIVITY_TABLE"), school)

    def mailbox_tests(self, school: str) -> MailboxTests:
        """Which mailboxes a school's admins have had tried."""
        from latchkey.sends.stores.mailbox_tests import MailboxTests

        return MailboxTests(self.table("ACTIVITY_TABLE"), school)

    def trusts(self, school: str) -> Trusts:
        """The domains whose people are to be mailed again."""
        from latchkey.sends.stores.trusts import Trusts

        return Trusts(self.table("ACTIVITY_TABLE"), school)

    @cached_property
    def event_files(self) -> EventFiles:
        """The files in which SES's events about mails of sends that arrived come."""
        from latchkey.sends.stores.event_files import EventFiles

        return EventFiles(self.client("s3"), self.settings["DELIVERIES_BUCKET"])

    @cached_property
    def mailer(self) -> Mailer:
        """The account's SES; it remembers what the account may send for a minute."""
        from latchkey.mail.stores.mailer import Mailer

        return Mailer(self.client("sesv2"), self.settings["MAIL_FROM"], self.settings["CONFIGURATION_SET"])

    @cached_property
    def reminders(self) -> Reminders:
        """What has to be looked at when its time comes."""
        from latchkey.sends.stores.reminders import Reminders

        return Reminders(self.table("ACTIVITY_TABLE"))

    @cached_property
    def rate(self) -> Rate:
        """The account's rate, shared by all workers."""
        from latchkey.mail.stores.rate import Rate

        return Rate(self.table("ACTIVITY_TABLE"), self._clock, self._sleep, int(self.settings.get("DELIVER_WORKERS") or 1))

    def known_rate(self) -> float | None:
        """The rate at which the account was last seen to send, for those who may not ask SES."""
        from latchkey.mail.stores.known_rate import known_rate

        return known_rate(self.table("ACTIVITY_TABLE"))

    def known_grid(self) -> Grid | None:
        """The slots of that rate."""
        from latchkey.mail.stores.known_rate import known_grid

        return known_grid(self.table("ACTIVITY_TABLE"))

    @cached_property
    def mail_service(self) -> MailService:
        """What the account's SES says of itself."""
        from latchkey.preflight.stores.mail_service import MailService

        return MailService(self.client("sesv2"))

    @cached_property
    def alarm_topic(self) -> AlarmTopic:
        """Where alarms go."""
        from latchkey.preflight.stores.alarm_topic import AlarmTopic

        return AlarmTopic(self.client("sns"), self.settings["ALARM_TOPIC"])

    @cached_property
    def kept_looks(self) -> KeptLooks:
        """What looks for what would stop mail have found."""
        from latchkey.preflight.stores.kept_looks import KeptLooks

        return KeptLooks(self.client("dynamodb"), self.table("ACTIVITY_TABLE"), self.table("DIRECTORY_TABLE"))

    def figures(self, school: str) -> KeptFigures:
        """A school's figures of readiness by day."""
        from latchkey.readiness.stores.figures import KeptFigures

        return KeptFigures(self.client("dynamodb"), self.table("ACTIVITY_TABLE"), school)

    def weekly(self, school: str) -> WeeklyWishes:
        """Which of a school's admins want the weekly mail."""
        from latchkey.readiness.stores.weekly import WeeklyWishes

        return WeeklyWishes(self.table("ACTIVITY_TABLE"), school)
