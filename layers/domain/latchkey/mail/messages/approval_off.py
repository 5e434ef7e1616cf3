"""Tells the admin who remains that nothing waits for a second admin any more."""

from latchkey.mail.messages.words import Words, _

WORDS = Words(
    subject=_("Sends of {school} no longer wait for a second admin"),
    heading=_("You are the only admin now"),
    # Translators: follows the greeting, so it begins with a small letter where the language writes it so. The settings follow.
    opening=_("{school} has only one admin now. Nobody could approve what one admin asks for, so this was switched off:"),
    closing=(
        _(
            "A send that waited for approval still waits: open it in the list of sends, then send or cancel it yourself. "
            "A change of settings that waited was dropped: make it again, and it applies at once."
        ),
        _("When the school has a second admin again, switch approval on again on the page of settings."),
    ),
)
