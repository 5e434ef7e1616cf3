"""Marking many people as left, bringing them back, and undoing it."""

import re
from typing import Any

import pytest

from latchkey.people.model.person import Person
from latchkey.records import mark_left
from latchkey.records.model.leaving import LIFE
from tests.support.console import HEAD_TEACHER, Console, make_person

PEOPLE = "/admin/northbridge/people"


@pytest.fixture
def people(console: Console) -> list[Person]:
    made = [make_person(number, year_group="11" if number < 4 else "7") for number in range(1, 7)]
    console.add(made)
    return made


def status(console: Console, *people: Person) -> list[str]:
    directory = console.system.wiring("console").directory("northbridge")
    return [each.status for each in directory.by_ids(person.id for person in people)]


def mark(console: Console, how: str, **more: Any) -> Any:
    return console.post(f"{PEOPLE}/{how}", more)


def test_a_year_leaves_is_undone_and_comes_back(console: Console, people: list[Person]) -> None:
    leavers = {"filter": {"role": "student", "year_group": "11"}}
    tried = mark(console, "leaving", select=leavers, dry_run=True).json_body
    assert (tried["count"], tried["others"], len(tried["people"])) == (3, 0, 3)
    assert status(console, *people) == ["active"] * 6
    run = mark(console, "leaving", select=leavers).json_body
    assert (run["state"], run["count"], run["can_be_undone"]) == ("applied", 3, True)
    assert status(console, *people) == ["left"] * 3 + ["active"] * 3
    directory = console.system.wiring("console").directory("northbridge")
    assert [each.version for each in directory.by_ids(each.id for each in people)][:3] == [people[0].version + 1] * 3
    undone = console.post(f"{PEOPLE}/leaving/{run['id']}/undo", {}).json_body
    assert (undone["state"], undone["can_be_undone"]) == ("undone", False)
    assert status(console, *people) == ["active"] * 6
    assert console.post(f"{PEOPLE}/leaving/{run['id']}/undo", {}).json_body["state"] == "undone"
    mark(console, "leaving", select=leavers)
    back = mark(console, "returning", select={"ids": [people[0].id, people[5].id]}).json_body
    assert (back["status"], back["count"]) == ("active", 1)
    assert status(console, *people) == ["active", "left", "left"] + ["active"] * 3


def test_who_was_changed_since_stays_as_they_are(console: Console, people: list[Person]) -> None:
    run = mark(console, "leaving", select={"ids": [each.id for each in people[:3]]}).json_body
    console.system.wiring("console").directory("northbridge").change(people[0].id, {"status": "disabled"})
    console.post(f"{PEOPLE}/leaving/{run['id']}/undo", {})
    assert status(console, *people[:3]) == ["disabled", "active", "active"]


def test_admins_never_leave_this_way_and_nobody_is_said(console: Console, people: list[Person]) -> None:
    answer = mark(console, "leaving", select={"ids": [HEAD_TEACHER.id]})
    assert (answer.status_code, answer.json_body["code"]) == (409, "nobody")
    tried = mark(console, "leaving", select={"filter": {}}, dry_run=True).json_body
    assert tried["count"] == len(people)
    assert tried["others"] >= 1


def test_the_same_key_does_it_once_and_goes_on_after_a_crash(
    console: Console, people: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = {"select": {"ids": [each.id for each in people[:2]]}, "idempotency_key": "end-of-year"}
    with monkeypatch.context() as patch:
        patch.setattr(mark_left, "_turn", lambda *_: (_ for _ in ()).throw(RuntimeError("died")))
        assert mark(console, "leaving", **wanted).status_code == 500
    assert status(console, *people[:2]) == ["active", "active"]
    first = mark(console, "leaving", **wanted).json_body
    assert status(console, *people[:2]) == ["left", "left"]
    assert mark(console, "leaving", **wanted).json_body["id"] == first["id"]
    assert mark(console, "returning", **wanted).status_code == 409


def test_bounds_and_ends_are_said_in_words(console: Console, people: list[Person], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mark_left, "MOST", 2)
    answer = mark(console, "leaving", select={"filter": {"role": "student"}})
    assert answer.status_code == 422
    assert "one year or group at a time" in answer.json_body["fields"]["select"]
    run = mark(console, "leaving", select={"ids": [people[0].id]}).json_body
    console.system.clock.now += LIFE
    console.token = console.sign_in(HEAD_TEACHER)
    late = console.post(f"{PEOPLE}/leaving/{run['id']}/undo", {})
    assert (late.status_code, late.json_body["code"]) == (409, "cannot_undo")
    assert console.get(f"{PEOPLE}/leaving/{'0' * 26}").status_code == 404
    for wrong in ({}, {"select": {"ids": []}}, {"select": {"refused": {"domain": "a.example"}}}):
        assert mark(console, "leaving", **wrong).status_code == 422


def test_the_pages_ask_first_and_undo(console: Console, people: list[Person]) -> None:
    assert f'formaction="{PEOPLE}/leaving"' in console.page(PEOPLE).body.decode()
    ticked = {"kind": "password_link", "to": "ticked", f"id.{people[0].id}": "on", "page_ids": people[0].id}
    asked = console.form(f"{PEOPLE}/leaving", ticked)
    body = asked.body.decode()
    assert (asked.status_code, status(console, people[0])) == (200, ["active"])
    assert "Mark 1 person as left" in body
    fields = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', body))
    done = console.form(f"{PEOPLE}/leaving", {name: fields[name] for name in ("confirm", "to", "ids", "idempotency_key")})
    assert (done.status_code, status(console, people[0])) == (303, ["left"])
    page = console.page(done.headers["Location"]).body.decode()
    assert "marked as left" in page
    undone = console.form(f"{done.headers['Location']}/undo", {})
    assert (undone.status_code, status(console, people[0])) == (303, ["active"])
    assert "Undone" in console.page(undone.headers["Location"]).body.decode()
