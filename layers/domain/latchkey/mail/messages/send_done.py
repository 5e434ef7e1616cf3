"""Tells who made a message that it is done."""

from latchkey.mail.messages.words import Words, _

WORDS = Words(
    subject=_("Your message at {school} is done"),
    heading=_("Your message is done"),
    # Translators: follows the greeting, so it begins with a small letter where the language writes it so. The facts follow.
    opening=_("the message that you sent to people of {school} has gone out:"),
    closing=(_("Its page says what became of each mail, and lets you remind those who have not used theirs."),),
)
