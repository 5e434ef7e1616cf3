"""Tells the owner that the password was changed; carries no link, so that it teaches nobody to follow one."""

from latchkey.mail.messages.words import Words, _

WORDS = Words(
    subject=_("Your password at {school} was changed"),
    heading=_("Your password was changed"),
    # Translators: follows the greeting, so it begins with a small letter where the language writes it so. The name follows.
    opening=_("the password of this account at {school} has just been set or changed:"),
    closing=(
        _("Everybody who was signed in with the old password has been signed out, and older links no longer work."),
        _(
            "If you sign in with your phone as well, that still works. If you have lost it, sign in with the password and "
            "remove it on your account page."
        ),
        # Translators: “Forgot password” is what the link on the sign-in page says in your language.
        _(
            "If it was you, all is well. If it was not, go to the school’s sign-in page, choose “Forgot password” "
            "and set a new one, and tell the school’s office. This mail has no link on purpose."
        ),
    ),
)
