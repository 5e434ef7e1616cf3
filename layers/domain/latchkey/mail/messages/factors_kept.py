"""Tells admins, and whose it is, that a second step is not taken away after all."""

from latchkey.mail.messages.words import Words, _

WORDS = Words(
    subject=_("A second step at {school} stays as it is"),
    heading=_("A second step stays as it is"),
    # Translators: follows the greeting, so it begins with a small letter where the language writes it so. Who it is follows.
    opening=_("the second step of this person at {school} is not taken away, as an admin had asked:"),
    closing=(
        _("Somebody has stopped it, or something has changed since it was asked for."),
        _("If the person did not know of it, ask the admin who had asked for it why."),
    ),
)
