"""Tells the other admins that there is a new one."""

from latchkey.mail.messages.words import Words, _

WORDS = Words(
    subject=_("There is a new admin of {school}"),
    heading=_("There is a new admin"),
    # Translators: follows the greeting, so it begins with a small letter where the language writes it so. Who it is follows.
    opening=_("this person was made an admin of {school}:"),
    closing=(_("If you did not expect this, end these rights on the page of admins, and tell whoever runs this site."),),
)
