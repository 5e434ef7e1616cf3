"""Tells a student where the code for their parents stands; no link, and never the code: its reader signs in first."""

from latchkey.mail.messages.words import Words, _

WORDS = Words(
    subject=_("A code for your parents at {school}"),
    heading=_("A code for your parents"),
    # Translators: follows the greeting, so it begins with a small letter where the language writes it so. The name follows.
    opening=_("your parents or carers can have an account at {school} too, with a code that you find in this account:"),
    closing=(
        # Translators: “Your parents’ code” is a heading of the account page; say it as that page does in this language.
        _("Sign in at the school’s page as always. In your account, under “Your parents’ code”, show the code to your parents."),
        _("Show it to nobody else, and do not pass it on by chat or mail. This mail has no link and no code on purpose."),
    ),
)
