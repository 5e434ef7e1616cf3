"""Tells admins, and whose it was, that somebody's second step was taken away, because they had lost everything for it."""

from latchkey.mail.messages.words import Words, _

WORDS = Words(
    subject=_("Somebody’s second step at {school} was taken away"),
    heading=_("A second step was taken away"),
    # Translators: follows the greeting, so it begins with a small letter where the language writes it so. Who it is follows.
    opening=_("this person signs in to {school} with the password alone again, until they set up a new second step:"),
    closing=(
        _("They were signed out everywhere."),
        _("If nobody asked for this, tell whoever runs this site at once, and set a new password for this person."),
    ),
)
