"""The closure plan over HTTP: what it shows, the notice, and the rehearsal."""

from typing import Any

import pytest

from latchkey.closure.rehearse import rehearse
from latchkey.errors import Poison, TryLater
from latchkey.people.model.person import Person
from tests.support.console import Console, make_person

CLOSURE = "/admin/northbridge/closure"
TOMORROW = "2026-11-24T16:00:00Z"


@pytest.fixture
def people(console: Console) -> list[Person]:
    made = [
        make_person(1),
        make_person(2, last_login_at=1, password_set_at=1),
        make_person(3, email=None),
        make_person(4, role="teacher", year_group=None, registration_group=None),
        make_person(5, role="parent", year_group=None, registration_group=None, email="mum@home.example"),
        make_person(6, role="teacher", year_group=None, registration_group=None, email=None),
    ]
    console.add(made)
    return made


def step(found: Any, name: str) -> Any:
    return next(each for each in found["steps"] if each["name"] == name)


def notice(**more: Any) -> dict[str, Any]:
    return {"notice": "Closed tomorrow.", "ends_at": TOMORROW, **more}


def test_the_plan_has_tonights_numbers_and_every_number_is_its_list(console: Console, people: list[Person]) -> None:
    found = console.get(CLOSURE).json_body
    assert [(each["name"], each["state"], each["count"]) for each in found["steps"]] == [
        ("notice", "to_do", 0),
        ("links", "to_do", 3),  # a student, a teacher and the admin, who has no password yet
        ("invitations", "to_do", 1),
        ("paper", "to_do", 1),
        ("watch", "nothing", 0),
    ]
    assert (found["total"], found["ready"], found["could"]) == (7, 1, 6)
    for each in found["steps"]:
        if each["people"]:
            listed = console.get(each["people"])
            assert listed.status_code == 200, listed.json_body
            assert len(listed.json_body["items"]) == each["count"], each["name"]
    assert console.page(CLOSURE).status_code == 200


def test_the_messages_of_the_plan_try_out_with_exactly_its_numbers(console: Console, people: list[Person]) -> None:
    found = console.get(CLOSURE).json_body
    from urllib.parse import parse_qs, urlsplit

    links = step(found, "links")
    asked = parse_qs(urlsplit(links["people"]).query)
    tried = console.post(
        "/admin/northbridge/sends", {"kind": "password_link", "select": {"filter": asked}, "dry_run": True}
    ).json_body
    assert (tried["total"], tried["to_send"]) == (links["count"], links["count"])


def test_beginning_puts_the_notice_up_and_keeps_tonights_number(console: Console, people: list[Person]) -> None:
    begun = console.post(CLOSURE, notice())
    assert begun.status_code == 202
    assert (begun.json_body["total"], begun.json_body["ready"]) == (7, 1)
    settings = console.get("/admin/northbridge/settings").json_body
    assert settings["notice"] == "Closed tomorrow."
    assert step(console.get(CLOSURE).json_body, "notice")["state"] == "done"
    directory = console.system.wiring("portal").directory("northbridge")
    again = console.post(CLOSURE, notice(notice="Closed until Friday.")).json_body
    assert (again["id"], again["ready"]) == (begun.json_body["id"], 1)
    assert directory is not None
    events = [each["action"] for each in console.get("/admin/northbridge/audit").json_body["items"]]
    assert events.count("closure.begin") == 2


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, {"notice", "ends_at"}),
        (notice(notice="  "), {"notice"}),
        (notice(notice="x" * 1001, starts_at="soon", ends_at="later"), {"notice", "starts_at", "ends_at"}),
        (notice(ends_at="2020-01-01T00:00:00Z"), {"ends_at"}),
        (notice(starts_at="2026-12-01T00:00:00Z"), {"ends_at"}),
        (notice(ends_at=12), {"ends_at"}),
    ],
)
def test_what_is_wrong_is_said_all_at_once_and_nothing_is_changed(console: Console, fields: Any, wrong: set[str]) -> None:
    answer = console.post(CLOSURE, fields)
    assert (answer.status_code, set(answer.json_body["fields"])) == (422, wrong)
    assert console.get("/admin/northbridge/settings").json_body["notice"] == ""
    assert console.get(CLOSURE).json_body["begun"] is None


def test_a_form_that_is_wrong_comes_back_with_what_was_typed(console: Console) -> None:
    answer = console.form(CLOSURE, {"notice": "Snow &amp; ice", "starts_at": "", "ends_at": ""})
    assert answer.status_code == 422
    assert b"Snow &amp;amp; ice" in answer.body
    assert answer.body.count(b"so that it goes by itself") == 2  # in the summary and at its field


def test_a_rehearsal_says_what_would_have_happened_and_does_nothing(console: Console, people: list[Person]) -> None:
    asked = console.post(CLOSURE, {"rehearsal": True})
    assert (asked.status_code, asked.json_body["state"]) == (202, "queued")
    assert console.post(CLOSURE, {"rehearsal": True}).json_body["id"] == asked.json_body["id"]
    worker = console.system.wiring("plan_send")
    before = console.get("/admin/northbridge/sends").json_body["items"]
    rehearse(worker, "northbridge", asked.json_body["id"])
    rehearse(worker, "northbridge", asked.json_body["id"])
    page = f"{CLOSURE}/rehearsals/{asked.json_body['id']}"
    done = console.get(page).json_body
    found = done["found"]
    assert (done["state"], found["total"], found["ready"], found["could"], found["paper"]) == ("finished", 7, 1, 6, 1)
    assert (found["links"]["to_send"], found["links"]["mails"]) == (3, 3)
    assert [(each["reason"], each["count"]) for each in found["reasons"]] == [("no_address", 1)]
    assert console.get("/admin/northbridge/sends").json_body["items"] == before == []
    assert console.get("/admin/northbridge/settings").json_body["notice"] == ""
    assert console.page(page).status_code == 200
    assert console.get(CLOSURE).json_body["rehearsal"]["found"]["could"] == 6


def test_a_rehearsal_of_another_school_is_nobodys(console: Console) -> None:
    asked = console.post(CLOSURE, {"rehearsal": True}).json_body
    assert console.get(f"/admin/southgate/closure/rehearsals/{asked['id']}").status_code == 404
    assert console.get(f"{CLOSURE}/rehearsals/{'0' * 26}").status_code == 404
    with pytest.raises(Poison):
        rehearse(console.system.wiring("plan_send"), "southgate", asked["id"])


def test_a_rehearsal_that_cannot_be_queued_says_so(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object) -> None:
        raise TryLater("The queue is busy.")

    with monkeypatch.context() as broken:
        broken.setattr("latchkey.shared.stores.queues.Queue.put", busy)
        assert console.post(CLOSURE, {"rehearsal": True}).status_code == 503
    assert console.get(CLOSURE).json_body["rehearsal"]["state"] == "failed"
