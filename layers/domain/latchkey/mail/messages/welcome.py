"""The first link to an account."""

from latchkey.mail.messages.words import LIFE, Words, _

WORDS = Words(
    subject=_("Set your password for {school}"),
    heading=_("Set your password"),
    # Translators: the names of the accounts follow, one or several.
    opening=_("{school} has made an account for:"),
    closing=(
        LIFE,
        _(
            "Please do not pass this mail on: whoever has the link can set the password. "
            "If you do not know {school}, you need not do anything."
        ),
    ),
)
