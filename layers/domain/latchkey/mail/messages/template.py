"""A mail made ready: its parts in a language, and the function that gives the value of every variable."""

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib import import_module
from pathlib import Path
from string import Template as Layout
from textwrap import fill
from typing import Any, Final, Protocol

from latchkey.mail.messages.phrases import Phrases, escape, isolated, phrases, words
from latchkey.mail.messages.words import GREETING, Words
from latchkey.mail.model.account import MailAccount, MailName, NoticeName
from latchkey.mail.model.mail_html import Template, plain
from latchkey.schools.model.logo import CONTENT_ID, Logo
from latchkey.schools.model.school import School
from latchkey.shared.catalogues import catalogue
from latchkey.shared.model.texts import Catalogue

_WIDTH: Final = 76  # of a line of plain text, before names stand in it
_TEXT_SLOTS: Final = {"{school}": "{{school}}", "{life}": "{{life}}"}
_HTML_SLOTS: Final = {"{school}": "<bdi>{{school_html}}</bdi>", "{life}": "{{life_html}}"}


@lru_cache(64)
def template(name: MailName | NoticeName, language: str = "en", logo: Logo | None = None, *, of_one: bool = False) -> Template:
    """A mail's parts in a language (English where there is no such catalogue), made once.

    ``of_one``: each mail is about one account, whose block stands in the template; for the variables of ``of_one``.
    """
    if of_one:
        return _of_one_block(template(name, language, logo), language)
    tongue, texts = catalogue(language)
    mail: Words = import_module(f"latchkey.mail.messages.{name}").WORDS
    picture = f'<img src="cid:{CONTENT_ID}" width="{logo.width}" height="{logo.height}" alt="">' if logo else ""
    html = Layout(_layout("layout.html")).substitute(
        lang=tongue.code,
        dir=tongue.direction,
        line=tongue.line,
        fonts=tongue.fonts,
        logo=picture,
        heading=_html(texts, mail.heading),
        greeting=_html(texts, GREETING),
        opening=_html(texts, mail.opening),
        closing="\n".join(f"<p>{_html(texts, each)}</p>" for each in mail.closing),
    )
    text = Layout(_layout("layout.txt")).substitute(
        greeting=_text(texts, GREETING),
        opening=_text(texts, mail.opening),
        closing="\n\n".join(_text(texts, each) for each in mail.closing),
    )
    return Template(_filled(texts.gettext(mail.subject), _TEXT_SLOTS), text, html)


def welcome(school: School, accounts: Sequence[tuple[MailAccount, str]], life: int, language: str = "en") -> dict[str, str]:
    """The first link to an account; ``accounts`` with their links, ``life`` of the links in seconds."""
    return _of_school(school, language) | _of_life(life, language) | _with_links(accounts, language)


def reset(school: School, accounts: Sequence[tuple[MailAccount, str]], life: int, language: str = "en") -> dict[str, str]:
    """A link that the school sends to somebody who has had a password."""
    return _of_school(school, language) | _of_life(life, language) | _with_links(accounts, language)


def forgot(school: School, accounts: Sequence[tuple[MailAccount, str]], life: int, language: str = "en") -> dict[str, str]:
    """A link that somebody asked for on the school's page."""
    return _of_school(school, language) | _of_life(life, language) | _with_links(accounts, language)


def of_one(school: School, account: MailAccount, link: str, life: int, language: str = "en") -> dict[str, str]:
    """What fills a template ``of_one``: of the account and its link no more than what is theirs alone.

    The link has no sign that HTML would read as its own.
    """
    said = phrases(language)
    name, role, login = plain(account.name), account.role, plain(account.login)
    return {
        **_of_school(school, language),
        **_of_life(life, language),
        "name": isolated(name, right_to_left=said.right_to_left),
        "name_html": escape(name),
        "role": said.roles.get(role, role),
        "role_html": said.roles_html.get(role) or escape(role),
        "login": isolated(login, right_to_left=said.right_to_left),
        "login_html": escape(login),
        "link": link,
    }


def password_changed(
    school: School, accounts: Sequence[tuple[MailAccount, str]], _life: int = 0, language: str = "en"
) -> dict[str, str]:
    """Tells the owner that the password was changed; carries no link, so that it teaches nobody to follow one."""
    return _of_school(school, language) | _with_links([(account, "") for account, _ in accounts], language)


