"""A test to a mailbox that an admin has chosen, before the evening; says nothing of any account, and has no link."""

from latchkey.mail.messages.words import Words, _

WORDS = Words(
    subject=_("A test from {school}: does its mail arrive?"),
    heading=_("This is a test"),
    # Translators: follows the greeting, so it begins with a small letter where the language writes it so.
    opening=_("{school} is trying whether mail with login details would reach this mailbox. You need not do anything."),
    closing=(
        _(
            "If you have found this mail among spam, or had to let it out of quarantine, tell the school’s office: "
            "mail to others would be hidden in the same way."
        ),
        _("This mail has no link and no code on purpose."),
    ),
)
