"""The one place where settings become stores: lazily, once for each container. Tests hand in their own clients and clock.

A store's module is loaded when a function first uses it, because every function comes through here and none needs them all.
"""

from __future__ import annotations

import gc
import os
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from latchkey.circuits.mail import OfMail
from latchkey.circuits.office import OfOffice
from latchkey.circuits.people import OfPeople
from latchkey.circuits.schools import OfSchools
from latchkey.circuits.sign_in import OfSignIn
from latchkey.circuits.sso import OfSso
from latchkey.settings import FunctionName, Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from latchkey.accounts import needs as accounts
    from latchkey.audit import needs as audit
    from latchkey.closure import needs as closure
    from latchkey.codes import needs as codes
    from latchkey.contacts import needs as contacts
    from latchkey.doubles import needs as doubles
    from latchkey.email_updates import needs as email_updates
    from latchkey.families import needs as families
    from latchkey.invitations import needs as invitations
    from latchkey.login_details import needs as login_details
    from latchkey.operator import needs as operator
    from latchkey.password_links import needs as password_links
    from latchkey.people import needs as people
    from latchkey.preflight import needs as preflight
    from latchkey.preflight import site_needs as preflight_site
    from latchkey.readiness import needs as readiness
    from latchkey.records import needs as records
    from latchkey.roll import needs as roll
    from latchkey.roll.model.entry import LinkFact, Refusal
    from latchkey.rosters import needs as rosters
    from latchkey.schools import needs as schools
    from latchkey.second_factors import needs as second_factors
    from latchkey.selections import needs as selections
    from latchkey.sends import needs as sends
    from latchkey.sends.model.invitee import Candidate
    from latchkey.shared.stores.register import Kind
    from latchkey.sign_in import needs as sign_in
    from latchkey.sso import needs as sso
    from latchkey.sso import oidc_needs as sso_oidc
    from latchkey.sso import saml_needs as sso_saml

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


class Wiring(OfSchools, OfPeople, OfSignIn, OfOffice, OfMail, OfSso):
    """The stores that a function's settings allow, and what a package is handed of those that stand above it."""

    def invitees(self, school: str, run: str | None, students: AbstractSet[str] | None) -> Iterator[Candidate]:
        """The parents in a school's contacts, as a send of invitations takes them."""
        from latchkey.contacts.list_invitees import invitees

        return invitees(self, school, run, students)

    def links_in(self, item: Mapping[str, Any]) -> Iterable[tuple[str, str, LinkFact | None]]:
        """The links that the item of a chunk of a send says of people."""
        from latchkey.sends.model.links import links_of
        from latchkey.sends.stores.items import chunk_from_item

        chunk = chunk_from_item({**item})
        return ((person, chunk.send, link) for person, link in links_of(chunk))

    def invitation_in(self, item: Mapping[str, Any]) -> tuple[str, Refusal | int] | None:
        """The invitation in the item of one whose mail was refused, or that was used: how, or when."""
        from latchkey.invitations.stores.invitations import invitation_from_item

        found = invitation_from_item({**item})
        what = found.used_at if found.problem is None else found.problem
        return (found.id, what) if what is not None else None

    def invitations_known(self, school: str) -> tuple[Mapping[str, Refusal], Mapping[str, int]]:
        """A school's invitations whose mail was refused, and when others of it were used."""
        return self.invitations(school).refused_and_used()

    def newest_links(self, school: str) -> Mapping[str, LinkFact]:
        """The newest password link of each of a school's people, by their id."""
        from latchkey.sends.newest_links import newest_links

        return newest_links(self, school)

    def certain_doubles(self, school: str) -> frozenset[tuple[str, str]]:
        """The pairs of a school's people who are almost certainly one."""
        from latchkey.doubles.certain_doubles import certain_doubles

        return certain_doubles(self, school)

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
