"""Tells admins that somebody's second step is to be taken away, because everything for it is lost, in time to stop it."""

from latchkey.mail.messages.words import Words, _

WORDS = Words(
    subject=_("Somebody’s second step at {school} is to be taken away"),
    heading=_("A second step is to be taken away"),
    # Translators: follows the greeting, so it begins with a small letter where the language writes it so. Who it is follows.
    opening=_("an admin of {school} says that this person has lost everything for their second step:"),
    closing=(
        _("After that the password alone opens the account, until a new second step is set up."),
        _("Ask the person, not by mail. Any admin can stop it on the first page of the console, until it is done."),
    ),
)
