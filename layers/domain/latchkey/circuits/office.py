"""The stores of an office's files, in and out: rosters, contacts, e-mail updates, login details."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from latchkey.circuits.base import Base

if TYPE_CHECKING:
    from latchkey.contacts.stores.kept import KeptParents
    from latchkey.contacts.stores.runs import ContactsRuns
    from latchkey.email_updates.stores.changes import EmailChanges
    from latchkey.email_updates.stores.mail_exchanges import MailExchanges
    from latchkey.email_updates.stores.runs import EmailRuns
    from latchkey.login_details.stores.meant import Meant
    from latchkey.login_details.stores.runs import Exports
    from latchkey.rosters.stores.columns import RosterColumns
    from latchkey.rosters.stores.rosters import Rosters
    from latchkey.rosters.stores.undo_notes import UndoNotes
    from latchkey.rosters.stores.undo_people import UndoPeople


class OfOffice(Base):
    """Stores of files that are read or made."""

    def rosters(self, school: str) -> Rosters:
        """A school's roster runs."""
        from latchkey.rosters.stores.rosters import Rosters

        return Rosters(self.client("dynamodb"), self.table("DIRECTORY_TABLE"), school)

    def roster_columns(self, school: str) -> RosterColumns:
        """How the columns of a school's tables are read."""
        from latchkey.rosters.stores.columns import RosterColumns

        return RosterColumns(self.client("dynamodb"), self.table("DIRECTORY_TABLE"), school)

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

    def contacts_runs(self, school: str) -> ContactsRuns:
        """A school's uploads of contacts."""
        from latchkey.contacts.stores.runs import ContactsRuns

        return ContactsRuns(self.client("dynamodb"), self.table("DIRECTORY_TABLE"), school)

    def kept_parents(self, school: str) -> KeptParents:
        """What is kept of a school's parents until they have an account."""
        from latchkey.contacts.stores.kept import KeptParents

        return KeptParents(self.table("DIRECTORY_TABLE"), school)

    def exports(self, school: str) -> Exports:
        """A school's exports."""
        from latchkey.login_details.stores.runs import Exports

        tables = self.table("DIRECTORY_TABLE"), self.table("ACTIVITY_TABLE")
        return Exports(self.client("dynamodb"), *tables, school)

    def meant(self, school: str) -> Meant:
        """Whom a school's exports mean that were started by a filter."""
        from latchkey.login_details.stores.meant import Meant

        return Meant(self.table("ACTIVITY_TABLE"), school)
