"""Marking many people as left, bringing them back, and undoing it."""

import re
from typing import Any

import pytest

import read_roster.handler as read_roster
from latchkey.errors import Changed, TryLater
from latchkey.people.model.person import Person
from latchkey.records import mark_left, turn_leavers
from latchkey.records.model.leaving import LEASE, LIFE, LeaverRun
from latchkey.records.stores.leaver_runs import LeaverRuns
from tests.support.console import HEAD_TEACHER, Console, make_person
from tests.support.openapi import check

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


def work(console: Console) -> None:
    """What the worker does with all that is on its queue."""
    for body in console.system.messages("ROSTER_QUEUE"):
        read_roster.work({"body": body})


@pytest.fixture(autouse=True)
def _worker(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_roster, "system", lambda: console.system.wiring("read_roster"))


def test_a_year_leaves_is_undone_and_comes_back(console: Console, people: list[Person]) -> None:
    leavers = {"filter": {"role": "student", "year_group": "11"}}
    tried = mark(console, "leaving", select=leavers, dry_run=True).json_body
    assert (tried["count"], tried["others"], len(tried["people"])) == (3, 0, 3)
    assert status(console, *people) == ["active"] * 6
    answer = mark(console, "leaving", select=leavers)
    check("post", f"{PEOPLE}/leaving", answer)
    run = answer.json_body
    assert (run["state"], run["count"], run["can_be_undone"], run["progress"]) == ("applying", 3, True, {"done": 0, "total": 3})
    assert status(console, *people) == ["active"] * 6
    work(console)
    answer = console.get(f"{PEOPLE}/leaving/{run['id']}")
    check("get", f"{PEOPLE}/leaving/{run['id']}", answer)
    run = answer.json_body
    assert (run["state"], run["can_be_undone"], run["progress"]) == ("applied", True, {"done": 3, "total": 3})
    assert status(console, *people) == ["left"] * 3 + ["active"] * 3
    directory = console.system.wiring("console").directory("northbridge")
    assert [each.version for each in directory.by_ids(each.id for each in people)][:3] == [people[0].version + 1] * 3
    undone = console.post(f"{PEOPLE}/leaving/{run['id']}/undo", {}).json_body
    assert (undone["state"], undone["can_be_undone"]) == ("undoing", False)
    work(console)
    assert status(console, *people) == ["active"] * 6
    assert console.post(f"{PEOPLE}/leaving/{run['id']}/undo", {}).json_body["state"] == "undone"
    mark(console, "leaving", select=leavers)
    work(console)
    back = mark(console, "returning", select={"ids": [people[0].id, people[5].id]}).json_body
    assert (back["status"], back["count"]) == ("active", 1)
    work(console)
    assert status(console, *people) == ["active", "left", "left"] + ["active"] * 3


def test_who_was_changed_since_stays_as_they_are(console: Console, people: list[Person]) -> None:
    run = mark(console, "leaving", select={"ids": [each.id for each in people[:3]]}).json_body
    work(console)
    console.system.wiring("console").directory("northbridge").change(people[0].id, {"status": "disabled"})
    console.post(f"{PEOPLE}/leaving/{run['id']}/undo", {})
    work(console)
    assert status(console, *people[:3]) == ["disabled", "active", "active"]


def test_admins_never_leave_this_way_and_nobody_is_said(console: Console, people: list[Person]) -> None:
    answer = mark(console, "leaving", select={"ids": [HEAD_TEACHER.id]})
    assert (answer.status_code, answer.json_body["code"]) == (409, "nobody")
    tried = mark(console, "leaving", select={"filter": {}}, dry_run=True).json_body
    assert tried["count"] == len(people)
    assert tried["others"] >= 1


