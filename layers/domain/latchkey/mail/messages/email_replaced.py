"""Tells the old address of an account that there is another one now; carries no link, and the new address in part only."""

from latchkey.mail.messages.words import Words, _

WORDS = Words(
    subject=_("The e-mail address of your account at {school} was changed"),
    heading=_("The e-mail address was changed"),
    # Translators: follows the greeting, so it begins with a small letter where the language writes it so. The name follows, and
    # after "Sign in with" the new address, of which most signs are hidden.
    opening=_(
        "the e-mail address of this account at {school} was changed. Mails for it no longer come here. "
        "We show only a part of the new address:"
    ),
    closing=(
        _("Links for setting a password that were sent here no longer work. The next ones go to the new address."),
        _(
            "If you know of this change, you need not do anything. If you do not, tell the school’s office soon: "
            "somebody else may get into the account. This mail has no link on purpose."
        ),
    ),
)
