"""Undoing a roster, through the console's routes and the worker's door: all is as before, but for what has become of people."""

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from latchkey.people.model.person import Person
from latchkey.rosters import apply_roster, undo_roster
from latchkey.rosters.model.plain_csv import HEADER
from latchkey.rosters.model.undo import UNDO_LIFE
from latchkey.shared.model.ids import person_id
from latchkey.shared.stores.queues import Queue
from tests.support.console import HEAD_TEACHER, running_console
from tests.support.rosters import ROSTERS, SCHOOL, UPNS, Crash, Desk, dying, parent, plain, row

HEADERS = (*HEADER, "left")
FIRST = [row(1, upn=UPNS[0]), row(2), row(3), parent(1, "S1"), parent(2, "S2")]


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with running_console(monkeypatch) as console:
        yield Desk(console, monkeypatch)


def load(desk: Desk, rows: list[dict[str, str]]) -> dict[str, Any]:
    return desk.apply(desk.preview(plain(rows, HEADERS))["id"])


def undo(desk: Desk, roster: str) -> dict[str, Any]:
    """Undo a roster and see what became of it."""
    answer = desk.console.post(f"{ROSTERS}/{roster}/undo", {})
    assert answer.status_code == 202, answer.json_body
    assert desk.work(*desk.console.system.messages("ROSTER_QUEUE")) == 0
    found: dict[str, Any] = desk.run(roster)["undo"]
    return found


def of(desk: Desk, mis_id: str) -> Person:
    found = desk.person(mis_id)
    assert found is not None
    return found


def change(desk: Desk, mis_id: str, **facts: Any) -> None:
    desk.worker.directory(SCHOOL).change(person_id(SCHOOL, mis_id), facts)


def facts(desk: Desk) -> list[dict[str, Any]]:
    """What is known of everybody, without what only ever grows, and without what says the same in another way."""
    found = [json.loads(each) for each in desk.items()]
    for each in found:
        for name in ("version", "former_email"):
            each.pop(name, None)
    return found


def test_everything_is_as_before(desk: Desk) -> None:
    desk.load(FIRST)
    before = facts(desk)
    run = load(
        desk,
        [
            row(1, upn=UPNS[0], given_name="Zoë", email="zoe@pupils.northbridge.example", registration_group="7B"),
            row(2, username="another2", email="", year_group="8"),
            row(4, upn=UPNS[1]),
            parent(1, "S1", "S2", "S4"),
            parent(3, "S4"),
            {**row(3), "left": "yes"},
        ],
    )
    assert (run["counts"]["new"], run["counts"]["changed"], run["leaving"], run["links"]) == (2, 3, 1, 3)
    assert run["undo"]["possible"]
    assert facts(desk) != before
    undone = undo(desk, run["id"])
    assert (undone["state"], undone["kept"]) == ("finished", [])
    assert undone["counts"] == {"restored": 3, "removed": 2, "links": 3, "linked": 0, "kept": 0}
    assert undone["progress"]["done"] == undone["progress"]["total"]
    assert facts(desk) == before
    assert of(desk, "S3").version == 1, "links and sessions of who had left stay dead"
    assert {"roster.undone", "roster.undo"} <= {event["action"] for event in desk.worker_audit()}


def test_undoing_twice_changes_nothing(desk: Desk) -> None:
    nobody = facts(desk)
    run = desk.load(FIRST)
    undo(desk, run["id"])
    assert facts(desk) == nobody
    assert desk.console.post(f"{ROSTERS}/{run['id']}/undo", {}).status_code == 200
    assert desk.console.system.messages("ROSTER_QUEUE") == []
    assert desk.work({"v": 1, "kind": "undo", "school": SCHOOL, "roster": run["id"]}) == 0
    again = desk.load(FIRST)
    assert again["counts"]["new"] == 5
    assert desk.work({"v": 1, "kind": "undo", "school": SCHOOL, "roster": run["id"]}) == 0
    assert len(desk.items()) == len(nobody) + 5, "the same people came with another roster"


def test_who_uses_the_account_is_kept_and_listed(desk: Desk) -> None:
    run = desk.load(FIRST)
    change(desk, "S1", password_set_at=1, version=1)
    change(desk, "S2", pin={"generation": 1, "expires_at": 9, "uses": 1})
    change(desk, "P1", given_name="By hand")
    change(desk, "S3", pin={"generation": 1, "expires_at": 9, "uses": 0})
    undone = undo(desk, run["id"])
    assert undone["counts"]["removed"] == 2
    assert {each["person"]: each["why"] for each in undone["kept"]} == {
        person_id(SCHOOL, "S1"): "in_use",
        person_id(SCHOOL, "S2"): "in_use",
        person_id(SCHOOL, "P1"): "edited",
    }
    assert (of(desk, "S1").parents, of(desk, "P1").children) == ((), ())
    assert (desk.person("S3"), desk.person("P2")) == (None, None)


