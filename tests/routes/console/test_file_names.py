"""What a browser calls the files of the console: no two kinds share a name, and each says the school, what it is and the day."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from latchkey.login_details.model.runs import FORMATS
from latchkey.sends.plan_send import plan_send
from tests.support import contacts, rosters
from tests.support.console import Console, running_console
from tests.support.exports import deliver, student
from tests.support.rosters import plain, row

ADMIN = "/admin/northbridge"
DAY = "2026-11-18"
NAME = re.compile(rf"northbridge-[a-z][A-Za-z0-9-]+-{DAY}(-\d{{6}})?\.(csv|xlsx|pdf|docx)")
SEVENS = {"role": "student", "registration_group": "7A"}


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch) -> Iterator[Console]:
    with running_console(monkeypatch) as made:
        made.add([student(number) for number in (1, 2)])
        made.add([student(3, given_name="Noé", upn=contacts.UPNS[0], mis_id="004510")])
        yield made


def name_of(console: Console, path: str, **query: str) -> str:
    """What the browser is told to call the file of a download."""
    answer = console.get(path, **query)
    assert answer.status_code == 303, (path, query, answer.body)
    header = parse_qs(urlsplit(answer.headers["Location"]).query)["response-content-disposition"][0]
    found = re.fullmatch(r'attachment; filename="([^"]+)"', header)
    assert found, header
    return found[1]


def login_details(console: Console, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The formats of login details, all of the same group: they are what is confused most easily."""
    runs = []
    for format in FORMATS:  # noqa: A001 - as the field is called
        body = {"scope": {"registration_group": "7A"}, "format": format, "audience": "students"}
        answer = console.post(f"{ADMIN}/exports", body)
        assert answer.status_code in {200, 202}, answer.body
        runs.append(answer.json_body["id"])
    assert deliver(console.system, monkeypatch, console.system.messages("EXPORT_QUEUE")) == 0
    yield from (name_of(console, f"{ADMIN}/exports/{run}/download") for run in runs)


def lists(console: Console, _: pytest.MonkeyPatch) -> Iterator[str]:
    """People, whoever can or cannot log in, figures and activity."""
    for path, query in (
        ("people/download", SEVENS),
        ("people/download", {**SEVENS, "missing_email": "true"}),
        ("readiness/download", SEVENS),
        ("readiness/download", {**SEVENS, "standing": "ready"}),
        ("readiness/figures/download", {"role": "student"}),
        ("audit/download", {}),
        ("audit/download", {"about": "login_details"}),
    ):
        yield from (name_of(console, f"{ADMIN}/{path}", **query, format=form) for form in ("csv", "xlsx"))


def recipients(console: Console, _: pytest.MonkeyPatch) -> Iterator[str]:
    """Of one message: all, some, and the file for tutors."""
    body = {"kind": "password_link", "select": {"filter": SEVENS}}
    send = console.post(f"{ADMIN}/sends", body).json_body["id"]
    plan_send(console.system.wiring("plan_send"), "northbridge", send)
    for query in ({}, {"state": "skipped"}, {"by": "group"}):
        for form in ("csv", "xlsx"):
            yield name_of(console, f"{ADMIN}/sends/{send}/recipients/download", **query, format=form)


def contacts_files(console: Console, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Every file that the page of an upload of contacts links."""
    desk = contacts.Desk(console, monkeypatch)
    noe = contacts.student(0, "Noé", "Blair")
    odd = ("", "Max", "Rudd", "", "", "", "", "Kay", "Rudd", "", "", "", "", "kay@mail.example")
    run = desk.join(contacts.table(contacts.sims(noe, ("Mrs", "Ana", "Blair")), odd))
    page = console.page(f"{contacts.CONTACTS}/{run['id']}").body.decode()
    links = sorted({unescape(href) for href in re.findall(r'href="([^"]*/download[^"]*)"', page)})
    assert len(links) >= 8, "by student, parent and family, and lists"
    for link in links:
        path, _, query = link.partition("?")
        yield name_of(console, path, **dict(pair.split("=") for pair in query.split("&")))


def roster_files(console: Console, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The rows of a roster that could not be read, and who is not in it."""
    desk = rosters.Desk(console, monkeypatch)
    desk.load([row(number) for number in range(1, 31)])
    run = desk.preview(plain([*(row(number) for number in range(1, 27)), row(40, role="pirate")]))
    yield name_of(console, f"{rosters.ROSTERS}/{run['id']}/rejected")
    yield name_of(console, f"{rosters.ROSTERS}/{run['id']}/missing")


KINDS: tuple[Callable[[Console, pytest.MonkeyPatch], Iterator[str]], ...] = (
    login_details,
    lists,
    recipients,
    contacts_files,
    roster_files,
)


def test_no_two_kinds_of_file_share_a_name(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [name for kind in KINDS for name in kind(console, monkeypatch)]
    assert not [name for name in names if not NAME.fullmatch(name)]
    assert sorted(names) == sorted(set(names))
    assert not [name for name in names if "Given" in name or "Family" in name or "UPN" in name], "nobody is named"


def test_a_name_says_what_the_file_is_and_whose(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    made = set(login_details(console, monkeypatch)) | set(lists(console, monkeypatch))
    assert made >= {
        f"northbridge-slips-pins-7A-{DAY}.pdf",
        f"northbridge-sims-aspect-pins-7A-{DAY}.csv",
        f"northbridge-people-student-7A-{DAY}.xlsx",
        f"northbridge-readiness-figures-student-{DAY}.csv",
        f"northbridge-activity-login-details-{DAY}.csv",
    }
