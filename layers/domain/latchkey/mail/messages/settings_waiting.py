"""Tells admins that a change of settings waits for a second one."""

from latchkey.mail.messages.words import Words, _

WORDS = Words(
    subject=_("A change of settings waits for a second admin of {school}"),
    heading=_("A change of settings waits"),
    # Translators: follows the greeting, so it begins with a small letter where the language writes it so. What changes follows.
    opening=_("an admin of {school} has asked for a change of settings. It applies when another admin approves it:"),
    closing=(
        _("Approve or decline it on the page of settings. If nobody approves it within 7 days, nothing changes."),
        _("If you did not expect this, ask the admin named above before you approve it."),
    ),
)
