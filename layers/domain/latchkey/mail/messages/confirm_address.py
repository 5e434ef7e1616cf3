"""Asks whoever reads an address to confirm it: the only mail that goes to an address which nobody has confirmed yet."""

from latchkey.mail.messages.words import CONFIRM_LIFE, Words, _

WORDS = Words(
    subject=_("Confirm your e-mail address for {school}"),
    heading=_("Is this your e-mail address?"),
    # Translators: follows the greeting, so it begins with a small letter where the language writes it so. A role follows, and
    # perhaps the first names of children.
    opening=_("somebody, we hope you, gave this e-mail address for an account at {school}. Confirm it if the account is yours:"),
    closing=(
        CONFIRM_LIFE,
        _("Until then no other mail for this account comes here, and what has to do with mail does not work."),
        _(
            "If you know nothing of this, you need not do anything: somebody may have mistyped their address. "
            "Please do not pass this mail on."
        ),
    ),
)
