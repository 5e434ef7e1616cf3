"""Inviting parents in the console: from people and from contacts, with a look at who is invited and who is not."""

import json
from dataclasses import replace
from typing import Any

import pytest

from latchkey.contacts.model.contact import Child
from tests.support.console import HEAD_TEACHER, Console, make_person
from tests.support.invitations import keep, parent

SENDS = "/admin/northbridge/sends"
AMIR, ZARA = make_person(1, email=None), make_person(2, email=None)


@pytest.fixture
def school(console: Console) -> Console:
    """Two students, a father whom the roster has brought, and a mother in the contacts."""
    dad = make_person(3, role="parent", email="dad@home.example", children=(AMIR.id,), year_group=None, registration_group=None)
    console.add([replace(AMIR, parents=(dad.id,)), ZARA, dad])
    return console


def queued(school: Console) -> list[dict[str, Any]]:
    return [json.loads(text) for text in school.system.messages("PLAN_QUEUE")]


def contacts(school: Console) -> str:
    barred = Child(student=ZARA.id, priority=1, responsible=True, barred="court_order")
    return keep(school.system, [parent(1, [AMIR.id, ZARA.id]), parent(2, [barred]), parent(3, [ZARA.id], email="")]).id


def test_a_form_asks_first_and_says_who_is_not_invited_and_why(school: Console) -> None:
    run = contacts(school)
    draft = school.form(f"/admin/northbridge/contacts/{run}/invite", {}).headers["Location"]
    text = school.page(draft).body.decode()
    assert "Invitations to parents in the contacts" in text
    assert "1 parent</strong></a> will get a mail" in text
    assert "has a court order or restricted access to a child" in text
    assert "has no e-mail address" in text
    assert queued(school) == []
    sent = school.form(f"{draft}/send", {"people": "1"})
    assert sent.status_code == 303
    send = school.get(sent.headers["Location"].partition("?")[0]).json_body
    assert (send["kind"], send["name"]) == ("parent_invitation", "Invitations to parents in the contacts")
    assert [each["send"] for each in queued(school)] == [send["id"]]
    given_up = school.form(f"/admin/northbridge/contacts/{run}/invite", {}).headers["Location"]
    assert school.form(f"{given_up}/discard", {}).headers["Location"] == f"/admin/northbridge/contacts/{run}"


def test_the_page_of_contacts_offers_it(school: Console) -> None:
    run = keep(school.system, [parent(1, [AMIR.id])], counts={"invited": 1, "matched": 1})
    assert "Invite these parents" in school.page(f"/admin/northbridge/contacts/{run.id}").body.decode()


def test_students_are_ticked_and_their_parents_invited(school: Console) -> None:
    contacts(school)
    text = school.led(SENDS, {"kind": "password_link", "invite": "ticked", f"id.{AMIR.id}": "on"})
    assert "Send to 2 people" in text
    assert "Invitations for parents" in text
    body = {"kind": "parent_invitation", "select": {"filter": {"role": "student", "year_group": "7"}}, "dry_run": True}
    tried = school.post(SENDS, body).json_body
    assert (tried["name"], tried["to_send"], tried["mails"]) == ("Invitations to parents of year 7 students", 2, 2)
    assert {each["reason"] for each in tried["skipped"]} == {"court_order", "no_address"}


def test_one_student_s_page_invites_their_parents_by_name(school: Console) -> None:
    page = school.page(f"/admin/northbridge/people/{AMIR.id}").body.decode()
    assert "Invite the parents" in page
    made = school.post(SENDS, {"kind": "parent_invitation", "select": {"ids": [AMIR.id]}})
    assert made.status_code == 202
    assert made.json_body["name"] == "Invitations to Given1 Family0001 or their parents"


def test_where_no_parent_is_known_nothing_is_sent_and_the_page_says_what_to_do(school: Console) -> None:
    text = school.led(SENDS, {"kind": "parent_invitation", "to": "listed", "ids": ZARA.id})
    assert "Nobody matches." in text
    assert "parents' contacts" in text
    refused = school.post(SENDS, {"kind": "parent_invitation", "select": {"ids": [HEAD_TEACHER.id]}})
    assert (refused.status_code, [*refused.json_body["fields"]]) == (422, ["select"])


def test_the_audit_trail_says_what_was_sent(school: Console) -> None:
    school.post(SENDS, {"kind": "parent_invitation", "select": {"filter": {"role": "student"}}})
    assert "invitations to parents of students" in school.page("/admin/northbridge/audit").body.decode()


@pytest.mark.parametrize("run", ["0" * 26, "no-run"])
def test_an_upload_that_is_not_there_is_not_found(school: Console, run: str) -> None:
    assert school.post(f"/admin/northbridge/contacts/{run}/invite", {"dry_run": True}).status_code == 404
