"""Tells the owner that a second step of signing in was removed; carries no link, so that it teaches nobody to follow one."""

from latchkey.mail.messages.words import Words, _

WORDS = Words(
    subject=_("A second step was removed from your account at {school}"),
    heading=_("A second step was removed"),
    # Translators: follows the greeting, so it begins with a small letter where the language writes it so. The name follows.
    opening=_("a passkey or an authenticator app has just been removed from this account at {school}:"),
    closing=(
        _("It no longer opens the account. Your account page shows what is left."),
        _(
            "If it was you, all is well. If it was not, tell the school’s office at once, and set a new password. "
            "This mail has no link on purpose."
        ),
    ),
)
