"""The mails: each is a folder (``subject.txt``, ``body.txt``, ``body.html``) and a function that gives its variables.

SES puts the variables into ``{{...}}`` and does not escape them, so each comes as plain text and, for HTML, escaped; SES sends
nothing at all where one is missing, so each function gives every variable of its mail. Nothing that somebody typed into a form
stands in a mail, no password or code, and nothing is loaded from anywhere.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from latchkey.model.mail import Template, plain
from latchkey.model.school import School
from latchkey.model.sends import Account, MailName

_HTML: Final = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;"), ("{", "&#123;"), ("}", "&#125;"))
_ROLES: Final = {"student": "student", "teacher": "teacher", "staff": "member of staff", "parent": "parent"}
_ACCOUNT_TEXT: Final = "{name} ({role})\nSign in with: {login}\n"
_LINK_TEXT: Final = "Set the password here:\n{link}\n"
# Short, because it stands in each of a call's 50 mails; the styles are in the templates.
_ACCOUNT_HTML: Final = (
    '<div class="a"><p><b><bdi>{name}</bdi></b> ({role})<br>Sign in with: <b><bdi>{login}</bdi></b></p>{link}</div>'
)
_LINK_HTML: Final = (
    '<p><a class="b" href="{link}">Set the password</a></p><p class="u">Or copy this into your browser: {link}</p>'
)


@cache
def template(name: MailName) -> Template:
    """A mail's parts, read once."""
    folder = Path(__file__).parent / name
    subject, text, html = ((folder / part).read_text("utf-8") for part in ("subject.txt", "body.txt", "body.html"))
    return Template(subject.strip(), text, html)


def welcome(school: School, accounts: Sequence[tuple[Account, str]], life: int) -> dict[str, str]:
    """The first link to an account; ``accounts`` with their links, ``life`` of the links in seconds."""
    return _of_school(school) | {"life": words(life)} | _with_links(accounts)


def reset(school: School, accounts: Sequence[tuple[Account, str]], life: int) -> dict[str, str]:
    """A link that the school sends to somebody who has had a password."""
    return _of_school(school) | {"life": words(life)} | _with_links(accounts)


def forgot(school: School, accounts: Sequence[tuple[Account, str]], life: int) -> dict[str, str]:
    """A link that somebody asked for on the school's page."""
    return _of_school(school) | {"life": words(life)} | _with_links(accounts)


def password_changed(school: School, accounts: Sequence[tuple[Account, str]], _life: int = 0) -> dict[str, str]:
    """Tells the owner that the password was changed; carries no link, so that it teaches nobody to follow one."""
    facts = [(plain(each.name), _ROLES.get(each.role, each.role), plain(each.login)) for each, _ in accounts]
    return _of_school(school) | {
        "accounts_text": "\n".join(_ACCOUNT_TEXT.format(name=name, role=role, login=login) for name, role, login in facts),
        "accounts_html": "".join(
            _ACCOUNT_HTML.format(name=escape(name), role=role, login=escape(login), link="") for name, role, login in facts
        ),
    }


VARIABLES: Final[Mapping[MailName, Callable[[School, Sequence[tuple[Account, str]], int], dict[str, str]]]] = {
    "welcome": welcome,
    "reset": reset,
    "forgot": forgot,
    "password_changed": password_changed,
}


def escape(text: str) -> str:
    """A text that means itself in HTML, in an attribute and to a template engine."""
    for sign, entity in _HTML:
        text = text.replace(sign, entity)
    return text


def words(seconds: int) -> str:
    """A time as people say it: ``14 days``, ``1 hour``, ``45 minutes``."""
    for unit, length in (("day", 86_400), ("hour", 3_600)):
        if seconds >= 2 * length or seconds == length:
            return _count(round(seconds / length), unit)
    return _count(max(1, round(seconds / 60)), "minute")


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _of_school(school: School) -> dict[str, str]:
    return _school(school.name, school.settings.help_line)


@lru_cache(64)
def _school(name: str, help_line: str) -> dict[str, str]:
    name, help_line = plain(name), plain(help_line)
    return {
        "school": name,
        "school_html": escape(name),
        "help_text": f"Questions? {help_line}\n\n" if help_line else "",
        "help_html": f"<p>Questions? {escape(help_line)}</p>" if help_line else "",
    }


def _with_links(accounts: Sequence[tuple[Account, str]]) -> dict[str, str]:
    texts, htmls = [], []
    for account, link in accounts:
        name, role, login = plain(account.name), _ROLES.get(account.role, account.role), plain(account.login)
        texts.append(_ACCOUNT_TEXT.format(name=name, role=role, login=login) + _LINK_TEXT.format(link=link))
        button = _LINK_HTML.format(link=escape(link))
        htmls.append(_ACCOUNT_HTML.format(name=escape(name), role=role, login=escape(login), link=button))
    return {"accounts_text": "\n".join(texts), "accounts_html": "".join(htmls)}
