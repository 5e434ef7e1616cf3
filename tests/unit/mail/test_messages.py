"""The mails: each says what it must, and whatever a name holds stays text."""

import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from html.parser import HTMLParser
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchkey.mail.messages.phrases import escape, words
from latchkey.mail.messages.template import VARIABLES, template
from latchkey.mail.model.account import NOTICES, MailAccount, MailName
from latchkey.mail.model.mail_html import display_name, plain
from latchkey.schools.model.school import School, Settings

NAMES: tuple[MailName, ...] = get_args(MailName)
SCHOOL = School(slug="northbridge", name="Northbridge Academy")
ANN = MailAccount(person="a" * 20, name="Ann Lee", role="student", login="alee", version=0, stamp="0" * 12)
LINK = "https://latchkey.test/set-password#1.w.northbridge.aaa.bbb.0.ccc.ddd"
HOSTILE = [
    "{{x}}",
    "{{school}}",
    "{{#each accounts}}",
    "{{{raw}}}",
    "<a href=//evil.example>Click</a>",
    "</title><script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "' style='display:none",
    "&lt;b&gt;",
    "Ann\r\nBcc: evil@x.example",
    "Ann\u2028Lee\u2029\x85\x0b\x0c\x00",
    "\u202eeeL nnA",
    "\u2066Ann\u2069 \u200e\u200f\ufeff",
]


class _Parsed(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, Any]]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[Any]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.text += "\n" if tag == "p" and self.text else ""

    def handle_data(self, data: str) -> None:
        self.text += data

    def links(self) -> list[str]:
        return [attrs["href"] for tag, attrs in self.tags if tag == "a"]


def flat(text: str) -> str:
    return " ".join(text.split())


def render(
    name: MailName, school: School = SCHOOL, accounts: list[MailAccount] | None = None, life: int = 3_600
) -> tuple[str, str, str]:
    """As SES does: every variable once, in one pass; one that is missing is an error."""
    told = accounts or [ANN]
    if name == "parent_invitation":  # names children, and nobody else
        told = [replace(each, children=each.children or (each.name,)) for each in told]
    data = VARIABLES[name](school, [(account, f"{LINK}{account.person}") for account in told], life)
    parts = template(name)
    subject, text, html = (
        re.sub(r"\{\{(\w+)\}\}", lambda found: data[found[1]], part) for part in (parts.subject, parts.text, parts.html)
    )
    return subject, text, html


@pytest.mark.parametrize("name", NAMES)
def test_a_mail_names_the_school_and_the_account_in_both_forms(name: MailName) -> None:
    subject, text, html = render(name)
    assert "Northbridge Academy" in subject
    assert "\n" not in subject
    for form in (text, _Parsed(html).text):
        assert "Northbridge Academy" in form
        assert ("Ann Lee" in form) == (name != "test_mail"), "a test is about nobody"
        assert name in {"parent_invitation", "test_mail"} or ("student" in form and "alee" in form)
    assert "{{" not in subject + text + html


@pytest.mark.parametrize("name", NAMES)
def test_a_mail_loads_and_tracks_nothing(name: MailName) -> None:
    _, _, html = render(name)
    parsed = _Parsed(html)
    assert {tag for tag, _ in parsed.tags}.isdisjoint({"img", "script", "link", "iframe", "form", "table", "object", "base"})
    assert not re.search(r"url\(|src=|@import", html)
    assert re.findall(r'https?://[^\s"<]+', html) == [LINK + ANN.person] * (0 if name in NOTICES else 2)


def test_welcome_says_what_it_is_how_long_it_works_and_what_to_do_about_it() -> None:
    subject, text, html = render("welcome", life=14 * 86_400)
    assert subject == "Set your password for Northbridge Academy"
    for form in (flat(text), flat(_Parsed(html).text)):
        assert "has made an account for" in form
        assert "works for 14 days" in form
        assert "If it has expired, open it all the same" in form
        assert "you need not do anything" in form


def test_reset_says_that_the_old_password_stays_until_then() -> None:
    subject, text, html = render("reset", life=3 * 86_400)
    assert subject == "Set a new password for Northbridge Academy"
    for form in (flat(text), flat(_Parsed(html).text)):
        assert "works for 3 days" in form
        assert "Until then the old password stays as it is" in form
        assert "you need not do anything" in form


def test_forgot_says_what_to_do_if_you_did_not_ask() -> None:
    subject, text, html = render("forgot")
    assert subject == "The new password you asked for at Northbridge Academy"
    for form in (flat(text), flat(_Parsed(html).text)):
        assert "works for 1 hour" in form
        assert "If you did not ask for this, you need not do anything" in form


def test_password_changed_has_no_link_and_says_what_to_do_if_it_was_not_you() -> None:
    subject, text, html = render("password_changed")
    assert subject == "Your password at Northbridge Academy was changed"
    for form in (text, _Parsed(html).text):
        assert "If it was not" in form
        assert "Forgot password" in form
    assert "://" not in text + html
    assert _Parsed(html).links() == []