def test_what_was_changed_since_stays_and_is_listed(desk: Desk) -> None:
    desk.load(FIRST)
    run = desk.load([row(1, given_name="Roster", registration_group="7B"), row(2, given_name="Roster", year_group="8")])
    change(desk, "S1", given_name="Hand")
    desk.console.system.clock.now += 60
    desk.load([row(2, given_name="Later", year_group="8")])
    assert desk.run(run["id"])["undo"]["later_rosters"] == 1
    undone = undo(desk, run["id"])
    one, two = of(desk, "S1"), of(desk, "S2")
    assert (one.given_name, one.registration_group) == ("Hand", "7A")
    assert (two.given_name, two.year_group) == ("Later", "7")
    assert [(each["why"], each["fields"]) for each in undone["kept"]] == [("changed", ["given_name"])] * 2


def test_an_address_through_which_a_password_was_set_stays(desk: Desk) -> None:
    desk.load(FIRST)
    run = desk.load([row(1, email="one@new.example"), row(2, email="two@new.example")])
    change(desk, "S1", password_set_at=1_800_000_000, used_link="a link", version=1)
    undone = undo(desk, run["id"])
    assert of(desk, "S1").email == "one@new.example"
    assert of(desk, "S2").email == "s2@pupils.northbridge.example"
    assert [(each["why"], each["fields"]) for each in undone["kept"]] == [("confirmed", ["email"])]
    assert "E-mail" in undone["kept"][0]["text"]


def test_both_addresses_hear_of_it_when_an_address_goes_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    put_many = Queue.put_many
    monkeypatch.setattr(Queue, "put_many", lambda queue, messages, delay: put_many(queue, messages))
    desk.load(FIRST)
    change(desk, "S1", password_set_at=5, used_link="before")
    run = desk.load([row(1, email="one@new.example")])
    desk.console.system.clock.now += 1000
    desk.console.system.messages("REQUESTS_QUEUE")
    undo(desk, run["id"])
    told = [json.loads(each) for each in desk.console.system.messages("REQUESTS_QUEUE")]
    one = of(desk, "S1")
    assert one.former_email is not None
    assert [(each["kind"], each["people"], each["at"]) for each in told] == [("emails_changed", [one.id], one.former_email.at)]
    assert (one.email, one.former_email.email) == ("s1@pupils.northbridge.example", "one@new.example")


def test_a_username_that_somebody_else_has_by_now_is_not_given_back(desk: Desk) -> None:
    desk.load(FIRST)
    run = desk.load([row(1, username="renamed1")])
    desk.load([row(9, username="user1")])
    undone = undo(desk, run["id"])
    assert (of(desk, "S1").username, of(desk, "S9").username) == ("renamed1", "user1")
    assert [(each["why"], each["fields"]) for each in undone["kept"]] == [("taken", ["username"])]


def test_an_admin_of_today_keeps_how_they_get_in(desk: Desk) -> None:
    teacher = row(7, role="teacher", mis_id="T1", year_group="", registration_group="")
    desk.load([teacher])
    run = desk.load([{**teacher, "email": "head@new.example", "given_name": "Changed"}])
    change(desk, "T1", is_admin=True)
    undone = undo(desk, run["id"])
    after = of(desk, "T1")
    assert (after.email, after.given_name) == ("head@new.example", "Given7")
    assert [(each["why"], each["fields"]) for each in undone["kept"]] == [("admin", ["email"])]


@pytest.mark.parametrize("when", [UNDO_LIFE, UNDO_LIFE + 1, UNDO_LIFE * 2])
def test_after_a_week_it_is_too_late(desk: Desk, when: int) -> None:
    run = desk.load(FIRST)
    desk.console.system.clock.now += when
    desk.console.token = desk.console.sign_in(HEAD_TEACHER)
    answer = desk.console.post(f"{ROSTERS}/{run['id']}/undo", {})
    assert (answer.status_code, answer.json_body["code"]) == (409, "cannot_undo")
    assert "seven days" in answer.json_body["detail"]
    assert not desk.run(run["id"])["undo"]["possible"]


def test_what_was_not_applied_or_changed_nobody_cannot_be_undone(desk: Desk) -> None:
    run = desk.preview(plain(FIRST))
    assert run["undo"] is None
    assert desk.console.post(f"{ROSTERS}/{run['id']}/undo", {}).json_body["code"] == "cannot_undo"
    desk.apply(run["id"])
    same = desk.load(FIRST)
    assert same["undo"] is None
    assert desk.console.post(f"{ROSTERS}/{same['id']}/undo", {}).json_body["code"] == "cannot_undo"
    assert desk.console.post(f"{ROSTERS}/{'0' * 26}/undo", {}).status_code == 404


def test_while_one_roster_is_applied_none_is_undone_and_the_other_way_round(desk: Desk) -> None:
    run, other = desk.load(FIRST), desk.preview(plain([row(8)]))
    desk.console.post(f"{ROSTERS}/{other['id']}/apply", {})
    assert desk.console.post(f"{ROSTERS}/{run['id']}/undo", {}).json_body["code"] == "roster_running"
    desk.work(*desk.console.system.messages("ROSTER_QUEUE"))
    waiting = desk.preview(plain([row(9)]))
    assert desk.console.post(f"{ROSTERS}/{run['id']}/undo", {}).status_code == 202
    assert desk.console.post(f"{ROSTERS}/{waiting['id']}/apply", {}).json_body["code"] == "roster_running"
    desk.work(*desk.console.system.messages("ROSTER_QUEUE"))
    assert desk.apply(waiting["id"])["state"] == "finished"


