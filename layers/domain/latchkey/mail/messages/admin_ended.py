"""Tells admins, and who was one, that somebody's admin rights were ended."""

from latchkey.mail.messages.words import Words, _

WORDS = Words(
    subject=_("Admin rights at {school} were ended"),
    heading=_("Admin rights were ended"),
    # Translators: follows the greeting, so it begins with a small letter where the language writes it so. Who it is follows.
    opening=_("this person is no longer an admin of {school}:"),
    closing=(_("The account stays. If this was a mistake, any admin or whoever runs this site can invite this person again."),),
)
