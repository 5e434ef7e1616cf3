"""The one place where settings become stores: lazily, once for each container. Tests hand in their own clients and clock.

A store's module is loaded when a function first uses it, because every function comes through here and none needs them all.
"""

from __future__ import annotations

import gc
import os
import time
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar

from latchkey.settings import FunctionName, Settings
from latchkey.shared.model import identifiers
from latchkey.shared.stores.aws import Client, ClientFactory, client_factory
from latchkey.shared.stores.dynamo import Table
from latchkey.shared.stores.persist import persist

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from latchkey.accounts import needs as accounts
    from latchkey.accounts.stores.own_address import OwnAddress
    from latchkey.accounts.stores.own_choices import OwnChoices
    from latchkey.audit import needs as audit
    from latchkey.audit.stores.audit import Audit
    from latchkey.closure import needs as closure
    from latchkey.closure.stores.closures import Closures
    from latchkey.codes import needs as codes
    from latchkey.codes.stores.codes import Codes
    from latchkey.codes.stores.numbers import Numbers
    from latchkey.codes.stores.uses import CodeUses
    from latchkey.contacts import needs as contacts
    from latchkey.contacts.stores.kept import KeptParents
    from latchkey.contacts.stores.runs import ContactsRuns
    from latchkey.doubles import needs as doubles
    from latchkey.doubles.stores.looks import Looks
    from latchkey.doubles.stores.merges import Merges
    from latchkey.email_updates import needs as email_updates
    from latchkey.email_updates.stores.changes import EmailChanges
    from latchkey.email_updates.stores.mail_exchanges import MailExchanges
    from latchkey.email_updates.stores.runs import EmailRuns
    from latchkey.families import needs as families
    from latchkey.families.stores.confirmations import Confirmations
    from latchkey.families.stores.links import FamilyLinks
    from latchkey.families.stores.objections import Objections
    from latchkey.invitations import needs as invitations
    from latchkey.invitations.stores.invitations import Invitations
    from latchkey.invitations.stores.joins import Joins
    from latchkey.login_details import needs as login_details
    from latchkey.login_details.stores.meant import Meant
    from latchkey.login_details.stores.runs import Exports
    from latchkey.mail.stores.mailer import Mailer
    from latchkey.mail.stores.rate import Rate
    from latchkey.operator import needs as operator
    from latchkey.operator.stores.old_names import OldNames
    from latchkey.operator.stores.remains import Remains
    from latchkey.password_links import needs as password_links
    from latchkey.people import needs as people
    from latchkey.people.stores.admins import Admins
    from latchkey.people.stores.people import Directory
    from latchkey.preflight import needs as preflight
    from latchkey.preflight import site_needs as preflight_site
    from latchkey.preflight.stores.alarm_topic import AlarmTopic
    from latchkey.preflight.stores.kept_looks import KeptLooks
    from latchkey.preflight.stores.mail_service import MailService
    from latchkey.readiness import needs as readiness
    from latchkey.readiness.stores.figures import KeptFigures
    from latchkey.readiness.stores.weekly import WeeklyWishes
    from latchkey.records import needs as records
    from latchkey.records.stores.edits import Edits
    from latchkey.records.stores.leaver_runs import LeaverRuns
    from latchkey.roll import needs as roll
    from latchkey.roll.model.entry import LinkFact, Refusal
    from latchkey.roll.model.memory import Memory
    from latchkey.roll.stores.kept_rolls import KeptRolls
    from latchkey.rosters import needs as rosters
    from latchkey.rosters.stores.columns import RosterColumns
    from latchkey.rosters.stores.rosters import Rosters
    from latchkey.rosters.stores.undo_notes import UndoNotes
    from latchkey.rosters.stores.undo_people import UndoPeople
    from latchkey.schools import needs as schools
    from latchkey.schools.model.logo import Logo
    from latchkey.schools.stores.kept_schools import KeptSchools
    from latchkey.schools.stores.logos import Logos
    from latchkey.schools.stores.notices import Notices
    from latchkey.schools.stores.page_copies import PageCopies
    from latchkey.schools.stores.schools import Schools
    from latchkey.schools.stores.setting_changes import SettingChanges
    from latchkey.second_factors import needs as second_factors
    from latchkey.second_factors.model.relying_party import RelyingParty
    from latchkey.second_factors.stores.challenges import Challenges
    from latchkey.second_factors.stores.factors import KeptFactors
    from latchkey.selections import needs as selections
    from latchkey.selections.stores.selections import Selections
    from latchkey.sends import needs as sends
    from latchkey.sends.model.invitee import Candidate
    from latchkey.sends.stores.allowances import Allowances
    from latchkey.sends.stores.briefs import Briefs
    from latchkey.sends.stores.drafts import Drafts
    from latchkey.sends.stores.ledger import Ledger
    from latchkey.sends.stores.mail_domains import MailDomains
    from latchkey.sends.stores.mailbox_tests import MailboxTests
    from latchkey.sends.stores.reminders import Reminders
    from latchkey.sends.stores.school_hours import SchoolHours
    from latchkey.sends.stores.sends import Sends
    from latchkey.sends.stores.trusts import Trusts
    from latchkey.shared.stores.claims import Claims
    from latchkey.shared.stores.counters import Counters
    from latchkey.shared.stores.dns import Dns
    from latchkey.shared.stores.files import Files
    from latchkey.shared.stores.keyring import Keyring
    from latchkey.shared.stores.queues import Queue
    from latchkey.shared.stores.register import Kind
    from latchkey.shared.stores.uploads import Uploads
    from latchkey.sign_in import needs as sign_in
    from latchkey.sign_in.stores.bearers import Bearers
    from latchkey.sign_in.stores.credentials import Credentials
    from latchkey.sign_in.stores.failures import Failures
    from latchkey.sign_in.stores.passwords import Passwords
    from latchkey.sign_in.stores.sessions import Sessions
    from latchkey.sso import needs as sso
    from latchkey.sso import oidc_needs as sso_oidc
    from latchkey.sso import saml_needs as sso_saml
    from latchkey.sso.oidc.providers import Providers
    from latchkey.sso.saml.source import Source
    from latchkey.sso.stores.client_secrets import ClientSecrets
    from latchkey.sso.stores.connection_looks import ConnectionLooks
    from latchkey.sso.stores.connections import Connections
    from latchkey.sso.stores.doorways import Doorway
    from latchkey.sso.stores.kept_secrets import KeptSecrets
    from latchkey.sso.stores.links import Links
    from latchkey.sso.stores.oidc_answers import OidcAnswers
    from latchkey.sso.stores.saml_attempts import SamlAttempts
    from latchkey.sso.stores.saml_readings import SamlReadings


