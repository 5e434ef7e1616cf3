"""Tells an admin who wants it, once a week, how many students can log in, what has changed, and why others cannot. No names."""

from collections.abc import Mapping
from typing import Any, Final

from latchkey.mail.messages.phrases import escape
from latchkey.mail.messages.words import Words, _
from latchkey.shared.catalogues import catalogue

WORDS = Words(
    subject=_("{school}: who can log in this week"),
    heading=_("Who can log in this week"),
    # Translators: follows the greeting, so it begins with a small letter where the language writes it so. The numbers follow.
    opening=_("this is how many students of {school} can log in from home:"),
    closing=(
        _("You get this mail once a week, because you asked for it in the console."),
        _("It names nobody. You can end it in the console, under Settings."),
    ),
)
READY: Final = _("Can log in: {ready} of {total}")
CHANGE: Final = _("Since last week: {change}")
WHY: Final = _("Why others cannot, the most common reasons:")
LINE: Final = _("{reason}: {count}")
ALL: Final = _("All of it:")
REASONS: Final[Mapping[str, str]] = {
    "disabled": _("Account switched off"),
    "locked": _("Locked after too many wrong passwords"),
    "duplicate": _("Probably a second account"),
    "link_unused": _("Link not used yet"),
    "code_unused": _("Code not used yet"),
    "complained": _("Called our mail spam"),
    "dead_address": _("Address takes no mail"),
    "school_filter": _("Mail filter refused it"),
    "our_fault": _("Mail refused because of our sender"),
    "unconfirmed": _("Address not confirmed"),
    "link_expired": _("Link no longer works"),
    "never_sent": _("Never sent a link"),
    "code_expired": _("Code no longer works"),
    "no_address_parent": _("No address, but a parent can help"),
    "no_address": _("No e-mail address"),
}


def weekly_variables(figures: Mapping[str, Any], console: str, language: str) -> dict[str, str]:
    """The numbers and the links of the mail. ``console``: where the school is there; each reason leads to its people."""
    tongue, texts = catalogue(language)

    def number(value: int) -> str:
        return f"{value:,}".replace(",", tongue.thousands)

    def filled(pattern: str, **values: str) -> str:
        return texts.gettext(pattern).format(**values)

    head = [filled(READY, ready=number(figures["ready"]), total=number(figures["total"]))]
    if figures.get("change") is not None:
        change = figures["change"]
        text = ("+" if change > 0 else "−" if change < 0 else "") + number(abs(change))
        # what begins with a sign would be turned around in a line that is read from right to left
        head.append(filled(CHANGE, change=f"\u2066{text}\u2069" if tongue.right_to_left else text))
    rows = [
        (filled(LINE, reason=texts.gettext(REASONS[code]), count=number(count)), f"{console}/people?role=student&reason={code}")
        for code, count in figures.get("reasons") or ()
        if code in REASONS
    ]
    text, html = "\n".join(head) + "\n", f'<div class="a"><p><b>{"<br>".join(map(escape, head))}</b></p></div>'
    if rows:
        text += f"\n{texts.gettext(WHY)}\n" + "".join(f"{said}\n{link}\n" for said, link in rows)
        items = "<br>".join(f'<a href="{escape(link)}">{escape(said)}</a>' for said, link in rows)
        html += f"<p>{escape(texts.gettext(WHY))}<br>{items}</p>"
    link, here = f"{console}/readiness/figures", texts.gettext(ALL)
    return {
        "accounts_text": f"{text}\n{here}\n{link}\n",
        "accounts_html": f'{html}<p>{escape(here)}<br><a href="{escape(link)}"><bdi dir="ltr">{escape(link)}</bdi></a></p>',
    }
