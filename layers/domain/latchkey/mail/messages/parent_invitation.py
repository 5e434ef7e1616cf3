"""Invites a parent: one mail for all their children at the school. Nothing that anybody has typed into a form stands in it."""

from latchkey.mail.messages.words import Words, _

WORDS = Words(
    subject=_("Your account as a parent at {school}"),
    heading=_("Your account as a parent"),
    # Translators: follows the greeting, so it begins with a small letter where the language writes it so. The first names of one
    # child or several follow.
    opening=_("{school} invites you to have an account as a parent or carer of:"),
    closing=(
        _(
            "You choose a password on the page, and need no code. If this address has an account at the school already, your "
            "children are added to it. The link works for {life}. Opening it changes nothing."
        ),
        _(
            "Please do not pass this mail on: whoever has the link can make the account. "
            "If these are not your children, tell the school’s office; you need not do anything else."
        ),
    ),
)
