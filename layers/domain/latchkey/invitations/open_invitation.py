"""Look at an invitation by its link: what it is for, and which accounts of the mailbox it could be joined to. Changes nothing."""

from dataclasses import dataclass
from typing import Final, NoReturn

from latchkey.errors import Gone
from latchkey.invitations.model.invitation import Invitation
from latchkey.invitations.needs import System
from latchkey.password_links.model import links
from latchkey.password_links.model.links import Fault, Link
from latchkey.people.model.person import Person
from latchkey.schools.model.own_sign_in import signs_in_elsewhere
from latchkey.schools.model.school import School
from latchkey.shared.model.identifiers import lookup
from latchkey.shared.model.ids import is_slug
from latchkey.shared.model.texts import said

GONE: Final[dict[Fault, str]] = {
    "used": said("This invitation has been used. Sign in with the password of your account."),
    "expired": said("This invitation is too old. Ask the school’s office to send it again."),
    "replaced": said(
        "This invitation no longer works: it was taken back, or your child is no longer at the school. "
        "If you are not sure, ask the school’s office."
    ),
    "damaged": said("This link is not complete. Open it from the mail again."),
}


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """An invitation that works. ``children``: those who are at the school now. ``accounts``: of adults, under its address.

    An address that nobody has confirmed counts for none: somebody else may have typed it, and know that account's password.
    """

    link: Link
    school: School
    invitation: Invitation
    children: tuple[Person, ...]
    accounts: tuple[Person, ...]


def check(system: System, token: str) -> OpenInvitation:
    """What a link that works is for; ``Gone`` with the reason if it does not."""
    link, school, found = _genuine(system, token)
    if found is None or (found.version, found.stamp) != (link.version, link.stamp):
        used = found is not None and found.status == "used" and found.version == link.version
        refuse("used" if used else "replaced")
    if min(link.expires_at, found.ends_at) <= system.now():
        refuse("expired")
    children, adults = _people(system, school, found)
    if not children or any(each.status == "disabled" for each in adults):
        refuse("replaced")  # whom an admin has switched off does not come in by another way
    accounts = tuple(each for each in adults if each.status == "active" and not school.uses_sso(each))
    if "parent" in school.settings.sso.roles and not accounts:
        raise signs_in_elsewhere(school, "parent")
    return OpenInvitation(link, school, found, children, accounts)


def is_child_here(person: Person) -> bool:
    """Whether somebody can be invited for them: a student who has not left."""
    return person.role == "student" and person.status != "left"


def _people(system: System, school: School, found: Invitation) -> tuple[tuple[Person, ...], list[Person]]:
    """The children that are here, and the adults whose confirmed address this is, whatever their state: read in one call."""
    keys = [lookup(system.lookup_key(school.slug, epoch), "email", found.email) for epoch in school.lookup_epochs]
    directory = system.directory(school.slug)
    ids = directory.ids_by("email", *keys)
    people = {each.id: each for each in directory.by_ids([*found.children, *ids])}
    children = tuple(people[each] for each in found.children if each in people and is_child_here(people[each]))
    adults = [people[each] for each in ids if each in people and people[each].email_key in keys]
    return children, [each for each in adults if is_adult_at(each, found.email)]


def is_adult_at(person: Person, email: str) -> bool:
    """Whether this is an adult's account under an address that they have shown to read, or that the school has given them."""
    return person.role != "student" and person.email == email and not person.address_is_unconfirmed


def refuse(fault: Fault) -> NoReturn:
    """Say why an invitation does not work."""
    raise Gone(GONE[fault], code=fault)


def _genuine(system: System, token: str) -> tuple[Link, School, Invitation | None]:
    """The link of an invitation that we made, its school and itself, read consistently.

    Nothing of the link counts before its MAC does: it says where to look, and what was found there is then thrown away.
    """
    parts = links.read(token)
    if parts is None or parts[0].purpose != "invitation":
        refuse("damaged")
    link, body, mac = parts
    school, found = system.invitations(link.school).with_school(link.person) if is_slug(link.school) else (None, None)
    if school is None or not links.is_genuine(body, mac, system.link_key(link.school, school.link_epoch)):
        refuse("damaged")
    return link, school, found
