"""What the printed formats say: to families in their language, to the office in English.

``_`` marks the messages of families; ``speech`` says them in a language.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Final, Literal

from latchkey.codes.model.codes import USES
from latchkey.shared.catalogues import catalogue
from latchkey.shared.model.languages import Language
from latchkey.shared.model.texts import Catalogue, _

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
DEAR_HOME: Final = _("To the parents and carers of")
LOST: Final = _("Some letters of this name cannot be printed.")
TABLE_NOTE: Final = "Show each student only their own line. Shred this list when everybody has signed in."
NAME: Final = "Name"
PIN: Final = "PIN"
PARENT_CODE: Final = "Parent code"
UNTIL: Final = "Works until"
LEFT: Final = "Places left"
AT_SCHOOL: Final = "School sign-in"
MADE: Final = "Made on {day}, page {page} of this group"
SEPARATOR: Final = "Letters for this group follow."
NOBODY: Final = "No student of those chosen was at the school when this file was made."
# Translators: the names of the months as they stand in a date, with a space between each.
_MONTHS: Final = _("January February March April May June July August September October November December")


class Speech:
    """The words in a language; ``base`` is the direction of a paragraph: 1 from right to left, None as its letters have it."""

    def __init__(self, language: Language, texts: Catalogue) -> None:
        self.code = language.code if language.code != "en" else "en-GB"
        self.right_to_left = language.right_to_left
        self.base = 1 if language.right_to_left else None
        self.say = texts.gettext
        self.ngettext = texts.ngettext
        self._months = self.say(_MONTHS).split()
        self.words = {kind: self._said(words) for kind, words in WORDS.items()}
        self.day = lru_cache(512)(self._day)

    def lasts(self, kind: Kind, ends: int | None, places: int) -> str:
        """How often and until when a code works; ``ends`` is the moment at which it no longer does."""
        if ends is None:
            return ""
        until = self.day(ends - 1)
        if kind == "pin":
            return self.say(_("Works once, until {day}.")).format(day=until)
        if places == USES["parent"]:
            return self.say(_("For up to {count} parents or carers, until {day}.")).format(count=places, day=until)
        left = self.ngettext(
            "For one more parent or carer, until {day}.", "For {count} more parents or carers, until {day}.", places
        )
        return left.format(count=places, day=until)

    def help(self, line: str) -> str:
        """The school's own sentence about help; nothing where it has none."""
        return self.say(_("Questions? {help}")).replace("{help}", line) if line else ""

    def group_name(self, group: str | None) -> str:
        """A registration group, as a heading."""
        return self.say(_("Registration group {group}")).format(group=group) if group else self.say(_("No registration group"))

    def square(self, kind: Kind, address: str) -> str:
        """What a screen reader says of a QR code."""
        if kind == "elsewhere":
            return self.say(_("QR code that opens {address}")).format(address=address)
        return self.say(_("QR code that opens {address} with the code filled in")).format(address=address)

    def _day(self, moment: int) -> str:
        """A day as people write it: 25 February 2027 (UTC)."""
        date = datetime.fromtimestamp(moment, UTC)
        return self.say(_("{day} {month} {year}")).format(day=date.day, month=self._months[date.month - 1], year=date.year)

    def _said(self, words: Words) -> Words:
        return Words(
            for_whom=self.say(words.for_whom),
            heading=self.say(words.heading),
            opening=self.say(words.opening),
            label=self.say(words.label) if words.label else "",
            steps=tuple(map(self.say, words.steps)),
            closing=tuple(map(self.say, words.closing)),
        )


@cache
def speech(code: str = "en") -> Speech:
    """The words in a language; in English where there is no catalogue of it."""
    return Speech(*catalogue(code))


OFFICE: Final = speech()
"""What is for the office: in English, like the console."""
