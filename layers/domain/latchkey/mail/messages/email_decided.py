"""Tells admins what became of the change of an admin's address."""

from latchkey.mail.messages.words import Words, _

WORDS = Words(
    subject=_("{school}: what became of the change of an admin’s address"),
    heading=_("The change of an address waits no longer"),
    # Translators: follows the greeting, so it begins with a small letter where the language writes it so. Whose follows.
    opening=_("the change of an admin’s e-mail address at {school} waits no longer:"),
    closing=(_("If you did not expect this, look at the page of admins."),),
)
