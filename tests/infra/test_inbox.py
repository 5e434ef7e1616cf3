"""The inbox shows what was sent, keeps it over a restart, and trusts nothing that a mail says."""

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from infra.inbox import pages
from infra.inbox.__main__ import Inbox
from infra.inbox.store import Mail, Mails


class FakePost:
    """Stands for MiniStack: counts and hands out messages in its form."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.fetched = 0
        self.away = False

    def send(self, to: str, subject: str = "Your link", html: str | None = "<p>Hello</p>", at: float = 1.0) -> None:
        self.messages.append(
            {
                "MessageId": f"{len(self.messages)}-{at}@email.amazonses.com",
                "Source": "no-reply@latchkey.example",
                "To": [to],
                "CC": [],
                "BCC": [],
                "Subject": subject,
                "BodyText": f"Hello {to}",
                "BodyHtml": html,
                "Timestamp": at,
                "Type": "v2.SendBulkEmail",
            }
        )

    def count(self) -> int:
        if self.away:
            raise ConnectionRefusedError
        return len(self.messages)

    def fetch(self) -> list[dict[str, Any]]:
        self.fetched += 1
        return self.messages


@pytest.fixture
def post() -> FakePost:
    return FakePost()


@pytest.fixture
def mails(post: FakePost, tmp_path: Path) -> Mails:
    return Mails(post, tmp_path / "mails.json")


@pytest.fixture
def port(mails: Mails) -> Iterator[int]:
    inbox = Inbox(0, mails)
    threading.Thread(target=inbox.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield inbox.server_port
    inbox.shutdown()
    inbox.server_close()


def get(port: int, path: str, accept: str) -> tuple[http.client.HTTPResponse, str]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request("GET", path, headers={"Accept": accept})
        response = connection.getresponse()
        return response, response.read().decode()


def test_json_lists_the_mails_newest_first(post: FakePost, port: int) -> None:
    post.send("a@school.example", "First", at=1.5)
    post.send("b@school.example", "Second", html=None, at=2.25)
    response, body = get(port, "/", "application/json")
    assert response.headers["Content-Type"] == "application/json"
    assert json.loads(body) == {
        "items": [
            {
                "to": "b@school.example",
                "subject": "Second",
                "text": "Hello b@school.example",
                "html": "",
                "sent_at": "1970-01-01T00:00:02.250Z",
            },
            {
                "to": "a@school.example",
                "subject": "First",
                "text": "Hello a@school.example",
                "html": "<p>Hello</p>",
                "sent_at": "1970-01-01T00:00:01.500Z",
            },
        ]
    }


def test_the_mails_to_one_address(post: FakePost, port: int) -> None:
    post.send("a@school.example")
    post.send("ab@school.example")
    items = json.loads(get(port, "/?to=A%40School.example", "application/json")[1])["items"]
    assert [item["to"] for item in items] == ["a@school.example"]


def test_mails_are_fetched_again_only_when_their_number_changed(post: FakePost, mails: Mails) -> None:
    post.send("a@school.example")
    mails.all()
    mails.all()
    assert post.fetched == 1
    post.send("b@school.example")
    assert len(mails.all()) == 2
    assert post.fetched == 2


def test_mails_outlive_the_process_that_forgets_them(post: FakePost, mails: Mails, tmp_path: Path) -> None:
    post.send("a@school.example", "Before", at=1)
    mails.save()
    fresh = FakePost()
    fresh.send("b@school.example", "After", at=2)
    again = Mails(fresh, tmp_path / "mails.json")
    assert [mail.subject for mail in again.all()] == ["After", "Before"]


def test_mails_can_be_read_while_ministack_is_away(post: FakePost, mails: Mails) -> None:
    post.send("a@school.example")
    mails.all()
    post.away = True
    assert len(mails.all()) == 1


def test_nothing_a_mail_says_becomes_part_of_our_page() -> None:
    hostile = '"><script>alert(1)</script>'
    mail = Mail(id=hostile, to=(hostile,), subject=hostile, text=hostile, html=hostile, at=0)
    for page in (pages.list_page([mail], hostile, 1), pages.mail_page(mail)):
        assert "<script>" not in page


def test_links_in_the_text_can_be_followed_and_keep_their_fragment() -> None:
    text = "Open http://localhost:8000/set-password#v1.a-b_c. Or (https://x.example/?a=1&b=2)."
    mail = Mail(id="1", to=("a@b.example",), subject="", text=text, html="", at=0)
    page = pages.mail_page(mail)
    assert '<a href="http://localhost:8000/set-password#v1.a-b_c" target="_blank" rel="noopener">' in page
    assert '<a href="https://x.example/?a=1&amp;b=2"' in page


def test_a_mail_without_html_has_no_frame() -> None:
    mail = Mail(id="1", to=("a@b.example",), subject="", text="x", html="", at=0)
    assert "<iframe" not in pages.mail_page(mail)


def test_the_html_of_a_mail_comes_with_a_policy_that_runs_nothing(post: FakePost, port: int) -> None:
    post.send("a@school.example", html="<script>alert(1)</script>")
    _, page = get(port, "/", "text/html")
    link = page.partition('href="/mails/')[2].partition('"')[0]
    response, _ = get(port, f"/mails/{link}/html", "text/html")
    assert "sandbox allow-popups" in response.headers["Content-Security-Policy"]
    assert "script-src" not in response.headers["Content-Security-Policy"]
    shown, mail_page = get(port, f"/mails/{link}", "text/html")
    assert shown.status == 200
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in mail_page


@pytest.mark.parametrize("path", ["/mails/nobody", "/mails/nobody/html", "/nowhere", "/mails/0-1.0/other"])
def test_what_is_not_there_is_a_404(post: FakePost, port: int, path: str) -> None:
    post.send("a@school.example")
    assert get(port, path, "text/html")[0].status == 404


@pytest.mark.parametrize(("count", "newer", "older"), [(50, False, False), (51, False, True)])
def test_the_list_has_fifty_to_a_page(count: int, newer: bool, older: bool) -> None:
    mails = [Mail(id=str(n), to=("a@b.example",), subject="x", text="", html="", at=n) for n in range(count)]
    first = pages.list_page(mails, "a b", 1)
    assert ("Newer" in first, "Older" in first) == (newer, older)
    if older:
        assert "/?page=2&amp;to=a+b" in first
        assert pages.list_page(mails, "", 2).count("<li>") == 1
