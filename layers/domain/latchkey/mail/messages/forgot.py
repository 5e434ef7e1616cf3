"""A link that somebody asked for on the school's page."""

from latchkey.mail.messages.words import LIFE, Words, _

WORDS = Words(
    subject=_("The new password you asked for at {school}"),
    heading=_("The new password you asked for"),
    # Translators: follows the greeting, so it begins with a small letter where the language writes it so. The names follow.
    opening=_("somebody, we hope you, asked {school} for a link to set a new password for:"),
    closing=(
        LIFE,
        _(
            "If you did not ask for this, you need not do anything: nothing has changed, "
            "and nobody can set the password without this mail. Please do not pass it on."
        ),
    ),
)
