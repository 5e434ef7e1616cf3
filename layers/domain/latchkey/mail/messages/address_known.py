"""Tells whoever reads an address, which has an account at the school already, that somebody has registered with it.

Only whoever reads this mail can have the children added to that account; nothing of the new account goes into it but them.
"""

from latchkey.mail.messages.words import CONFIRM_LIFE, Words, _

WORDS = Words(
    subject=_("Add a child to your account at {school}"),
    heading=_("You have an account already"),
    # Translators: follows the greeting, so it begins with a small letter where the language writes it so. A role follows, and
    # the first names of children.
    opening=_(
        "somebody, we hope you, used a parent code of {school} with this e-mail address, which has an account there already. "
        "Confirm that it was you, and you have one account for everything:"
    ),
    closing=(
        CONFIRM_LIFE,
        _(
            "On the page you choose the account to which the child is added. Your password stays as it is. "
            "The new account ends, and its password with it."
        ),
        _(
            "If you know nothing of this, you need not do anything: your account stays as it is, and nobody gets into it. "
            "Please do not pass this mail on."
        ),
    ),
)
