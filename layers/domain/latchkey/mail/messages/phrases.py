"""What all mails say alike: the block of an account, a link, a time; made ready once for each language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final
from unicodedata import bidirectional

from latchkey.mail.messages.words import _
from latchkey.shared.catalogues import catalogue

_HTML: Final = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;"), ("{", "&#123;"), ("}", "&#125;"))
_SPECIAL: Final = re.compile("[&<>\"'{}]").search
_ISOLATE: Final = "\u2068{}\u2069"
_RIGHT_TO_LEFT: Final = {"R", "AL", "AN"}
_ROLES: Final = {
    "student": _("student"),
    "teacher": _("teacher"),
    "staff": _("member of staff"),
    "parent": _("parent"),
}


@dataclass(frozen=True, slots=True)
class Phrases:
    """Patterns for ``str.format``; those for HTML are escaped and take what is escaped."""

    right_to_left: bool
    roles: Mapping[str, str]
    roles_html: Mapping[str, str]
    account_text: str
    account_html: str
    children_text: str
    children_html: str
    confirm_text: str
    confirm_html: str
    join_text: str
    join_html: str
    invited_html: str
    unconfirmed_text: str
    unconfirmed_html: str
    link_text: str
    link_html: str
    help_text: str
    help_html: str


@cache
def phrases(code: str) -> Phrases:
    """The phrases of a language."""
    language, texts = catalogue(code)
    gettext = texts.gettext
    roles = {role: gettext(word) for role, word in _ROLES.items()}
    children = gettext("Parent of: {children}")
    sign_in, questions = gettext("Sign in with: {login}"), gettext("Questions? {help}")
    # An address among letters that run from right to left would come out in pieces.
    link = '<bdi dir="ltr">{link}</bdi>' if language.right_to_left else "{link}"
    login = '<bdi dir="ltr">{login}</bdi>' if language.right_to_left else "<bdi>{login}</bdi>"
    return Phrases(
        right_to_left=language.right_to_left,
        roles=roles,
        roles_html={role: escape(word) for role, word in roles.items()},
        account_text="{name} ({role})\n" + _pattern(sign_in, "login") + "\n",
        # Short, because it stands in each of a call's 50 mails; the styles are in the layout.
        account_html='<div class="a"><p><b><bdi>{name}</bdi></b> ({role})<br>'
        + _html_pattern(sign_in, "login", f"<b>{login}</b>")
        + "{children}</p>{link}</div>",
        children_text=_pattern(children, "children") + "\n",
        children_html="<br>" + _html_pattern(children, "children", "<bdi>{children}</bdi>"),
        confirm_text=_pattern(gettext("Confirm the address here:")) + "\n{link}\n",
        confirm_html='<p><a class="b" href="{link}">'
        + _html_pattern(gettext("Confirm the address"))
        + '</a></p><p class="u">'
        + _html_pattern(gettext("Or copy this into your browser: {link}"), "link", link)
        + "</p>",
        join_text=_pattern(gettext("Open the invitation here:")) + "\n{link}\n",
        join_html='<p><a class="b" href="{link}">'
        + _html_pattern(gettext("Open the invitation"))
        + '</a></p><p class="u">'
        + _html_pattern(gettext("Or copy this into your browser: {link}"), "link", link)
        + "</p>",
        invited_html='<div class="a"><p><b>{children}</b></p>{link}</div>',
        unconfirmed_text="{who}\n",
        unconfirmed_html='<div class="a"><p><b><bdi>{who}</bdi></b>{children}</p>{link}</div>',
        # The link stands alone in its line: whoever copies the line copies nothing else.
        link_text=_pattern(gettext("Set the password here:")) + "\n{link}\n",
        link_html='<p><a class="b" href="{link}">'
        + _html_pattern(gettext("Set the password"))
        + '</a></p><p class="u">'
        + _html_pattern(gettext("Or copy this into your browser: {link}"), "link", link)
        + "</p>",
        help_text=_pattern(questions, "help") + "\n\n",
        help_html="<p>" + _html_pattern(questions, "help", "<bdi>{help}</bdi>") + "</p>",
    )


def escape(text: str) -> str:
    """A text that means itself in HTML, in an attribute and to a template engine."""
    if _SPECIAL(text):  # hardly ever, and this runs several times for each mail
        for sign, entity in _HTML:
            text = text.replace(sign, entity)
    return text


def isolated(text: str, *, right_to_left: bool) -> str:
    """A text whose direction of writing cannot stir up its neighbours; untouched where it runs like them anyway."""
    if text and (right_to_left or not (text.isascii() or _RIGHT_TO_LEFT.isdisjoint(map(bidirectional, text)))):
        return _ISOLATE.format(text)
    return text


def words(seconds: int, language: str = "en") -> str:
    """A time as people say it: ``14 days``, ``1 hour``, ``45 minutes``."""
    texts = catalogue(language)[1]
    # Translators: these stand in "Each link works for {life}", so in the case that follows "for".
    if seconds >= 2 * 86_400 or seconds == 86_400:
        count = round(seconds / 86_400)
        said = texts.ngettext("{count} day", "{count} days", count)
    elif seconds >= 2 * 3_600 or seconds == 3_600:
        count = round(seconds / 3_600)
        said = texts.ngettext("{count} hour", "{count} hours", count)
    else:
        count = max(1, round(seconds / 60))
        said = texts.ngettext("{count} minute", "{count} minutes", count)
    return said.replace("{count}", str(count))


def _pattern(text: str, slot: str = "") -> str:
    text = text.replace("{", "{{").replace("}", "}}")
    return text.replace("{{" + slot + "}}", "{" + slot + "}") if slot else text


def _html_pattern(text: str, slot: str = "", html: str = "") -> str:
    return escape(text).replace(escape("{" + slot + "}"), html) if slot else escape(text)