def test_the_same_key_does_it_once(console: Console, people: list[Person], monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = {"select": {"ids": [each.id for each in people[:2]]}, "idempotency_key": "end-of-year"}
    with monkeypatch.context() as patch:
        patch.setattr(mark_left, "_put", lambda *_: (_ for _ in ()).throw(TryLater()))
        assert mark(console, "leaving", **wanted).status_code == 503
    first = mark(console, "leaving", **wanted).json_body
    assert mark(console, "leaving", **wanted).json_body["id"] == first["id"]
    work(console)
    assert status(console, *people[:2]) == ["left", "left"]
    assert mark(console, "leaving", **wanted).json_body["state"] == "applied"
    assert console.system.messages("ROSTER_QUEUE") == []
    assert mark(console, "returning", **wanted).status_code == 409


def test_a_worker_that_dies_is_followed_by_one_that_goes_on(
    console: Console, people: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turn_leavers, "_AT_ONCE", 2)
    run = mark(console, "leaving", select={"filter": {"role": "student"}}).json_body
    (body,) = console.system.messages("ROSTER_QUEUE")
    console.system.wiring("console").directory("northbridge").change(people[5].id, {"status": "disabled"})
    with monkeypatch.context() as patch:
        patch.setattr(LeaverRuns, "note", lambda *_: (_ for _ in ()).throw(RuntimeError("died")))
        with pytest.raises(RuntimeError):
            read_roster.work({"body": body})
    assert sorted(status(console, *people)).count("left") == 2
    found = console.get(f"{PEOPLE}/leaving/{run['id']}").json_body
    assert (found["state"], found["progress"]["done"]) == ("applying", 0)
    read_roster.work({"body": body})
    read_roster.work({"body": body})  # the same message once more does nothing
    assert status(console, *people) == ["left"] * 5 + ["disabled"]


def test_one_worker_at_a_time_has_a_run(console: Console, people: list[Person]) -> None:
    run = mark(console, "leaving", select={"ids": [people[0].id]}).json_body
    (body,) = console.system.messages("ROSTER_QUEUE")
    runs, now = console.system.wiring("read_roster").leaver_runs("northbridge"), int(console.system.clock.now)
    found = runs.get(run["id"])
    assert found is not None
    runs.take(found, now + LEASE)
    with pytest.raises(Changed):
        runs.take(found, now + LEASE)
    with pytest.raises(TryLater):
        read_roster.work({"body": body})
    console.system.clock.now += LEASE
    read_roster.work({"body": body})
    assert status(console, people[0]) == ["left"]


def test_undone_while_it_is_under_way(console: Console, people: list[Person], monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker sees it before it goes on, and the next one turns everybody back whom it has reached."""
    monkeypatch.setattr(turn_leavers, "_AT_ONCE", 2)
    run = mark(console, "leaving", select={"filter": {"role": "student"}}).json_body
    (body,) = console.system.messages("ROSTER_QUEUE")
    note = LeaverRuns.note

    def undone_then_note(runs: LeaverRuns, found: LeaverRun, done: int) -> LeaverRun:
        monkeypatch.setattr(LeaverRuns, "note", note)
        assert console.post(f"{PEOPLE}/leaving/{run['id']}/undo", {}).json_body["state"] == "undoing"
        return note(runs, found, done)

    monkeypatch.setattr(LeaverRuns, "note", undone_then_note)
    with pytest.raises(TryLater):
        read_roster.work({"body": body})
    assert status(console, *people).count("left") == 2
    work(console)
    assert status(console, *people) == ["active"] * 6
    read_roster.work({"body": body})
    assert console.get(f"{PEOPLE}/leaving/{run['id']}").json_body["state"] == "undone"


def test_a_run_that_nobody_finishes_is_said_to_be_late(console: Console, people: list[Person]) -> None:
    run = mark(console, "leaving", select={"ids": [people[0].id]}).json_body
    console.system.messages("ROSTER_QUEUE")
    console.system.clock.now += 900
    page = console.page(f"{PEOPLE}/leaving/{run['id']}").body.decode()
    assert "This has not been finished." in page
    assert 'data-live="running"' not in page
    console.form(f"{PEOPLE}/leaving/{run['id']}/undo", {})
    assert "This has not been finished." not in console.page(f"{PEOPLE}/leaving/{run['id']}").body.decode()
    work(console)
    assert console.get(f"{PEOPLE}/leaving/{run['id']}").json_body["state"] == "undone"
    assert read_roster.work({"body": '{"v": 1, "kind": "leavers", "school": "northbridge", "run": "' + "0" * 26 + '"}'}) is None


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
    assert (done.status_code, status(console, people[0])) == (303, ["active"])
    page = console.page(done.headers["Location"]).body.decode()
    assert "Marking as left" in page
    assert "People: 0 of 1" in page
    assert 'data-live="running"' in page
    work(console)
    page = console.page(done.headers["Location"]).body.decode()
    assert "1 person marked as left." in page
    assert status(console, people[0]) == ["left"]
    undone = console.form(f"{done.headers['Location']}/undo", {})
    assert undone.status_code == 303
    assert "Undoing" in console.page(undone.headers["Location"]).body.decode()
    work(console)
    assert status(console, people[0]) == ["active"]
    assert "Undone" in console.page(undone.headers["Location"]).body.decode()