def test_what_takes_long_is_handed_over(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undo_roster, "_AT_ONCE", 1)
    nobody = facts(desk)
    run = desk.load([row(number) for number in range(1, 350)])
    assert desk.console.post(f"{ROSTERS}/{run['id']}/undo", {}).status_code == 202
    rounds = 0
    while messages := desk.console.system.messages("ROSTER_QUEUE"):
        desk.console.system.messages("ROSTER_QUEUE")
        undo_roster.undo_roster(desk.worker, SCHOOL, json.loads(messages[-1])["roster"], lambda: 40)
        rounds += 1
    assert rounds == 5
    assert facts(desk) == nobody
    assert desk.run(run["id"])["undo"]["counts"]["removed"] == 349


def test_a_crash_after_any_write_of_applying_and_of_undoing_is_harmless(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apply_roster, "_AT_ONCE", 1)
    desk.load(FIRST)
    before = facts(desk)
    second = [
        row(1, email="one@new.example", registration_group="7B"),
        row(4),
        parent(1, "S1", "S2", "S4"),
        parent(3, "S4"),
        {**row(3), "left": "yes"},
    ]
    for step in range(1, 40):
        run = desk.preview(plain(second, HEADERS))
        for kind, path in (("apply", "apply"), ("undo", "undo")):
            assert desk.console.post(f"{ROSTERS}/{run['id']}/{path}", {}).status_code == 202
            desk.console.system.messages("ROSTER_QUEUE")
            message = {"v": 1, "kind": kind, "school": SCHOOL, "roster": run["id"]}
            with monkeypatch.context() as patch:
                count = dying(desk.worker.client("dynamodb"), patch, step)
                with suppress(Crash):
                    desk.work(message)
            desk.console.system.clock.now += 3600
            desk.console.token = desk.console.sign_in(HEAD_TEACHER)
            assert desk.work(message) == 0
        undone = desk.run(run["id"])["undo"]
        assert (undone["state"], undone["kept"]) == ("finished", []), step
        assert 2 <= undone["counts"]["removed"] <= 4, "a worker that died twice may count somebody twice"
        assert facts(desk) == before, step
        if count[0] < step:
            return
    pytest.fail("it never came to its end")


EVERYBODY = st.lists(
    st.fixed_dictionaries(
        {
            "who": st.sampled_from([1, 2, 3, 4]),
            "given_name": st.sampled_from(["Ann", "Bea"]),
            "email": st.sampled_from(["", "a@mail.example", "b@mail.example"]),
            "username": st.sampled_from(["", "one", "two"]),
            "registration_group": st.sampled_from(["7A", "7B", ""]),
            "left": st.sampled_from(["", "yes"]),
            "children": st.sampled_from(["S1", "S2;S3", "S4", ""]),
        }
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda each: each["who"],
)


def _file(people: list[dict[str, Any]]) -> bytes:
    rows = []
    for each in people:
        cells = {name: each[name] for name in ("given_name", "email", "username", "registration_group")}
        rows.append({**row(each["who"], **cells), "left": each["left"]})
        rows.append(parent(each["who"], *each["children"].split(";"), email=each["email"]))
    return plain(rows, HEADERS)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=EVERYBODY, second=EVERYBODY)
def test_any_roster_can_be_undone(desk: Desk, first: list[dict[str, Any]], second: list[dict[str, Any]]) -> None:
    for content in (_file(first),):
        run = desk.preview(content)
        if run["state"] == "previewed":
            desk.apply(run["id"])
    before = facts(desk)
    run = desk.preview(_file(second))
    if run["state"] != "previewed":
        return
    run = desk.apply(run["id"])
    if run["undo"] is None:
        assert facts(desk) == before
        return
    assert undo(desk, run["id"])["kept"] == []
    assert facts(desk) == before


def test_the_page_says_what_will_happen_asks_first_and_lists_who_was_kept(desk: Desk) -> None:
    run = desk.load(FIRST)
    page = desk.console.page(f"{ROSTERS}/{run['id']}").body.decode()
    assert "The 5 new people are removed" in page
    assert "changed people" not in page
    assert desk.console.form(f"{ROSTERS}/{run['id']}/undo", {}).status_code == 422
    assert desk.console.form(f"{ROSTERS}/{run['id']}/undo", {"confirm": "true"}).status_code == 303
    assert 'data-live="running"' in desk.console.page(f"{ROSTERS}/{run['id']}").body.decode()
    change(desk, "S1", password_set_at=1)
    desk.work(*desk.console.system.messages("ROSTER_QUEUE"))
    page = desk.console.page(f"{ROSTERS}/{run['id']}").body.decode()
    assert "4 people whom it had made were removed" in page
    assert "Uses the account already" in page