def email_replaced(
    school: School, accounts: Sequence[tuple[MailAccount, str]], _life: int = 0, language: str = "en"
) -> dict[str, str]:
    """Tells the old address of an account that there is another one now; their ``login`` is the new one in part."""
    return password_changed(school, accounts, 0, language)


def email_given(
    school: School, accounts: Sequence[tuple[MailAccount, str]], _life: int = 0, language: str = "en"
) -> dict[str, str]:
    """Tells the new address of an account that mails come here now."""
    return password_changed(school, accounts, 0, language)


def confirm_address(
    school: School, accounts: Sequence[tuple[MailAccount, str]], life: int, language: str = "en"
) -> dict[str, str]:
    """Asks whoever reads an address to confirm it; says nothing that was typed with it."""
    return _of_school(school, language) | _of_life(life, language) | _with_links(accounts, language, confirm=True)


def address_known(school: School, accounts: Sequence[tuple[MailAccount, str]], life: int, language: str = "en") -> dict[str, str]:
    """The same where the address has an account here already, to which the children of the new one can be added."""
    return confirm_address(school, accounts, life, language)


def parent_invitation(
    school: School, accounts: Sequence[tuple[MailAccount, str]], life: int, language: str = "en"
) -> dict[str, str]:
    """Invites whoever reads a mailbox as a parent; several may share it, and have one link with all their children."""
    said = phrases(language)
    account, link = accounts[0]
    names = [plain(each) for each in account.children]
    text = "".join(f"{isolated(each, right_to_left=said.right_to_left)}\n" for each in names)
    html = "<br>".join(f"<bdi>{escape(each)}</bdi>" for each in names)
    blocks = {
        "accounts_text": text + said.join_text.format(link=link),
        "accounts_html": said.invited_html.format(children=html, link=said.join_html.format(link=escape(link))),
    }
    return _of_school(school, language) | _of_life(life, language) | blocks


def pin_shown(
    school: School, accounts: Sequence[tuple[MailAccount, str]], _life: int = 0, language: str = "en"
) -> dict[str, str]:
    """Tells a student that a parent has looked at their PIN."""
    return password_changed(school, accounts, 0, language)


def factor_changed(
    school: School, accounts: Sequence[tuple[MailAccount, str]], _life: int = 0, language: str = "en"
) -> dict[str, str]:
    """Tells the owner that a second factor was added, or removed."""
    return password_changed(school, accounts, 0, language)


def of_school_alone(
    school: School, _accounts: Sequence[tuple[MailAccount, str]], _life: int = 0, language: str = "en"
) -> dict[str, str]:
    """A mail that names nobody: a test whether mail reaches a mailbox."""
    return _of_school(school, language) | {"accounts_text": "", "accounts_html": ""}


def parent_code_ready(
    school: School, accounts: Sequence[tuple[MailAccount, str]], _life: int = 0, language: str = "en"
) -> dict[str, str]:
    """Tells a student where the code for their parents stands."""
    return password_changed(school, accounts, 0, language)


def notice(school: School, kind: str, facts: Mapping[str, Any], console: str, language: str = "en") -> dict[str, str]:
    """Tells an admin what has happened; ``console`` is the school's address there."""
    from latchkey.mail.messages.notices import notice_variables

    return _of_school(school, language) | notice_variables(kind, facts, console, language)


class Variables(Protocol):
    """What fills a mail."""

    def __call__(
        self, school: School, accounts: Sequence[tuple[MailAccount, str]], life: int, /, language: str = "en"
    ) -> dict[str, str]:
        """The value of every ``{{variable}}`` of the mail."""
        ...


VARIABLES: Final[Mapping[str, Variables]] = {
    "welcome": welcome,
    "reset": reset,
    "forgot": forgot,
    "password_changed": password_changed,
    "email_replaced": email_replaced,
    "email_given": email_given,
    "confirm_address": confirm_address,
    "address_known": address_known,
    "parent_invitation": parent_invitation,
    "pin_shown": pin_shown,
    "factor_added": factor_changed,
    "factor_removed": factor_changed,
    "parent_code_ready": parent_code_ready,
    "test_mail": of_school_alone,
}


OF_ONE: Final = frozenset({"welcome", "reset", "forgot"})
"""Mails that there are ``of_one``: they bring a link, and go to thousands."""


@cache
def _layout(name: str) -> str:
    return (Path(__file__).parent / name).read_text("utf-8")


