"""What a person is known by is shown by the school's choice, everywhere the same; they are found by either name."""

from dataclasses import replace
from typing import Any

import pytest

from latchkey.people.model.person import Person
from latchkey.schools.model.school import School, Settings
from tests.support.console import HEAD_TEACHER, Console, make_person

PEOPLE = "/admin/northbridge/people"
KNOWN, LEGAL = "Tam Okafor", "Thomasina Smith"


@pytest.fixture
def child(console: Console) -> Person:
    parent = make_person(9, role="parent", given_name="Pat", family_name="Smith", preferred_given_name="Paddy")
    child = make_person(
        1,
        given_name="Thomasina",
        family_name="Smith",
        preferred_given_name="Tam",
        preferred_family_name="Okafor",
        parents=(parent.id,),
    )
    child = replace(child, number=1)
    console.add([child, parent])
    return child


def choose(console: Console, rule: str) -> None:
    answer = console.post("/admin/northbridge/settings", {"names": rule}, "put")
    assert (answer.status_code, answer.json_body["names"]) == (200, rule)


def text(answer: Any) -> str:
    assert answer.status_code < 300, answer.body
    return str(answer.body.decode())


def headed(page: str) -> str:
    return page.partition("<h1>")[2].partition("</h1>")[0]


@pytest.mark.parametrize(("rule", "name", "other"), [("preferred", KNOWN, LEGAL), ("legal", LEGAL, KNOWN)])
def test_pages_and_mails_call_people_as_the_school_chooses(
    console: Console, child: Person, rule: str, name: str, other: str
) -> None:
    choose(console, rule)
    place = f"{PEOPLE}/{child.id}"
    shown = console.get(place).json_body
    assert shown["name"] == name
    assert (shown["given_name"], shown["family_name"]) == ("Thomasina", "Smith")
    assert (shown["preferred_given_name"], shown["preferred_family_name"]) == ("Tam", "Okafor")
    assert shown["parents"][0]["name"] == ("Paddy Smith" if rule == "preferred" else "Pat Smith")
    (item,) = console.get(PEOPLE, role="student").json_body["items"]
    assert item["name"] == name
    for path in (PEOPLE, f"{place}/history", f"{PEOPLE}/emails?role=student", "/admin/northbridge/audit"):
        page = text(console.page(path))
        assert other not in page
    person_page = text(console.page(place))
    assert headed(person_page) == name
    assert ("Legal name: Thomasina Smith" in person_page) is (rule == "preferred")
    assert ("Known as Tam Okafor" in person_page) is (rule == "legal")
    mail = console.get("/admin/northbridge/sends/preview", person=child.id).json_body
    assert mail["name"] == name
    assert name in mail["text"]
    assert other not in mail["text"] + mail["html"]
    codes = text(console.form(f"{place}/codes", {}))
    assert headed(codes) == f"Login details of {name}"
    assert other not in codes
    send = console.post("/admin/northbridge/sends", {"kind": "password_link", "select": {"ids": [child.id]}, "dry_run": True})
    assert name in send.json_body["name"]
    assert headed(text(console.page(f"{place}/edit"))) == f"Change {name}"


def test_people_are_found_by_either_name_whatever_is_shown(console: Console, child: Person) -> None:
    for rule in ("preferred", "legal"):
        choose(console, rule)
        for typed in ("tam", "okafor", "thomasina", "smith thomasina", "tam smith"):
            assert child.id in [item["id"] for item in console.get(PEOPLE, q=typed).json_body["items"]]


def test_the_names_are_changed_and_taken_away_by_hand(console: Console) -> None:
    made = console.post(PEOPLE, {"role": "student", "given_name": "Ann", "family_name": "Lee", "preferred_given_name": " Annie "})
    assert (made.status_code, made.json_body["preferred_given_name"], made.json_body["name"]) == (201, "Annie", "Annie Lee")
    place = f"{PEOPLE}/{made.json_body['id']}"
    changed = console.post(place, {"preferred_family_name": "Fox", "revision": made.json_body["revision"]}, "patch").json_body
    assert changed["name"] == "Annie Fox"
    assert changed["revision"] != made.json_body["revision"]
    taken = console.post(place, {"preferred_given_name": "", "preferred_family_name": None}, "patch").json_body
    assert (taken["preferred_given_name"], taken["preferred_family_name"], taken["name"]) == (None, None, "Ann Lee")
    too_long = console.post(place, {"preferred_given_name": "x" * 101}, "patch")
    assert (too_long.status_code, set(too_long.json_body["fields"])) == (422, {"preferred_given_name"})
    page = text(console.page(f"{place}/edit"))
    assert 'name="preferred_given_name"' in page
    fields = [each["facts"].get("fields") for each in console.get("/admin/northbridge/audit", kind="deeds").json_body["items"]]
    assert "preferred given name, preferred family name" in fields


def test_the_form_of_settings_offers_the_choice(console: Console) -> None:
    page = text(console.page("/admin/northbridge/settings/mails"))
    assert '<option value="preferred" selected>' in page
    choose(console, "legal")
    assert '<option value="legal" selected>' in text(console.page("/admin/northbridge/settings/mails"))


def test_a_school_of_an_older_release_shows_what_people_are_known_by() -> None:
    school = School(slug="northbridge", name="Northbridge Academy")
    assert school.settings == Settings(names="preferred")
    known = make_person(1, preferred_given_name="Tam")
    assert school.name_of(known) == "Tam Family0001"
    assert school.name_of(HEAD_TEACHER) == "Ada Admin"
    one = make_person(2, given_name="Madonna", family_name="", preferred_given_name="Maddie")
    assert school.name_of(one) == "Maddie"
