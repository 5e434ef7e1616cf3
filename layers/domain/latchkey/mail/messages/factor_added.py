"""Tells the owner that a second step of signing in was added; carries no link, so that it teaches nobody to follow one."""

from latchkey.mail.messages.words import Words, _

WORDS = Words(
    subject=_("A second step was added to your account at {school}"),
    heading=_("A second step was added"),
    # Translators: follows the greeting, so it begins with a small letter where the language writes it so. The name follows.
    opening=_("a passkey or an authenticator app has just been added to this account at {school}:"),
    closing=(
        _("From now on the account asks for it after the password."),
        _(
            "If it was you, all is well. If it was not, tell the school’s office at once: somebody knows your password. "
            "This mail has no link on purpose."
        ),
    ),
)
