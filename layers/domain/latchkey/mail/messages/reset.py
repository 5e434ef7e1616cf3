"""A link that the school sends to somebody who has had a password."""

from latchkey.mail.messages.words import Words, _

WORDS = Words(
    subject=_("Set a new password for {school}"),
    heading=_("Set a new password"),
    # Translators: the names of the accounts follow, one or several.
    opening=_("{school} has sent you this link so that you can set a new password for:"),
    closing=(
        _(
            "Each link works for {life}. Opening it changes nothing: it is used up when a password has been set with it. "
            "Until then the old password stays as it is. "
            "If the link has expired, open it all the same: the page can send a new one to this address."
        ),
        _(
            "Please do not pass this mail on: whoever has the link can set the password. "
            "If you know your password and are happy with it, you need not do anything."
        ),
    ),
)
