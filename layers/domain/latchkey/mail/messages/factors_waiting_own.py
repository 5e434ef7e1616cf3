"""Tells somebody, at each address on file, that their second step is to be taken away, in time to stop it; carries no link."""

from latchkey.mail.messages.words import Words, _

WORDS = Words(
    subject=_("Your second step at {school} is to be taken away"),
    heading=_("Your second step is to be taken away"),
    # Translators: follows the greeting, so it begins with a small letter where the language writes it so. Who it is follows.
    opening=_("an admin of {school} says that you have lost everything for your second step:"),
    closing=(
        _("If you have lost it, you need not do anything: after this time your password alone opens your account."),
        _(
            "If you have not lost it, sign in as always and show it: that stops it. Then tell the school’s office. "
            "This mail has no link on purpose."
        ),
    ),
)
