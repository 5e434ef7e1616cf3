"""Tells the other admins that a send waits for their approval."""

from latchkey.mail.messages.words import Words, _

WORDS = Words(
    subject=_("A send of {school} waits for your approval"),
    heading=_("A send waits for your approval"),
    # Translators: follows the greeting, so it begins with a small letter where the language writes it so. The facts follow.
    opening=_("an admin of {school} wants to send password links. Nothing goes out until another admin approves it:"),
    closing=(_("If nobody approves it within 7 days, it is cancelled and nobody is sent anything."),),
)
