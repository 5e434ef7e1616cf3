"""What an adult sees of a child of theirs: whether the child can sign in, since when, and what would help. Values only.

An adult sees the day on which a child last signed in, not the hour: they help the child in, and do not watch. Of a child's
address they see the first letters, which is enough to know it by.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from latchkey.mail.model.account import masked
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from latchkey.sends.model.send import Skip, skip_reason
from latchkey.shared.model.clock import ZONE

SignIn = Literal["ready", "no_password", "own_sign_in", "off"]
"""``ready``: has a password. ``own_sign_in``: the school's own, so neither password nor PIN. ``off``: the account is."""
PinWay = Literal["can", "own_sign_in", "off", "hidden", "no_number"]
"""Whether an adult may see a child's PIN, or why not. ``hidden``: the school, or the child, has said so."""
LinkWay = Literal["can", "own_sign_in", "off", "no_address", "unconfirmed", "refused"]
"""Whether a link can be mailed to a child, or why not.

``unconfirmed``: the address was typed beside a code. ``refused``: mail to it came back, or was called spam.
"""
MOST: Final = 50
"""Children of one adult who are shown."""
_LINKS: Final[dict[Skip, LinkWay]] = {
    "no_address": "no_address",
    "unconfirmed": "unconfirmed",
    "single_sign_on": "own_sign_in",
    "disabled": "off",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One child as an adult sees them; days are dates in the school's time (ISO 8601). ``email`` is the address in part."""

    id: str
    given_name: str
    family_name: str
    year_group: str | None
    registration_group: str | None
    sign_in: SignIn
    username: str | None
    email: str | None
    password_set_on: str | None
    last_login_on: str | None
    pin: PinWay
    link: LinkWay

    @property
    def name(self) -> str:
        """What the page calls the child."""
        return f"{self.given_name} {self.family_name}".strip()


def are_linked(adult: Person, child: Person) -> bool:
    """Whether these two belong together now: both say so, and the child is a student who has not left."""
    return child.role == "student" and child.status != "left" and child.id in adult.children and adult.id in child.parents


def card(school: School, adult: Person, child: Person) -> Card:
    """The card of a child who is linked with this adult."""
    known = school.known_as(child)
    return Card(
        id=child.id,
        given_name=known.given_name,
        family_name=known.family_name,
        year_group=child.year_group,
        registration_group=child.registration_group,
        sign_in=_sign_in(school, child),
        username=child.username,
        email=masked(child.email) if child.email else None,
        password_set_on=_day(child.password_set_at),
        last_login_on=_day(child.last_login_at),
        pin=pin_way(school, adult, child),
        link=link_way(school, child),
    )


def _day(moment: int | None) -> str | None:
    if moment is None:
        return None
    from zoneinfo import ZoneInfo  # a request that shows no child does without

    return datetime.fromtimestamp(moment, ZoneInfo(ZONE)).date().isoformat()


def _sign_in(school: School, child: Person) -> SignIn:
    if child.status != "active":
        return "off"
    if school.uses_sso(child):
        return "own_sign_in"
    return "ready" if child.has_way_in else "no_password"


def pin_way(school: School, adult: Person, child: Person) -> PinWay:
    """Whether this adult may see the PIN of a child who is linked with them.

    One word for what the school has decided for all and for what was said of this adult, so that nobody learns that a child, or
    the other parent, has asked for it.
    """
    rule = school.settings.family
    if child.status != "active":
        return "off"
    if school.uses_sso(child):
        return "own_sign_in"
    if not rule.pins or child.hides_pin_from(adult.id):
        return "hidden"
    if adult.address_is_unconfirmed and not rule.pins_unconfirmed:
        return "hidden"
    return "can" if child.number is not None else "no_number"


def link_way(school: School, child: Person) -> LinkWay:
    """Whether a link can be mailed to this child."""
    reason = skip_reason(child, school)
    return "can" if reason is None else _LINKS.get(reason, "refused")
