"""Tells a student that a parent has looked at their PIN; carries no link, and never the PIN or what a parent has typed."""

from latchkey.mail.messages.words import Words, _

WORDS = Words(
    subject=_("A parent has looked at your PIN at {school}"),
    heading=_("A parent has looked at your PIN"),
    # Translators: follows the greeting, so it begins with a small letter where the language writes it so. The name follows.
    opening=_("a parent or carer who is linked to this account at {school} has looked at its PIN, to help you sign in:"),
    closing=(
        _("A PIN works once: with it a new password is set. Your password is as it was until somebody does that."),
        _(
            "If you do not know who that was, or do not want it, tell the school’s office or a teacher. They can see who looked, "
            "and can stop it. This mail has no link on purpose."
        ),
    ),
)
