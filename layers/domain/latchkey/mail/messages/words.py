"""The words of a mail, in English; the catalogues have the other languages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """``{school}`` and ``{life}`` stand for the school's name and how long a link works. ``opening`` leads to the accounts."""

    subject: str
    heading: str
    opening: str
    closing: tuple[str, ...]


def _(message: str) -> str:
    """Marks a message for translation, and leaves it alone."""
    return message


GREETING = _("Hello,")
LIFE = _(
    "Each link works for {life}. Opening it changes nothing: it is used up when a password has been set with it. "
    "If it has expired, open it all the same: the page can send a new one to this address."
)
CONFIRM_LIFE = _(
    "Each link works for {life}. Opening it changes nothing: the page asks you first. "
    "If it has expired, sign in to your account and have a new one sent."
)
