"""The mails in other languages: whole, marked as what they are, and with names that stir up nothing."""

import re
import unicodedata
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchkey.mail.messages.template import VARIABLES, template
from latchkey.mail.model.account import NOTICES, MailAccount, MailName
from latchkey.mail.model.mail_html import display_name, plain
from latchkey.schools.model.logo import Logo
from latchkey.schools.model.school import School, Settings
from latchkey.shared.model.languages import LANGUAGES

MAILS = [(name, code) for name in get_args(MailName) for code in LANGUAGES]
SCHOOL = School(slug="northbridge", name="Northbridge Academy", settings=Settings(help_line="Ring 01632 960000"))
ANN = MailAccount(person="a" * 20, name="Ann Lee", role="student", login="alee", version=0, stamp="0" * 12)
LINK = "https://latchkey.test/set-password#1.w.northbridge.aaa.bbb.0.ccc.ddd"
NAMES = [
    "محمد عثمان",
    "דָּוִד",
    "Zażółć Gęślą",
    "李小龍",
    "ஆனந்த்",
    "Ann (student) محمد",
    "\u202eeeL nnA",
    "\u2067Ann",
    "Ann\r\nBcc: e@x.example",
    "=?utf-8?q?Ann?= <e@x.example>",
    '"Ann" <e@x.example>,',
    "{school}",
    "{{school}}",
    "$heading",
    "%s",
    "<b>Ann</b>",
    "محمد" * 25,
    "A" * 100,
]


class Marks(HTMLParser):
    """The tags and the texts of a mail."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.isolated: list[str] = []
        self._inside = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "bdi":
            self._inside += 1
            self.isolated.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside -= tag == "bdi"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.isolated[-1] += data


def mail(
    name: MailName, code: str, school: School = SCHOOL, account: MailAccount = ANN, logo: Logo | None = None
) -> tuple[str, str, str]:
    if name == "parent_invitation":  # names children, and nobody else
        account = replace(account, children=(account.name,))
    values = VARIABLES[name](school, [(account, LINK)], 14 * 86_400, code)
    parts = template(name, code, logo)
    used = set(re.findall(r"\{\{(\w+)\}\}", parts.subject + parts.text + parts.html))
    assert used <= set(values), "SES would send nothing"
    return tuple(
        re.sub(r"\{\{(\w+)\}\}", lambda found: values[found[1]], each) for each in (parts.subject, parts.text, parts.html)
    )


@pytest.mark.parametrize(("name", "code"), MAILS)
def test_a_mail_is_marked_with_its_language_and_direction(name: MailName, code: str) -> None:
    wanted = {"lang": code, "dir": "rtl" if code == "ur" else "ltr"}
    tags = Marks(mail(name, code)[2]).tags
    marked = [(tag, attrs) for tag, attrs in tags if "lang" in attrs]
    assert [tag for tag, _ in marked] == ["html", "div"]  # many readers throw <html> away
    assert all(attrs.items() >= wanted.items() for _, attrs in marked)


@pytest.mark.parametrize(("name", "code"), MAILS)
def test_a_mail_says_everything_in_every_language(name: MailName, code: str) -> None:
    subject, text, html = mail(name, code)
    assert "Northbridge Academy" in subject
    for form in (text, html):
        assert all(said in form for said in ("Northbridge Academy", "Ring 01632 960000"))
        assert ("Ann Lee" in form) == (name != "test_mail")
        assert "alee" in form or name in {"parent_invitation", "test_mail"}
        assert (LINK in form) == (name not in NOTICES)
    assert ("14" in text) == (name not in NOTICES)
    assert not re.search(r"[{}$]", subject + text)
    if code != "en":
        english = mail(name, "en")
        assert set(english[1].split("\n\n")) & set(text.split("\n\n")) <= {f"{SCHOOL.name}\n"}


@pytest.mark.parametrize(("name", "code"), MAILS)
@pytest.mark.parametrize("hostile", NAMES)
def test_names_in_any_script_are_shown_as_they_are_and_apart(name: MailName, code: str, hostile: str) -> None:
    school = replace(SCHOOL, name=hostile, settings=Settings(help_line=hostile))
    subject, text, html = mail(name, code, school, replace(ANN, name=hostile))
    shown = plain(hostile)
    found, tame = Marks(html), Marks(mail(name, code)[2])
    assert shown in subject
    assert shown in text
    assert found.isolated.count(shown) >= 4  # head, sentence, person, foot
    assert [tag for tag, _ in found.tags] == [tag for tag, _ in tame.tags]
    for part in (subject, text):
        assert part.count("\u2068") == part.count("\u2069")
        if code == "ur" or any(unicodedata.bidirectional(sign) in {"R", "AL", "AN"} for sign in shown):
            assert f"\u2068{shown}\u2069" in part
        else:
            assert "\u2068" not in part


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_text_has_each_link_alone_in_its_line(code: str) -> None:
    assert [line for line in mail("welcome", code)[1].splitlines() if "://" in line] == [LINK]


@pytest.mark.parametrize("code", LANGUAGES)
@given(name=st.text(max_size=120))
def test_no_name_puts_a_header_into_a_mail(code: str, name: str) -> None:
    """As a MIME message on the wire, read again by a parser."""
    subject = mail("welcome", code, replace(SCHOOL, name=name))[0]
    message = EmailMessage(policy=policy.SMTP)
    message["Subject"] = subject
    head = f"From: {display_name(name)} <no-reply@latchkey.test>\r\n".encode() + message.as_bytes()
    read = message_from_bytes(head, policy=policy.default)
    assert sorted(read.keys()) == ["From", "Subject"]
    assert [address.addr_spec for address in read["From"].addresses] == ["no-reply@latchkey.test"]
    assert not read.is_multipart()
    assert read.get_payload() in {"", "\r\n", "\n"}
    assert "\n" not in subject
    assert "\r" not in subject


def test_a_logo_comes_from_inside_the_mail_and_from_nowhere_else() -> None:
    logo = Logo("0" * 16, 120, 40, b"png")
    for name, code in MAILS:
        tags = Marks(mail(name, code, logo=logo)[2]).tags
        (picture,) = [attrs for tag, attrs in tags if tag == "img"]
        assert picture == {"src": "cid:logo", "width": "120", "height": "40", "alt": ""}
        assert not [attrs for _, attrs in tags if "src" in attrs and attrs["src"] != "cid:logo"]
        assert all(tag != "img" for tag, _ in Marks(mail(name, code)[2]).tags)