@pytest.mark.parametrize(("name", "what"), [("factor_added", "added to"), ("factor_removed", "removed from")])
def test_a_changed_second_factor_has_no_link_and_says_whom_to_tell(name: MailName, what: str) -> None:
    subject, text, html = render(name)
    assert subject == f"A second step was {what} your account at Northbridge Academy"
    for form in (flat(text), flat(_Parsed(html).text)):
        assert f"has just been {what} this account" in form
        assert "tell the school’s office at once" in form
    assert "://" not in text + html


def test_parent_invitation_names_each_child_and_has_one_link() -> None:
    account = replace(ANN, name="Aisha Khan", login="", role="parent", children=("Amir", "Zara"))
    subject, text, html = render("parent_invitation", accounts=[account, replace(account, name="Omar Khan")], life=28 * 86_400)
    assert subject == "Your account as a parent at Northbridge Academy"
    for form in (flat(text), flat(_Parsed(html).text)):
        assert "invites you to have an account as a parent or carer of" in form
        assert "Amir" in form
        assert "Zara" in form
        assert "Khan" not in form, "nothing but the children's names and the school's"
        assert "works for 28 days" in form
    assert text.count("://") == 1
    assert _Parsed(html).links() == [LINK + ANN.person]


def test_pin_shown_has_no_link_and_says_whom_to_tell() -> None:
    subject, text, html = render("pin_shown")
    assert subject == "A parent has looked at your PIN at Northbridge Academy"
    for form in (flat(text), flat(_Parsed(html).text)):
        assert "a parent or carer who is linked to this account" in form
        assert "tell the school’s office or a teacher" in form
    assert "://" not in text + html


@pytest.mark.parametrize("name", ["welcome", "reset", "forgot"])
def test_every_account_has_its_own_link_as_a_button_and_as_text(name: MailName) -> None:
    accounts = [replace(ANN, person=sign * 20, name=f"Child {sign}") for sign in "abc"]
    _, text, html = render(name, accounts=accounts)
    wanted = [f"{LINK}{account.person}" for account in accounts]
    assert re.findall(r"https://\S+", text) == wanted
    assert _Parsed(html).links() == wanted
    assert re.findall(r"https://\S+", _Parsed(html).text) == wanted


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_names_stay_text(name: MailName, hostile: str) -> None:
    school = School(slug="s1", name=hostile, settings=Settings(help_line=hostile))
    subject, text, html = render(name, school, [replace(ANN, name=hostile, login=hostile)])
    tame_subject, tame_text, tame_html = render(name, replace(school, name="N", settings=Settings(help_line="H")))
    shown = plain(hostile)
    assert shown in subject
    assert shown in text
    assert "\n" not in subject
    assert "\r" not in subject + text
    assert text.count("\n") == tame_text.count("\n")
    parsed, tame = _Parsed(html), _Parsed(tame_html)
    assert [(tag, sorted(attrs)) for tag, attrs in parsed.tags] == [(tag, sorted(attrs)) for tag, attrs in tame.tags]
    assert shown in parsed.text
    assert not set("\u202e\u2066\u2069\u200e\u200f\ufeff\u2028\u2029\x00") & set(subject + text + html)
    assert tame_subject


@given(st.text(max_size=300))
def test_a_plain_text_is_one_visible_line(text: str) -> None:
    line = plain(text)
    assert len(line) <= 200
    assert all(sign.isprintable() or sign in "\u200c\u200d" for sign in line)
    assert plain(line) == line
    assert line.strip() == line or len(line) == 200


@given(st.text(max_size=60).filter(lambda text: text.isprintable() and text == " ".join(text.split())))
def test_an_ordinary_name_stays_as_it_is(text: str) -> None:
    assert plain(text) == text


@given(st.text(max_size=100))
def test_an_escaped_text_reads_as_itself_and_opens_nothing(text: str) -> None:
    parsed = _Parsed(f'<p title="{escape(plain(text))}">{escape(plain(text))}</p>')
    assert [tag for tag, _ in parsed.tags] == ["p"]
    assert parsed.tags[0][1]["title"] == parsed.text.removesuffix("\n") == plain(text)
    assert not set("<>{}\"'") & set(escape(text))


@given(st.text(max_size=200))
def test_a_display_name_is_one_header_with_one_address(name: str) -> None:
    line = f"From: {display_name(name)} <no-reply@latchkey.test>"
    assert line.isascii()
    assert line.isprintable()
    assert all(len(word) <= 75 for word in line.split() if word.startswith("=?"))
    parsed = message_from_bytes(f"{line}\r\n\r\n".encode(), policy=policy.SMTP)
    assert list(parsed.keys()) == ["From"]
    (address,) = parsed["From"].addresses
    assert address.addr_spec == "no-reply@latchkey.test"
    # email's parser of addresses keeps the space between two encoded words, which RFC 2047 says means nothing.
    encoded = display_name(name).startswith("=?")
    shown = str(make_header(decode_header(display_name(name)))) if encoded else address.display_name
    assert shown.strip() == plain(name)[:100].strip()


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "1 minute"),
        (60, "1 minute"),
        (600, "10 minutes"),
        (3_600, "1 hour"),
        (5_400, "90 minutes"),
        (7_200, "2 hours"),
        (86_400, "1 day"),
        (90_000, "25 hours"),
        (3 * 86_400, "3 days"),
        (14 * 86_400 - 30, "14 days"),
    ],
)
def test_a_life_in_words(seconds: int, said: str) -> None:
    assert words(seconds) == said
