"""Tells who made a message that it has paused itself."""

from latchkey.mail.messages.words import Words, _

WORDS = Words(
    subject=_("Your message at {school} is paused"),
    heading=_("Your message is paused"),
    # Translators: follows the greeting, so it begins with a small letter where the language writes it so. The facts follow.
    opening=_("the message that you sent to people of {school} has paused itself, because too much of it came back:"),
    closing=(
        _("Nothing more goes out until an admin has looked at it: its page says whose fault it is, and has the button to go on."),
    ),
)
