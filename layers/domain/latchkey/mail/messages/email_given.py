"""Tells the new address of an account that mails come here now; carries no link, so that it teaches nobody to follow one."""

from latchkey.mail.messages.words import Words, _

WORDS = Words(
    subject=_("A new e-mail address for an account at {school}"),
    heading=_("A new e-mail address"),
    # Translators: follows the greeting, so it begins with a small letter where the language writes it so. The name follows.
    opening=_("this is now the e-mail address of this account at {school}:"),
    closing=(
        _("Mails for this account come here from now on, links for setting a password among them."),
        _(
            "If that is right, you need not do anything. If you do not know this account, tell the school’s office, "
            "which can correct the address. This mail has no link on purpose."
        ),
    ),
)
