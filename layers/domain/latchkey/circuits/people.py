"""The stores of people and families: who they are, how they belong together, what is done with many of them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from latchkey.circuits.base import Base

if TYPE_CHECKING:
    from latchkey.accounts.stores.own_address import OwnAddress
    from latchkey.accounts.stores.own_choices import OwnChoices
    from latchkey.doubles.stores.looks import Looks
    from latchkey.doubles.stores.merges import Merges
    from latchkey.families.stores.confirmations import Confirmations
    from latchkey.families.stores.links import FamilyLinks
    from latchkey.families.stores.objections import Objections
    from latchkey.invitations.stores.invitations import Invitations
    from latchkey.invitations.stores.joins import Joins
    from latchkey.operator.stores.old_names import OldNames
    from latchkey.operator.stores.remains import Remains
    from latchkey.people.stores.admins import Admins
    from latchkey.people.stores.people import Directory
    from latchkey.records.stores.edits import Edits
    from latchkey.records.stores.erasures import Erased, Erasures
    from latchkey.records.stores.leaver_runs import LeaverRuns
    from latchkey.roll.model.memory import Memory
    from latchkey.selections.stores.selections import Selections


class OfPeople(Base):
    """Stores of people and families."""

    def directory(self, school: str) -> Directory:
        """A school's people."""
        from latchkey.people.stores.people import Directory

        return Directory(self.table("DIRECTORY_TABLE"), school)

    def admins(self, school: str) -> Admins:
        """A school's admins."""
        from latchkey.people.stores.admins import Admins

        return Admins(self.client("dynamodb"), self.table("DIRECTORY_TABLE"), school)

    @cached_property
    def roll_memory(self) -> Memory:
        """The rolls that this container remembers."""
        from latchkey.roll.model.memory import Memory

        return Memory()

    def selections(self, school: str) -> Selections:
        """Whom a school's admins have chosen in the list of people."""
        from latchkey.selections.stores.selections import Selections

        return Selections(self.table("ACTIVITY_TABLE"), school)

    def leaver_runs(self, school: str) -> LeaverRuns:
        """A school's runs that mark people as left, or bring them back."""
        from latchkey.records.stores.leaver_runs import LeaverRuns

        return LeaverRuns(self.client("dynamodb"), self.table("ACTIVITY_TABLE"), school)

    def erased(self, school: str) -> Erased:
        """What is kept of a school's people who are being erased."""
        from latchkey.records.stores.erasures import Erased

        return Erased(self.table("DIRECTORY_TABLE"), school)

    def erasures(self, school: str) -> Erasures:
        """Where a school's people are erased."""
        from latchkey.records.stores.edits import Edits
        from latchkey.records.stores.erasures import Erasures

        directory, credentials = self._plain_table("DIRECTORY_TABLE"), self.table("CREDENTIALS_TABLE")
        edits = Edits(self.client("dynamodb"), directory, credentials, school)
        return Erasures(edits, (directory, credentials, self.table("SESSIONS_TABLE")), self.table("DIRECTORY_TABLE").noted)

    def edits(self, school: str) -> Edits:
        """Where an admin's corrections of a school's people are written."""
        from latchkey.records.stores.edits import Edits

        tables = self.table("DIRECTORY_TABLE"), self.table("CREDENTIALS_TABLE")
        return Edits(self.client("dynamodb"), *tables, school)

    def family_links(self, school: str) -> FamilyLinks:
        """Where a school's adults and children are unlinked by themselves."""
        from latchkey.families.stores.links import FamilyLinks

        return FamilyLinks(self.client("dynamodb"), self.table("DIRECTORY_TABLE"), school)

    def confirmations(self, school: str) -> Confirmations:
        """Where a school's people's addresses are confirmed."""
        from latchkey.families.stores.confirmations import Confirmations

        tables = self.table("DIRECTORY_TABLE"), self.table("CREDENTIALS_TABLE")
        return Confirmations(self.client("dynamodb"), *tables, school)

    def objections(self, school: str) -> Objections:
        """What a school's students have said of adults who are linked with them."""
        from latchkey.families.stores.objections import Objections

        return Objections(self.client("dynamodb"), self.table("DIRECTORY_TABLE"), school)

    def joins(self, school: str) -> Joins:
        """Where a school's parents and children find each other."""
        from latchkey.invitations.stores.joins import Joins

        tables = self.table("DIRECTORY_TABLE"), self.table("CREDENTIALS_TABLE")
        return Joins(self.client("dynamodb"), *tables, school)

    def invitations(self, school: str) -> Invitations:
        """A school's invitations of parents."""
        from latchkey.invitations.stores.invitations import Invitations

        return Invitations(self.table("DIRECTORY_TABLE"), school)

    def own_address(self, school: str) -> OwnAddress:
        """Where a school's people ask for another address."""
        from latchkey.accounts.stores.own_address import OwnAddress

        return OwnAddress(self.client("dynamodb"), self.table("DIRECTORY_TABLE"), school)

    def own_choices(self, school: str) -> OwnChoices:
        """What a school's people choose for themselves."""
        from latchkey.accounts.stores.own_choices import OwnChoices

        return OwnChoices(self.client("dynamodb"), self.table("DIRECTORY_TABLE"), school)

    def looks(self, school: str) -> Looks:
        """A school's looks for doubles."""
        from latchkey.doubles.stores.looks import Looks

        return Looks(self.table("ACTIVITY_TABLE"), school)

    def merges(self, school: str) -> Merges:
        """A school's merges of accounts."""
        from latchkey.doubles.stores.merges import Merges

        tables = self.table("DIRECTORY_TABLE"), self.table("CREDENTIALS_TABLE"), self.table("ACTIVITY_TABLE")
        return Merges(self.client("dynamodb"), *tables, school)

    def remains(self, table: str, school: str) -> Remains:
        """All that a school has in a table (``directory`` and so on)."""
        from latchkey.operator.stores.remains import Remains

        return Remains(self.table(f"{table.upper()}_TABLE"), table, school)

    def old_names(self, school: str) -> OldNames:
        """The names of a school under look-up keys of epochs that are over."""
        from latchkey.operator.stores.old_names import OldNames

        return OldNames(self.table("CREDENTIALS_TABLE"), school)
