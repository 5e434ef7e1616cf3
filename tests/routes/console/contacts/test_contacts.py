"""The contacts routes: who may, what is asked for, what pages show."""

import re
from html import unescape
from typing import Any

import pytest

from latchkey.errors import TryLater
from latchkey.shared.stores.uploads import Uploads
from tests.support.console import Console, make_person
from tests.support.contacts import CONTACTS, Desk, sims, student, table

NOE, TESS = student(0, "Noé", "Blair"), student(1, "Tess", "Moor")


@pytest.fixture
def desk(console: Console, monkeypatch: pytest.MonkeyPatch) -> Desk:
    console.add([NOE, TESS])
    return Desk(console, monkeypatch)


@pytest.mark.parametrize(
    "body",
    [{}, {"filename": ""}, {"filename": "c.exe"}, {"filename": 1}, {"filename": "c.csv", "whom": "nobody"}, {"a": "b"},
     {"filename": "c.csv", "idempotency_key": "short"}],
)  # fmt: skip
def test_what_cannot_be_is_refused_before_anything_is_made(console: Console, body: dict[str, Any]) -> None:
    assert console.post(CONTACTS, body).status_code == 422
    assert console.get(CONTACTS).json_body == {"items": [], "next": None}


def test_a_browser_posts_the_file_to_s3_and_comes_back(console: Console) -> None:
    assert "No contacts have been uploaded" in console.page(CONTACTS).body.decode()
    answer = console.form(CONTACTS, {"whom": "all"})
    assert answer.status_code == 201
    body = answer.body.decode()
    assert "form-action 'self' https://uploads-bucket.s3.eu-west-2.amazonaws.com;" in answer.headers["Content-Security-Policy"]
    assert re.search(r'name="key" value="contacts/northbridge/[0-9a-z]{26}/[0-9a-f]{32}"', body)
    back = re.search(r'name="success_action_redirect" value="https://latchkey.test(/[^"]*)"', body)
    assert back
    landed = console.page(back[1], bucket="b", key="k", etag="e")
    assert (landed.status_code, landed.headers["Location"]) == (303, back[1])
    assert "We have not seen the file yet" in console.page(back[1]).body.decode()


def test_the_same_key_starts_one_upload(desk: Desk) -> None:
    body = {"filename": "c.csv", "idempotency_key": "once-only"}
    first, second = (desk.console.post(CONTACTS, body) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    run = first.json_body["id"]
    assert second.json_body["id"] == run
    assert desk.console.post(CONTACTS, {**body, "filename": "other.csv"}).status_code == 409
    desk.keys[run] = first.json_body["upload"]["fields"]["key"]
    desk.put(run, table(sims(NOE, ("Mrs", "Ana", "Blair"))))
    assert desk.read(desk.came(run)) == 0
    third = desk.console.post(CONTACTS, body)
    assert (third.status_code, third.json_body) == (200, {"id": run, "upload": None})


def test_the_page_has_numbers_lists_downloads_and_no_markup_of_the_file(desk: Desk) -> None:
    odd = ("", "<b>Max</b>", "Rudd", "", "", "", "", "Kay", "Rudd", "", "", "", "", "kay@mail.example")
    run = desk.join(table(sims(NOE, ("Mrs", "Ana", "Blair"), email="ana@mail.example"), odd))
    page = desk.console.page(f"{CONTACTS}/{run['id']}").body.decode()
    assert "<b>Max" not in page
    text = unescape(re.sub(r"<[^>]+>", " ", page))
    for words in ("students with contacts", "Students without contacts", "Contacts without a student", "Excel by family"):
        assert words in text
    for href in re.findall(r'href="([^"]*/download[^"]*)"', page):
        path, _, query = unescape(href).partition("?")
        assert desk.console.get(path, **dict(pair.split("=") for pair in query.split("&"))).status_code == 303
    listed = desk.console.page(CONTACTS).body.decode()
    assert f"{CONTACTS}/{run['id']}" in listed


def test_the_form_asks_for_columns_and_keeps_what_was_chosen(desk: Desk) -> None:
    run = desk.join(table(("004510", "Ana Blair", "ana@mail.example"), header=("Nr<", "Who", "Mail to")))
    path = f"{CONTACTS}/{run['id']}"
    page = desk.console.page(path).body.decode()
    assert 'name="student_id"' in page
    assert "Nr&lt;" in page
    wrong = desk.console.form(f"{path}/map", {"student_id": "1"})
    body = wrong.body.decode()
    assert wrong.status_code == 422
    assert "the contact&#39;s name" in body or "the contact's name" in unescape(body)
    assert re.search(r'id="student_id"[^>]*>.*?<option value="1" selected>', body, re.DOTALL)
    right = desk.console.form(f"{path}/map", {"student_id": "1", "email": "3", "upn": ""})
    assert (right.status_code, right.headers["Location"]) == (303, path)
    assert desk.finish(run["id"])["state"] == "finished"


@pytest.mark.parametrize(("rows", "suffix"), [("parents", "csv"), ("parent", "pdf"), ("", ""), ("../x", "csv")])
def test_a_file_that_there_is_not_is_refused(desk: Desk, rows: str, suffix: str) -> None:
    run = desk.join(table(sims(NOE, ("Mrs", "Ana", "Blair"))))
    assert desk.console.get(f"{CONTACTS}/{run['id']}/download", rows=rows, format=suffix).status_code == 422


def test_while_there_is_no_file_the_answer_says_so(desk: Desk) -> None:
    waiting = desk.start(None)
    answer = desk.console.get(f"{CONTACTS}/{waiting}/download", rows="parent", format="csv")
    assert (answer.status_code, answer.json_body["code"]) == (409, "not_ready")
    failed = desk.join(b"<html>")
    answer = desk.console.get(f"{CONTACTS}/{failed['id']}/download", rows="parent", format="csv")
    assert (answer.status_code, answer.json_body["code"]) == (409, "failed")
    assert desk.console.post(f"{CONTACTS}/{waiting}/files", {}).status_code == 409
    assert desk.console.post(f"{CONTACTS}/{waiting}/map", {"columns": {"upn": 1}}).status_code == 409


@pytest.mark.parametrize("path", ["", "/map", "/files", "/slips", "/invite", "/download"])
def test_another_schools_and_an_unknown_upload_are_the_same_404(desk: Desk, path: str) -> None:
    run = desk.join(table(sims(NOE, ("Mrs", "Ana", "Blair"))))
    ask = desk.console.get if path in {"", "/download"} else lambda where: desk.console.post(where, {})
    answers = [ask(f"/admin/{school}/contacts/{each}{path}") for school, each in (
        ("southgate", run["id"]), ("northbridge", "0" * 26), ("northbridge", "no-id")
    )]  # fmt: skip
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.body for answer in answers}) == 1


def test_who_is_no_admin_finds_nothing(desk: Desk) -> None:
    teacher = make_person(9, role="teacher")
    desk.console.add([teacher])
    desk.console.token = desk.console.sign_in(teacher)
    assert desk.console.get(CONTACTS).status_code == 404
    assert desk.console.post(CONTACTS, {"filename": "c.csv"}).status_code == 404


def test_a_busy_bucket_is_a_503(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: Any, **__: Any) -> Any:
        raise TryLater()

    monkeypatch.setattr(Uploads, "form", busy)
    assert console.post(CONTACTS, {"filename": "c.csv"}).status_code == 503
