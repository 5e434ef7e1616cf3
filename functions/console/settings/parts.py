"""The short pages of settings: which settings each holds, and what it holds now in words.

A setting stands on exactly one page (tests/unit compares). To add one: its name here, its field in
``templates/settings/pages/<page>.html``, its words in ``settings_in_words``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from latchkey.schools.model.school import Settings
from latchkey.schools.model.settings_in_words import held
from latchkey.sends.preview_mail import SampledMail


@dataclass(frozen=True, slots=True)
class Shown:
    """What can stand beside a page: words of its button, and which mail it is (of what is none, nobody asks)."""

    words: str
    purpose: SampledMail = "welcome"


SHOWN: Final[Mapping[str, Shown]] = {
    "page": Shown("Your school’s page"),
    "welcome": Shown("Mail with a first password link"),
    "reset": Shown("Mail with a new password link", "reset"),
    "slip": Shown("Slip with a PIN"),
    "letter": Shown("Letter with a PIN"),
    "forgot": Shown("Mail after “forgot password”", "forgot"),
}
PAPER: Final = ("slip", "letter")
_MAILS: Final = ("welcome", "reset", "forgot")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One page of settings. ``names`` are settings by the names of the API, ``logo_png`` the picture that is sent for ``logo``.

    ``shows`` are the previews that stand beside it, the first one first.
    """

    title: str
    names: tuple[str, ...]
    shows: tuple[str, ...] = ()


PARTS: Final[Mapping[str, Part]] = {
    "page": Part(
        title="School page and notice",
        names=("notice", "notice_starts_at", "notice_ends_at", "help_line", "office_hours", "logo_png", "colour"),
        shows=("page", "welcome", *PAPER),
    ),
    "website": Part(title="For your website", names=("form_origins",)),
    "mails": Part(title="Mails and letters", names=("language", "reply_to", "names"), shows=(*_MAILS, *PAPER, "page")),
    "links": Part(
        title="Links and codes",
        names=("welcome_life", "reset_life", "forgot_life", "code_life", "student_email", "afterwards"),
        shows=(*_MAILS, *PAPER),
    ),
    "families": Part(title="Students and parents", names=("family",)),
    "sign-in": Part(title="Sign-in", names=("sso", "second_factor", "phones", "address_ranges"), shows=("page",)),
    "approval": Part(title="Admins and approval", names=("approval",)),
    "files": Part(title="Files from your MIS, and addresses", names=("laestab", "words", "student_domains", "staff_domains")),
}
"""By the last part of the page's address."""


def lines(part: Part, settings: Settings) -> list[tuple[str, str]]:
    """``(what, value)`` of what a page holds now, in words."""
    return [line for name in part.names for line in held(name, settings)]
