"""Tells admins that the daily look has found something that would stop the school's mail."""

from latchkey.mail.messages.words import Words, _

WORDS = Words(
    subject=_("Something would stop mail from {school}"),
    heading=_("Something would stop mail tonight"),
    # Translators: follows the greeting, so it begins with a small letter where the language writes it so. What it is follows.
    opening=_("the daily look has found something that would keep mail of {school} from its people:"),
    closing=(
        _("The page says for each what to do, and who can do it: an admin, who runs this site, or who looks after its domain."),
        _("You get this mail once for each. If it is mended and comes back, you get another."),
    ),
)
