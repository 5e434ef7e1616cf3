"""Tells admins that another admin's address is to be changed, in time to object."""

from latchkey.mail.messages.words import Words, _

WORDS = Words(
    subject=_("An admin’s e-mail address at {school} is to be changed"),
    heading=_("An admin’s address is to be changed"),
    # Translators: follows the greeting, so it begins with a small letter where the language writes it so. Whose follows.
    opening=_("an admin of {school} has asked to change another admin’s e-mail address:"),
    closing=(
        _("Any other admin can agree or object to it on the page of admins. If nobody objects within 24 hours, it is done."),
        _("If this is your address and you did not expect this, object to it now, and ask the admin named above."),
    ),
)