def _filled(text: str, slots: Mapping[str, str]) -> str:
    for slot, variable in slots.items():
        text = text.replace(slot, variable)
    return text


def _text(texts: Catalogue, message: str) -> str:
    return _filled(fill(texts.gettext(message), _WIDTH, break_long_words=False, break_on_hyphens=False), _TEXT_SLOTS)


def _html(texts: Catalogue, message: str) -> str:
    return _filled(escape(texts.gettext(message)), {escape(slot): variable for slot, variable in _HTML_SLOTS.items()})


def _of_school(school: School, language: str) -> dict[str, str]:
    return _school(school.name, school.settings.help_line, language)


@lru_cache(64)
def _school(name: str, help_line: str, language: str) -> dict[str, str]:
    said = phrases(language)
    name, help_line = plain(name), plain(help_line)
    return {
        "school": isolated(name, right_to_left=said.right_to_left),
        "school_html": escape(name),
        "help_text": said.help_text.format(help=isolated(help_line, right_to_left=said.right_to_left)) if help_line else "",
        "help_html": said.help_html.format(help=escape(help_line)) if help_line else "",
    }


@lru_cache(64)
def _of_life(seconds: int, language: str) -> dict[str, str]:
    life = words(seconds, language)
    return {"life": life, "life_html": escape(life)}


def _of_one_block(mail: Template, language: str) -> Template:
    """A mail with the block of one account and its link, as ``_with_links`` makes it, in place of any number of blocks."""
    said = phrases(language)
    text = said.account_text.format(name="{{name}}", role="{{role}}", login="{{login}}") + said.link_text.format(link="{{link}}")
    html = said.account_html.format(
        name="{{name_html}}",
        role="{{role_html}}",
        login="{{login_html}}",
        children="",
        link=said.link_html.format(link="{{link}}"),
    )
    return Template(mail.subject, mail.text.replace("{{accounts_text}}", text), mail.html.replace("{{accounts_html}}", html))


def _with_links(accounts: Sequence[tuple[MailAccount, str]], language: str, *, confirm: bool = False) -> dict[str, str]:
    """The blocks of the accounts, each with its link; ``confirm``: the links confirm an address and set no password."""
    said = phrases(language)
    link_text, link_html = (said.confirm_text, said.confirm_html) if confirm else (said.link_text, said.link_html)
    texts, htmls = [], []
    for account, link in accounts:
        block = _unconfirmed if account.unconfirmed else _known
        html = link_html.format(link=escape(link)) if link else ""
        parts = block(account, html, said)
        texts.append(parts[0] + (link_text.format(link=link) if link else ""))
        htmls.append(parts[1])
    return {"accounts_text": "\n".join(texts), "accounts_html": "".join(htmls)}


def _known(account: MailAccount, link: str, said: Phrases) -> tuple[str, str]:
    """An account as its owner knows it; ``link`` is HTML."""
    name, role, login = plain(account.name), account.role, plain(account.login)
    children, children_html = _children(account, said)
    text = said.account_text.format(
        name=isolated(name, right_to_left=said.right_to_left),
        role=said.roles.get(role, role),
        login=isolated(login, right_to_left=said.right_to_left),
    )
    html = said.account_html.format(
        name=escape(name),
        role=said.roles_html.get(role) or escape(role),
        login=escape(login),
        children=children_html,
        link=link,
    )
    return text + children, html


def _unconfirmed(account: MailAccount, link: str, said: Phrases) -> tuple[str, str]:
    """An account in a mail to an address that nobody has confirmed: in the school's words alone, without its login."""
    role = said.roles.get(account.role, account.role)
    name = plain(account.name)
    who = role[:1].upper() + role[1:] if account.name_is_typed else f"{isolated(name, right_to_left=said.right_to_left)} ({role})"
    children, children_html = _children(account, said)
    html = said.unconfirmed_html.format(who=escape(who), children=children_html, link=link)
    return said.unconfirmed_text.format(who=who) + children, html


def _children(account: MailAccount, said: Phrases) -> tuple[str, str]:
    """Whose parent this is, by first names, as text and as HTML; nothing where the mail need not say so."""
    if not account.children:
        return "", ""
    names = ", ".join(plain(each) for each in account.children)
    shown = isolated(names, right_to_left=said.right_to_left)
    return said.children_text.format(children=shown), said.children_html.format(children=escape(names))
