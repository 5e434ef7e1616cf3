"""What the printed formats say, in English; ``_`` marks each message, as in the mails, for catalogues of other languages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, Literal

from latchkey.codes.model.codes import USES
from latchkey.mail.messages.words import _

Kind = Literal["pin", "parent", "elsewhere", "none"]
"""What a student's or a parent's sheet holds: a code, the way to the school's own sign-in, or nothing to give."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """``for_whom`` heads a slip; the first of ``steps`` is followed by an address; ``{label}`` is the school's sign-in."""

    for_whom: str
    heading: str
    opening: str
    label: str
    steps: tuple[str, ...]
    closing: tuple[str, ...]


_NEVER_SHARE: Final = _("Nobody at school will ever ask you for your password.")
WORDS: Final[Mapping[Kind, Words]] = {
    "pin": Words(
        for_whom=_("For the student"),
        heading=_("Your school account"),
        opening=_("With this PIN you set up your account, or get back into it if you have forgotten your password."),
        label=_("Your PIN"),
        steps=(
            _("Scan the square, or go to"),
            _("Type your PIN, if it is not there yet."),
            _("Choose your own password."),
        ),
        closing=(_("Keep the PIN to yourself until you have used it."), _NEVER_SHARE),
    ),
    "parent": Words(
        for_whom=_("For parents and carers of"),
        heading=_("Your parent account"),
        opening=_("With this code each parent or carer sets up an account of their own, linked to this student."),
        label=_("Parent code"),
        steps=(
            _("Scan the square, or go to"),
            _("Type the code, if it is not there yet."),
            _("Set up your own account."),
        ),
        closing=(_("Give the code only to other parents and carers of this student."), _NEVER_SHARE),
    ),
    "elsewhere": Words(
        for_whom=_("For the student"),
        heading=_("Your school account"),
        opening=_("You need no PIN: you use the sign-in that you have already."),
        label=_("How to sign in"),
        steps=(_("Scan the square, or go to"), _("Choose “{label}”.")),
        closing=(_NEVER_SHARE,),
    ),
    "none": Words(
        for_whom=_("Login details"),
        heading=_("Your school account"),
        opening=_("There is no code for you yet. Ask your school’s office for one."),
        label="",
        steps=(),
        closing=(),
    ),
}
ONCE: Final = _("Works once, until {day}.")
ALL_PLACES: Final = _("For up to {count} parents or carers, until {day}.")
PLACES: Final = _("For {count} more parents or carers, until {day}.")
ONE_PLACE: Final = _("For one more parent or carer, until {day}.")
GROUP: Final = _("Registration group {group}")
NO_GROUP: Final = _("No registration group")
QR: Final = _("QR code that opens {address} with the code filled in")
QR_PAGE: Final = _("QR code that opens {address}")
DEAR_HOME: Final = _("To the parents and carers of")
TABLE_NOTE: Final = _("Show each student only their own line. Shred this list when everybody has signed in.")
NAME: Final = _("Name")
PIN: Final = _("PIN")
PARENT_CODE: Final = _("Parent code")
UNTIL: Final = _("Works until")
LEFT: Final = _("Places left")
AT_SCHOOL: Final = _("School sign-in")
MADE: Final = _("Made on {day}, page {page} of this group")
SEPARATOR: Final = _("Letters for this group follow.")
HELP: Final = _("Questions? {help}")
NOBODY: Final = _("No student of those chosen was at the school when this file was made.")
LOST: Final = _("Some letters of this name cannot be printed.")
_MONTHS: Final = (
    _("January"), _("February"), _("March"), _("April"), _("May"), _("June"),
    _("July"), _("August"), _("September"), _("October"), _("November"), _("December"),
)  # fmt: skip


@lru_cache(512)
def day(moment: int) -> str:
    """A day as people write it: 25 February 2027 (UTC)."""
    date = datetime.fromtimestamp(moment, UTC)
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


def lasts(kind: Kind, ends: int | None, places: int) -> str:
    """How often and until when a code works; ``ends`` is the moment at which it no longer does."""
    if ends is None:
        return ""
    until = day(ends - 1)
    if kind == "pin":
        return ONCE.format(day=until)
    if places == 1:
        return ONE_PLACE.format(day=until)
    return (ALL_PLACES if places == USES["parent"] else PLACES).format(count=places, day=until)


def group_name(group: str | None) -> str:
    """A registration group, as a heading."""
    return GROUP.format(group=group) if group else NO_GROUP
