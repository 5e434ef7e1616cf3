"""The stores and keys of ways in: passwords, second factors, codes, links, sessions."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from latchkey.circuits.base import Base

if TYPE_CHECKING:
    from collections.abc import Sequence

    from latchkey.codes.stores.codes import Codes
    from latchkey.codes.stores.numbers import Numbers
    from latchkey.codes.stores.uses import CodeUses
    from latchkey.second_factors.model.relying_party import RelyingParty
    from latchkey.second_factors.stores.challenges import Challenges
    from latchkey.second_factors.stores.factors import KeptFactors
    from latchkey.sign_in.stores.bearers import Bearers
    from latchkey.sign_in.stores.credentials import Candidates, Credentials
    from latchkey.sign_in.stores.failures import Failures
    from latchkey.sign_in.stores.passwords import Passwords
    from latchkey.sign_in.stores.sessions import Sessions


class OfSignIn(Base):
    """Stores and keys of ways in."""

    def credentials(self, school: str) -> Credentials:
        """A school's password hashes."""
        from latchkey.sign_in.stores.credentials import Credentials

        return Credentials(self.table("CREDENTIALS_TABLE"), school)

    def candidates(self, school: str, ids: Sequence[str]) -> Candidates:
        """Who may be meant by a name, with their hashes and second factors, in one read."""
        from latchkey.sign_in.stores.credentials import candidates_of

        return candidates_of(self.table("DIRECTORY_TABLE"), self.table("CREDENTIALS_TABLE"), school, ids)

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

    def numbers(self, school: str) -> Numbers:
        """The short numbers of a school's students."""
        from latchkey.codes.stores.numbers import Numbers

        return Numbers(self.table("DIRECTORY_TABLE"), school)

    def codes(self, school: str) -> Codes:
        """Where a school's codes are given."""
        from latchkey.codes.stores.codes import Codes

        return Codes(self.table("DIRECTORY_TABLE"), school)

    def code_uses(self, school: str) -> CodeUses:
        """Where a school's codes are used."""
        from latchkey.codes.stores.uses import CodeUses

        tables = self.table("DIRECTORY_TABLE"), self.table("CREDENTIALS_TABLE")
        return CodeUses(self.client("dynamodb"), *tables, school)

    def sessions(self, school: str) -> Sessions:
        """A school's sessions."""
        from latchkey.sign_in.stores.sessions import Sessions

        return Sessions(self.table("SESSIONS_TABLE"), school)

    def bearers(self, school: str) -> Bearers:
        """Who holds a school's sessions."""
        from latchkey.sign_in.stores.bearers import Bearers

        return Bearers(self.client("dynamodb"), self.table("SESSIONS_TABLE"), self.table("DIRECTORY_TABLE"), school)

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
