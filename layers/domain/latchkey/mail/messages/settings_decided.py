"""Tells admins that a change of settings that waited is not made."""

from latchkey.mail.messages.words import Words, _

WORDS = Words(
    subject=_("A change of settings of {school} was not made"),
    heading=_("A change of settings was not made"),
    # Translators: follows the greeting, so it begins with a small letter where the language writes it so. What follows.
    opening=_("this change of settings of {school} was asked for, and is not made:"),
    closing=(_("If it is still wanted, ask for it again on the page of settings."),),
)