T = TypeVar("T")
_KEEPERS: Final = (
    "schools",
    "people",
    "roll",
    "sign_in",
    "second_factors",
    "selections",
    "records",
    "rosters",
    "doubles",
    "email_updates",
    "login_details",
    "contacts",
    "invitations",
    "sends",
    "closure",
    "mail",
    "readiness",
    "audit",
    "preflight",
    "sso",
)
"""The packages that keep something in a table."""
_FOR_A_MESSAGE: Final = 12  # seconds in which a message should be handed back; its queue brings it again anyway


class Wiring:
    """The stores that a function's settings allow. ``clock`` gives epoch seconds."""

    def __init__(
        self,
        settings: Settings,
        clients: ClientFactory | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.settings = settings
        self._factory = clients or client_factory()
        self._clients: dict[str, Client] = {}
        self._clock = clock
        self._sleep = sleep

    def now(self) -> int:
        """The time in epoch seconds."""
        return int(self._clock())

    def time(self) -> float:
        """The time in epoch seconds and parts of one."""
        return self._clock()

    def client(self, service: str) -> Client:
        """The botocore client of a service, made on first use."""
        if service not in self._clients:
            self._clients[service] = self._factory(service)
        return self._clients[service]

    def hang_up(self) -> None:
        """Drop every connection; the next call opens one again."""
        for client in self._clients.values():
            client.close()

    def table(self, setting: str) -> Table:
        """The table that a setting names. Of the people whom the console changes, their school's roll is told."""
        if setting == "DIRECTORY_TABLE" and self.settings.function == "console":
            return Table(self.client("dynamodb"), self.settings[setting], self._touch)
        return self._plain_table(setting)

    def _plain_table(self, setting: str) -> Table:
        return Table(self.client("dynamodb"), self.settings[setting])

    def _touch(self, keys: list[tuple[str, str]]) -> None:
        """People with these keys were written: whoever reads the roll reads them anew, until the change has come to it."""
        from latchkey.people.stores.people import people_of

        for school, people in people_of(keys).items():
            self.rolls(school).touch(people, self.now())

    def queue(self, setting: str) -> Queue:
        """The queue whose URL a setting holds."""
        from latchkey.shared.stores.queues import Queue

        return Queue(self.client("sqs"), self.settings[setting])

    def hide(self, queue: str, receipt: str, seconds: int) -> None:
        """Let a message that was received be seen again after so many seconds; ``queue`` is its queue's ARN."""
        from latchkey.shared.stores.queues import hide

        self.persist(lambda: hide(self.client("sqs"), queue, receipt, seconds), _FOR_A_MESSAGE)

    def hold(self, queue: str, receipt: str, seconds: int) -> None:
        """The same, tried once: the work waits for it."""
        from latchkey.shared.stores.queues import hide

        hide(self.client("sqs"), queue, receipt, seconds)

    def persist(self, work: Callable[[], T], seconds: float) -> T:
        """Do what must not be left undone, again and again while a service is busy; ``TryLater`` after so many seconds."""
        return persist(work, seconds, self._sleep)

    @cached_property
    def schools(self) -> Schools:
        """All schools."""
        from latchkey.schools.stores.schools import Schools

        return Schools(self.table("DIRECTORY_TABLE"))

    @cached_property
    def kept_schools(self) -> KeptSchools:
        """All schools, at most a minute old: for pages that everybody sees."""
        from latchkey.schools.stores.kept_schools import KeptSchools

        return KeptSchools(self.schools, self.now)

    def directory(self, school: str) -> Directory:
        """A school's people."""
        from latchkey.people.stores.people import Directory

        return Directory(self.table("DIRECTORY_TABLE"), school)

    def admins(self, school: str) -> Admins:
        """A school's admins."""
        from latchkey.people.stores.admins import Admins

        return Admins(self.client("dynamodb"), self.table("DIRECTORY_TABLE"), school)

    @property
    def setting_changes(self) -> SettingChanges:
        """The changes of schools' settings."""
        from latchkey.schools.stores.setting_changes import SettingChanges

        return SettingChanges(self.client("dynamodb"), self.table("DIRECTORY_TABLE"))

    def notices(self, school: str) -> Notices:
        """What a school's admins are to be told by mail."""
        from latchkey.schools.stores.notices import Notices

        return Notices(self.table("ACTIVITY_TABLE"), school)

    def numbers(self, school: str) -> Numbers:
        """The short numbers of a school's students."""
        from latchkey.codes.stores.numbers import Numbers

        return Numbers(self.table("DIRECTORY_TABLE"), school)

    def logos(self, school: str) -> Logos:
        """A school's logo."""
        from latchkey.schools.stores.logos import Logos

        return Logos(self.table("DIRECTORY_TABLE"), school)

    @property
    def page_copies(self) -> PageCopies:
        """The copies of schools' public pages."""
        from latchkey.schools.stores.page_copies import PageCopies

        return PageCopies(self.client("s3"), self.settings["PAGES_BUCKET"])

    def logo(self, school: str, logo: str) -> Logo | None:
        """The logo with this id, read once; where the school has just taken another, that one."""
        if not logo:
            return None
        kept, found = self._kept_logos.get(school, ("", None))
        if kept != logo:
            found = self.logos(school).get()
            self._kept_logos[school] = (logo, found)
        return found

    @cached_property
    def _kept_logos(self) -> dict[str, tuple[str, Logo | None]]:
        return {}

    def credentials(self, school: str) -> Credentials:
        """A school's password hashes."""
        from latchkey.sign_in.stores.credentials import Credentials

        return Credentials(self.table("CREDENTIALS_TABLE"), school)

    def failures(self, school: str) -> Failures:
        """Wrong passwords of a school in a row."""
        from latchkey.sign_in.stores.failures import Failures

        return Failures(self.table("CREDENTIALS_TABLE"), school)

    def passwords(self, school: str) -> Passwords:
        """Where a school's passwords are set."""
        from latchkey.sign_in.stores.passwords import Passwords

        tables = self.table("DIRECTORY_TABLE"), self.table("CREDENTIALS_TABLE")
        return Passwords(self.client("dynamodb"), *tables, school)

    def second_factors(self, school: str) -> KeptFactors:
        """The second factors of a school's people."""
        from latchkey.second_factors.stores.factors import KeptFactors

        tables = self.table("DIRECTORY_TABLE"), self.table("CREDENTIALS_TABLE")
        return KeptFactors(self.client("dynamodb"), *tables, school)

    def challenges(self, school: str) -> Challenges:
        """What passkeys of a school's people sign."""
        from latchkey.second_factors.stores.challenges import Challenges

        return Challenges(self.table("CREDENTIALS_TABLE"), school)

    @cached_property
    def relying_party(self) -> RelyingParty:
        """For whom passkeys are made."""
        from latchkey.second_factors.model.relying_party import relying_party

        return relying_party(self.settings["ORIGIN"], self.settings["RP_ID"])

    def codes(self, school: str) -> Codes:
        """Where a school's codes are given."""
        from latchkey.codes.stores.codes import Codes

        return Codes(self.table("DIRECTORY_TABLE"), school)

    def code_uses(self, school: str) -> CodeUses:
        """Where a school's codes are used."""
        from latchkey.codes.stores.uses import CodeUses

        tables = self.table("DIRECTORY_TABLE"), self.table("CREDENTIALS_TABLE")
        return CodeUses(self.client("dynamodb"), *tables, school)

    def family_links(self, school: str) -> FamilyLinks:
        """Where a school's adults and children are unlinked by themselves."""
        from latchkey.families.stores.links import FamilyLinks

        return FamilyLinks(self.client("dynamodb"), self.table("DIRECTORY_TABLE"), school)

    def leaver_runs(self, school: str) -> LeaverRuns:
        """A school's runs that mark people as left, or bring them back."""
        from latchkey.records.stores.leaver_runs import LeaverRuns

        return LeaverRuns(self.client("dynamodb"), self.table("ACTIVITY_TABLE"), school)

    def selections(self, school: str) -> Selections:
        """Whom a school's admins have chosen in the list of people."""
        from latchkey.selections.stores.selections import Selections

        return Selections(self.table("ACTIVITY_TABLE"), school)

    def edits(self, school: str) -> Edits:
        """Where an admin's corrections of a school's people are written."""
        from latchkey.records.stores.edits import Edits

        tables = self.table("DIRECTORY_TABLE"), self.table("CREDENTIALS_TABLE")
        return Edits(self.client("dynamodb"), *tables, school)

    def sessions(self, school: str) -> Sessions:
        """A school's sessions."""
        from latchkey.sign_in.stores.sessions import Sessions

        return Sessions(self.table("SESSIONS_TABLE"), school)

    def bearers(self, school: str) -> Bearers:
        """Who holds a school's sessions."""
        from latchkey.sign_in.stores.bearers import Bearers

        return Bearers(self.client("dynamodb"), self.table("SESSIONS_TABLE"), self.table("DIRECTORY_TABLE"), school)

    def own_address(self, school: str) -> OwnAddress:
        """Where a school's people ask for another address."""
        from latchkey.accounts.stores.own_address import OwnAddress

        return OwnAddress(self.client("dynamodb"), self.table("DIRECTORY_TABLE"), school)

    def own_choices(self, school: str) -> OwnChoices:
        """What a school's people choose for themselves."""
        from latchkey.accounts.stores.own_choices import OwnChoices

        return OwnChoices(self.client("dynamodb"), self.table("DIRECTORY_TABLE"), school)

    def sends(self, school: str) -> Sends:
        """A school's sends."""
        from latchkey.sends.stores.sends import Sends

        return Sends(self.client("dynamodb"), self.table("ACTIVITY_TABLE"), school)

    def drafts(self, school: str) -> Drafts:
        """A school's messages that are still being made."""
        from latchkey.sends.stores.drafts import Drafts

        return Drafts(self.table("ACTIVITY_TABLE"), school)

    def ledger(self, school: str) -> Ledger:
        """The chunks of a school's sends."""
        from latchkey.sends.stores.ledger import Ledger

        return Ledger(self.client("dynamodb"), self.table("ACTIVITY_TABLE"), school)

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

    def closures(self, school: str) -> Closures:
        """Closures of a school that were begun, and their rehearsals."""
        from latchkey.closure.stores.closures import Closures

        return Closures(self.table("ACTIVITY_TABLE"), school)

    def claims(self, school: str) -> Claims:
        """Which runs of a school the keys of requests have started."""
        from latchkey.shared.stores.claims import Claims

        return Claims(self.table("ACTIVITY_TABLE"), school)

    def exports(self, school: str) -> Exports:
        """A school's exports."""
        from latchkey.login_details.stores.runs import Exports

        tables = self.table("DIRECTORY_TABLE"), self.table("ACTIVITY_TABLE")
        return Exports(self.client("dynamodb"), *tables, school)

    def meant(self, school: str) -> Meant:
        """Whom a school's exports mean that were started by a filter."""
        from latchkey.login_details.stores.meant import Meant

        return Meant(self.table("ACTIVITY_TABLE"), school)

    def export_files(self) -> Files:
        """The files of exports."""
        from latchkey.shared.stores.files import Files

        return Files(self.client("s3"), self.settings["EXPORTS_BUCKET"])

    def files(self, setting: str) -> Files:
        """The files of the bucket that a setting names, for the operator."""
        from latchkey.shared.stores.files import Files

        return Files(self.client("s3"), self.settings[setting])

    def remains(self, table: str, school: str) -> Remains:
        """All that a school has in a table (``directory`` and so on)."""
        from latchkey.operator.stores.remains import Remains

        return Remains(self.table(f"{table.upper()}_TABLE"), table, school)

    def old_names(self, school: str) -> OldNames:
        """The names of a school under look-up keys of epochs that are over."""
        from latchkey.operator.stores.old_names import OldNames

        return OldNames(self.table("CREDENTIALS_TABLE"), school)

    def rosters(self, school: str) -> Rosters:
        """A school's roster runs."""
        from latchkey.rosters.stores.rosters import Rosters

        return Rosters(self.client("dynamodb"), self.table("DIRECTORY_TABLE"), school)

    def roster_columns(self, school: str) -> RosterColumns:
        """How the columns of a school's tables are read."""
        from latchkey.rosters.stores.columns import RosterColumns

        return RosterColumns(self.client("dynamodb"), self.table("DIRECTORY_TABLE"), school)

    def contacts_runs(self, school: str) -> ContactsRuns:
        """A school's uploads of contacts."""
        from latchkey.contacts.stores.runs import ContactsRuns

        return ContactsRuns(self.client("dynamodb"), self.table("DIRECTORY_TABLE"), school)

    def kept_parents(self, school: str) -> KeptParents:
        """What is kept of a school's parents until they have an account."""
        from latchkey.contacts.stores.kept import KeptParents

        return KeptParents(self.table("DIRECTORY_TABLE"), school)

    def invitations(self, school: str) -> Invitations:
        """A school's invitations of parents."""
        from latchkey.invitations.stores.invitations import Invitations

        return Invitations(self.table("DIRECTORY_TABLE"), school)

    def invitees(self, school: str, run: str | None, students: AbstractSet[str] | None) -> Iterator[Candidate]:
        """The parents in a school's contacts, as a send of invitations takes them."""
        from latchkey.contacts.list_invitees import invitees

        return invitees(self, school, run, students)

    def rolls(self, school: str) -> KeptRolls:
        """Where a school's roll is kept; a function that has not the bucket builds it whenever it reads it."""
        from latchkey.roll.stores.kept_rolls import KeptRolls

        table, bucket = self._plain_table("DIRECTORY_TABLE"), self.settings.get("ROLLS_BUCKET")
        return KeptRolls(table, lambda: self.client("s3"), bucket, school)

    def links_in(self, item: Mapping[str, Any]) -> Iterable[tuple[str, str, LinkFact | None]]:
        """The links that the item of a chunk of a send says of people."""
        from latchkey.sends.model.links import links_of
        from latchkey.sends.stores.items import chunk_from_item

        chunk = chunk_from_item({**item})
        return ((person, chunk.send, link) for person, link in links_of(chunk))

    def refused_in(self, item: Mapping[str, Any]) -> tuple[str, Refusal] | None:
        """The invitation whose mail was refused, in the item of one."""
        from latchkey.invitations.stores.invitations import invitation_from_item

        found = invitation_from_item({**item})
        return (found.id, found.problem) if found.problem is not None else None

    def refused_invitations(self, school: str) -> Mapping[str, Refusal]:
        """A school's invitations whose mail was refused."""
        return self.invitations(school).refused()

    @cached_property
    def roll_memory(self) -> Memory:
        """The rolls that this container remembers."""
        from latchkey.roll.model.memory import Memory

        return Memory()

    def wait(self, seconds: float) -> None:
        """Do nothing for so many seconds."""
        self._sleep(seconds)

    def newest_links(self, school: str) -> Mapping[str, LinkFact]:
        """The newest password link of each of a school's people, by their id."""
        from latchkey.sends.newest_links import newest_links

        return newest_links(self, school)

    def certain_doubles(self, school: str) -> frozenset[tuple[str, str]]:
        """The pairs of a school's people who are almost certainly one."""
        from latchkey.doubles.certain_doubles import certain_doubles

        return certain_doubles(self, school)

    def figures(self, school: str) -> KeptFigures:
        """A school's figures of readiness by day."""
        from latchkey.readiness.stores.figures import KeptFigures

        return KeptFigures(self.client("dynamodb"), self.table("ACTIVITY_TABLE"), school)

    def weekly(self, school: str) -> WeeklyWishes:
        """Which of a school's admins want the weekly mail."""
        from latchkey.readiness.stores.weekly import WeeklyWishes

        return WeeklyWishes(self.table("ACTIVITY_TABLE"), school)

    def joins(self, school: str) -> Joins:
        """Where a school's parents and children find each other."""
        from latchkey.invitations.stores.joins import Joins

        tables = self.table("DIRECTORY_TABLE"), self.table("CREDENTIALS_TABLE")
        return Joins(self.client("dynamodb"), *tables, school)

    def undo_notes(self, school: str) -> UndoNotes:
        """What a school's rosters were about to change, and their undoing."""
        from latchkey.rosters.stores.undo_notes import UndoNotes

        tables = self.table("DIRECTORY_TABLE"), self.table("ACTIVITY_TABLE")
        return UndoNotes(self.client("dynamodb"), *tables, school)

    def undo_people(self, school: str) -> UndoPeople:
        """Where a school's people are written back as they were before a roster."""
        from latchkey.rosters.stores.undo_people import UndoPeople

        return UndoPeople(self.table("DIRECTORY_TABLE"), school)

    def email_changes(self, school: str) -> EmailChanges:
        """Where many of a school's people get new addresses."""
        from latchkey.email_updates.stores.changes import EmailChanges

        return EmailChanges(self.table("DIRECTORY_TABLE"), school)

    @cached_property
    def mail_exchanges(self) -> MailExchanges:
        """Who takes mail for which domain."""
        from latchkey.email_updates.stores.mail_exchanges import MailExchanges

        return MailExchanges()

    def email_runs(self, school: str) -> EmailRuns:
        """A school's e-mail updates."""
        from latchkey.email_updates.stores.runs import EmailRuns

        return EmailRuns(self.client("dynamodb"), self.table("ACTIVITY_TABLE"), school)

    def looks(self, school: str) -> Looks:
        """A school's looks for doubles."""
        from latchkey.doubles.stores.looks import Looks

        return Looks(self.table("ACTIVITY_TABLE"), school)

    def merges(self, school: str) -> Merges:
        """A school's merges of accounts."""
        from latchkey.doubles.stores.merges import Merges

        tables = self.table("DIRECTORY_TABLE"), self.table("CREDENTIALS_TABLE"), self.table("ACTIVITY_TABLE")
        return Merges(self.client("dynamodb"), *tables, school)

    def confirmations(self, school: str) -> Confirmations:
        """Where a school's people's addresses are confirmed."""
        from latchkey.families.stores.confirmations import Confirmations

        tables = self.table("DIRECTORY_TABLE"), self.table("CREDENTIALS_TABLE")
        return Confirmations(self.client("dynamodb"), *tables, school)

    def objections(self, school: str) -> Objections:
        """What a school's students have said of adults who are linked with them."""
        from latchkey.families.stores.objections import Objections

        return Objections(self.client("dynamodb"), self.table("DIRECTORY_TABLE"), school)

    def rejected_files(self) -> Files:
        """The rows of rosters that can be mended, beside the uploads."""
        from latchkey.shared.stores.files import Files

        return Files(self.client("s3"), self.settings["UPLOADS_BUCKET"])

    def uploads(self) -> Uploads:
        """The files that schools upload."""
        from latchkey.shared.stores.uploads import Uploads

        return Uploads(self.client("s3"), self.settings["UPLOADS_BUCKET"])

    def audit(self, school: str) -> Audit:
        """A school's audit trail."""
        from latchkey.audit.stores.audit import Audit

        return Audit(self.table("ACTIVITY_TABLE"), school, lambda: self._visitor(school))

    def _visitor(self, school: str) -> str | None:
        """The mark of the visitor whose request is being answered, under the school's key; None in a worker."""
        from latchkey.audit.model.visitors import mark, who_asks

        address = who_asks()
        return mark(self.cursor_key(school), address) if address else None

    def counters(self, setting: str, school: str) -> Counters:
        """A school's counters, in the table that a setting names."""
        from latchkey.shared.stores.counters import Counters

        return Counters(self.table(setting), school)

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

        return Rate(self.table("ACTIVITY_TABLE"), self._clock, self._sleep)

    def known_rate(self) -> float | None:
        """The rate at which the account was last seen to send, for those who may not ask SES."""
        from latchkey.mail.stores.known_rate import known_rate

        return known_rate(self.table("ACTIVITY_TABLE"))

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
    def dns(self) -> Dns:
        """The DNS resolvers that the machine has."""
        from latchkey.shared.stores.dns import Dns

        return Dns()

    @cached_property
    def kept_looks(self) -> KeptLooks:
        """What looks for what would stop mail have found."""
        from latchkey.preflight.stores.kept_looks import KeptLooks

        return KeptLooks(self.client("dynamodb"), self.table("ACTIVITY_TABLE"), self.table("DIRECTORY_TABLE"))

    def connections(self, school: str) -> Connections:
        """A school's connections to providers."""
        from latchkey.sso.stores.connections import Connections

        return Connections(self.table("DIRECTORY_TABLE"), school)

    def sso_links(self, school: str) -> Links:
        """Which accounts at providers are whose."""
        from latchkey.sso.stores.links import Links

        return Links(self.client("dynamodb"), self.table("DIRECTORY_TABLE"), school)

    def saml_attempts(self, school: str) -> SamlAttempts:
        """A school's attempts to sign in by SAML."""
        from latchkey.sso.stores.saml_attempts import SamlAttempts

        return SamlAttempts(self.client("dynamodb"), self.table("SESSIONS_TABLE"), school)

    def saml_readings(self, school: str) -> SamlReadings:
        """How a school's SAML providers' metadata was last read."""
        from latchkey.sso.stores.saml_readings import SamlReadings

        return SamlReadings(self._plain_table("DIRECTORY_TABLE"), school)

    def sso_looks(self, school: str) -> ConnectionLooks:
        """What looks at a school's connections have found, and admins' tries of them."""
        from latchkey.sso.stores.connection_looks import ConnectionLooks

        return ConnectionLooks(self.table("DIRECTORY_TABLE"), school)

    @cached_property
    def client_secrets(self) -> ClientSecrets:
        """The secrets of schools' registrations at providers."""
        from latchkey.sso.stores.client_secrets import ClientSecrets

        return ClientSecrets(self.client("secretsmanager"), self.settings.get("SSO_SECRETS"))

    @cached_property
    def kept_secrets(self) -> KeptSecrets:
        """The same, kept for some minutes: for signing in."""
        from latchkey.sso.stores.kept_secrets import KeptSecrets

        return KeptSecrets(self.client_secrets, self.now)

    def oidc_answers(self, school: str) -> OidcAnswers:
        """Which answers of OpenID providers were used."""
        from latchkey.sso.stores.oidc_answers import OidcAnswers

        return OidcAnswers(self.table("SESSIONS_TABLE"), school)

    @cached_property
    def metadata(self) -> Source:
        """Where SAML providers' metadata comes from."""
        from latchkey.sso.model.web_addresses import local_origins
        from latchkey.sso.oidc.fetch import fetch
        from latchkey.sso.saml.source import Source

        return Source(fetch, self.now, local_origins(self.settings.get("SSO_LOCAL_ORIGINS")))

    @cached_property
    def providers(self) -> Providers:
        """The OpenID providers that this container meets."""
        from latchkey.sso.model.web_addresses import local_origins
        from latchkey.sso.oidc.fetch import fetch
        from latchkey.sso.oidc.providers import Providers

        return Providers(fetch, self.now, local_origins(self.settings.get("SSO_LOCAL_ORIGINS")))

    @property
    def sso_attempt_key(self) -> bytes:
        """The key that seals what a browser keeps while it is at a provider: nothing that is stored is under it."""
        return self._keyring("LOOKUP_KEY").key("sso-attempt/v1")

    def doorway(self, setting: str) -> Doorway:
        """The function that meets providers whose name a setting holds."""
        from latchkey.sso.stores.doorways import Doorway

        return Doorway(self.client("lambda"), self.settings.get(setting))

    @cached_property
    def _keyrings(self) -> dict[str, Keyring]:
        return {}

    def _keyring(self, setting: str) -> Keyring:
        from latchkey.shared.stores.keyring import Keyring

        if setting not in self._keyrings:
            self._keyrings[setting] = Keyring(self.client("kms"), self.settings[setting])
        return self._keyrings[setting]

    def link_key(self, school: str, epoch: int = 0) -> bytes:
        """The key of a school's password links in an epoch."""
        from latchkey.password_links.model import links

        return self._keyring("LINK_KEY").key(links.key_label(school, epoch))

    def factor_key(self, school: str) -> bytes:
        """The key of the second factors of a school's people."""
        from latchkey.second_factors.model import secrets

        return self._keyring("LINK_KEY").key(secrets.key_label(school))

    def code_key(self, school: str, epoch: int = 0) -> bytes:
        """The key of a school's PINs and parent codes in an epoch."""
        from latchkey.codes.model import codes

        return self._keyring("CODE_KEY").key(codes.key_label(school, epoch))

    def lookup_key(self, school: str, epoch: int = 0) -> bytes:
        """The key of a school's look-up keys for e-mail addresses and usernames in an epoch."""
        return self._keyring("LOOKUP_KEY").key(identifiers.key_label(school, epoch))

    def cursor_key(self, school: str) -> bytes:
        """The key that seals the cursors of a school's lists: no identifier, and nothing that is stored, is under it."""
        return self.lookup_key(school, 0)

    @staticmethod
    def register() -> tuple[Kind, ...]:
        """What every package keeps: the data register."""
        from importlib import import_module

        kept = (import_module(f"latchkey.{package}.stores.register").REGISTER for package in _KEEPERS)
        return tuple(kind for kinds in kept for kind in kinds)


if TYPE_CHECKING:

    def _offers(wiring: Wiring) -> None:
        """The type checker's proof that the wiring has what every package needs."""
        _accounts: accounts.System = wiring
        _audit: audit.System = wiring
        _closure: closure.System = wiring
        _codes: codes.System = wiring
        _contacts: contacts.System = wiring
        _doubles: doubles.System = wiring
        _email_updates: email_updates.System = wiring
        _families: families.System = wiring
        _invitations: invitations.System = wiring
        _login_details: login_details.System = wiring
        _operator: operator.System = wiring
        _password_links: password_links.System = wiring
        _people: people.System = wiring
        _preflight: preflight.System = wiring
        _site: preflight_site.SiteSystem = wiring
        _readiness: readiness.System = wiring
        _records: records.System = wiring
        _roll: roll.System = wiring
        _rosters: rosters.System = wiring
        _schools: schools.System = wiring
        _second_factors: second_factors.System = wiring
        _selections: selections.System = wiring
        _sends: sends.System = wiring
        _sign_in: sign_in.System = wiring
        _sso: sso.System = wiring
        _sso_oidc: sso_oidc.OidcSystem = wiring
        _sso_saml: sso_saml.SamlSystem = wiring
        _sso_changes: sso.Changes = wiring


@cache
def wiring(function: FunctionName) -> Wiring:
    """The wiring of a deployed function, from its environment; made on first use, never at import."""
    collect_rarely()
    return Wiring(Settings(function, os.environ))


def collect_rarely() -> None:
    """Let the garbage collector look seldom: what botocore has loaded stays, and each walk through it takes 30 ms."""
    gc.set_threshold(20_000, 50, 100)
