"""An invitation: whom it is for, what it gives, and what becomes of it when the same mailbox is invited again."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal

from latchkey.password_links.model.links import Link
from latchkey.shared.model.identifiers import lookup
from latchkey.shared.model.ids import derived_id

Source = Literal["contacts", "selection", "student"]
"""Who says that this mailbox is a parent's: the office's file, an admin's choice of people, or a student."""
DAY: Final = 86_400
LIVES: Final[dict[Source, int]] = {"contacts": 28 * DAY, "selection": 28 * DAY, "student": 14 * DAY}
"""How long links work, in seconds."""
SLACK: Final = DAY
"""By so much an invitation outlives its links: one that is given again within that time is not written again."""
KEPT: Final = 90 * DAY
"""Seconds after the last time that it was given, when nothing is left of an invitation."""
MOST_CHILDREN: Final = 30
"""A transaction that joins them all has room for some more."""
_MOST_KEPT: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """What is known of one mailbox. Times in epoch seconds.

    ``version``: another one ends all older links. ``ends_at``: after it none is made or works. ``kept``: the parents of contacts
    (run, id) that this invitation takes the place of once it was used. ``problem``: mail there came back, or was called spam.
    ``asked``: those of the children for whom only they themselves have asked, which they may take back.
    Of a used one only id, version and times stay.
    """

    id: str
    version: int
    created_at: int
    ends_at: int
    email: str = ""
    children: tuple[str, ...] = ()
    source: Source = "selection"
    language: str | None = None
    given_name: str = ""
    family_name: str = ""
    status: Literal["open", "used"] = "open"
    used_at: int | None = None
    kept: tuple[tuple[str, str], ...] = ()
    asked: tuple[str, ...] = ()
    problem: Literal["bounced", "complained"] | None = None

    @property
    def name(self) -> str:
        """What the school calls the parent; empty where it does not know."""
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def stamp(self) -> str:
        """Changes with the address, and when it was used: a link with another one is dead."""
        return hashlib.sha256(f"invitation|{self.email}|{self.version}|{self.status}".encode()).hexdigest()[:12]

    def is_open(self, now: int) -> bool:
        """Whether a link to it works at this time."""
        return self.status == "open" and self.ends_at > now and bool(self.children)


def invitation_id(key: bytes, email: str) -> str:
    """The id of a mailbox's invitation under a look-up key of the school: the same whoever invites."""
    return derived_id(0, f"invitation/{lookup(key, 'invitation', email)}")


def link_of(invitation: Invitation, school: str, ends_at: int) -> Link:
    """What a token for it says."""
    return Link("invitation", school, invitation.id, ends_at, invitation.version, invitation.stamp)


def fresh(
    invitation_id: str,
    email: str,
    children: Iterable[str],
    source: Source,
    now: int,
    *,
    language: str | None = None,
    given_name: str = "",
    family_name: str = "",
    kept: Iterable[tuple[str, str]] = (),
) -> Invitation:
    """An invitation as it is asked for now."""
    children = tuple(dict.fromkeys(children))[:MOST_CHILDREN]
    return Invitation(
        id=invitation_id,
        version=now,
        created_at=now,
        ends_at=now + LIVES[source] + SLACK,
        email=email,
        children=children,
        asked=children if source == "student" else (),
        source=source,
        language=language,
        given_name=given_name,
        family_name=family_name,
        kept=tuple(dict.fromkeys(kept))[:_MOST_KEPT],
    )


def united(found: Invitation | None, wanted: Invitation, now: int) -> Invitation:
    """What stands after a mailbox is invited (again): links that are out go on working, and give what was added, too.

    One that was used, taken back or too old begins anew, with a version that no older link has. The office's word on names and
    language comes before a student's, who says nothing of them.
    """
    if found is None:
        return wanted
    if not found.is_open(now):
        return replace(wanted, version=max(wanted.version, found.version + 1))
    children = tuple(dict.fromkeys((*found.children, *wanted.children)))[:MOST_CHILDREN]
    by_office = {each for one in (found, wanted) for each in one.children if each not in one.asked}
    asked = {*found.asked, *wanted.asked} - by_office
    knows = bool(wanted.name) and wanted.source != "student"
    return replace(
        found,
        children=children,
        asked=tuple(each for each in children if each in asked),
        source=found.source if wanted.source == "student" else wanted.source,
        language=wanted.language or found.language,
        given_name=wanted.given_name if knows else found.given_name,
        family_name=wanted.family_name if knows else found.family_name,
        ends_at=found.ends_at if wanted.ends_at - found.ends_at < SLACK else wanted.ends_at,
        kept=tuple(dict.fromkeys((*wanted.kept, *found.kept)))[:_MOST_KEPT],
    )


def without_child(found: Invitation, child: str) -> Invitation | None:
    """An invitation without a child; None where it was the only one."""
    children = tuple(each for each in found.children if each != child)
    return replace(found, children=children, asked=tuple(each for each in found.asked if each != child)) if children else None
