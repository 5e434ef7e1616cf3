"""Tells admins which settings were changed, from what to what, by whom."""

from latchkey.mail.messages.words import Words, _

WORDS = Words(
    subject=_("Settings of {school} were changed"),
    heading=_("Settings were changed"),
    # Translators: follows the greeting, so it begins with a small letter where the language writes it so. What changed follows.
    opening=_("these settings of {school} were changed:"),
    closing=(
        _("Every admin of the school is sent this mail. If you did not expect this, look at the settings and change them back."),
    ),
)
