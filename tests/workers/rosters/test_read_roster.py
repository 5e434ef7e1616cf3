"""Rosters from upload to people, through the console's routes and the worker's door."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.demo import write_demo
from latchkey.errors import TryLater
from latchkey.people.model.people_filter import PeopleFilter
from latchkey.rosters import apply_roster
from latchkey.shared.model.ids import person_id
from tests.support.console import HEAD_TEACHER, running_console
from tests.support.rosters import ROSTERS, SCHOOL, UPNS, Desk, parent, plain, row, zipped
from worker.consume import LAST_TRY

STUDENTS = PeopleFilter(roles=("student",))


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with running_console(monkeypatch) as console:
        yield Desk(console, monkeypatch)


def counts(run: dict[str, Any]) -> tuple[int, int, int, int]:
    found = run["counts"]
    return found["new"], found["changed"], found["unchanged"], found["rejected"]


def test_upload_preview_and_apply_make_people(desk: Desk) -> None:
    rows = [row(1, upn=UPNS[0]), row(2, email=""), parent(1, "S1", "S2"), row(3, role="teacher", mis_id="T1", year_group="")]
    run = desk.preview(plain(rows))
    assert (run["state"], counts(run), run["links"]) == ("previewed", (4, 0, 0, 0), 2)
    assert desk.person("S1") is None
    run = desk.apply(run["id"])
    assert (run["state"], counts(run), run["progress"]) == ("finished", (4, 0, 0, 0), {"done": 4, "total": 4})
    one, two, mother = desk.person("S1"), desk.person("S2"), desk.person("P1")
    assert one is not None
    assert two is not None
    assert mother is not None
    assert (one.upn, one.number, one.is_admin, one.version, one.parents) == (UPNS[0], 1, False, 0, (mother.id,))
    assert (two.email, two.email_key, two.number) == (None, None, 2)
    assert mother.children == (one.id, two.id)
    assert mother.number is None
    found = list(desk.worker.directory(SCHOOL).matching(STUDENTS))
    assert [each.id for each in found] == [one.id, two.id]


def test_applying_twice_changes_nothing(desk: Desk) -> None:
    rows = [row(1), row(2), parent(1, "S1")]
    run = desk.load(rows)
    before = desk.items()
    assert desk.console.post(f"{ROSTERS}/{run['id']}/apply", {}).status_code == 200
    assert desk.console.system.messages("ROSTER_QUEUE") == []
    assert desk.work({"v": 1, "kind": "apply", "school": SCHOOL, "roster": run["id"]}) == 0
    again = desk.preview(plain(rows))
    assert counts(again) == (0, 0, 3, 0)
    assert counts(desk.apply(again["id"])) == (0, 0, 3, 0)
    assert desk.items() == before


def test_messages_that_come_twice_change_nothing(desk: Desk) -> None:
    roster = desk.start(plain([row(1), row(2)]))
    assert desk.work(desk.came(roster), desk.came(roster)) == 0
    assert desk.console.post(f"{ROSTERS}/{roster}/apply", {}).status_code == 202
    message = desk.console.system.messages("ROSTER_QUEUE")[0]
    assert desk.work(message, message, desk.came(roster)) == 0
    assert counts(desk.run(roster)) == (2, 0, 0, 0)
    assert [event["action"] for event in desk.worker_audit()].count("roster.applied") == 1


def test_a_change_touches_only_what_the_roster_knows(desk: Desk) -> None:
    desk.load([row(1), row(2)])
    directory = desk.worker.directory(SCHOOL)
    student = person_id(SCHOOL, "S1")
    directory.change(student, {"version": 3, "password_set_at": 1, "used_link": "x", "last_login_at": 2})
    run = desk.load(
        [row(1, family_name="Zed", email="new@pupils.northbridge.example", registration_group="7B"), row(2, email="")]
    )
    assert counts(run) == (0, 1, 1, 0)
    after = directory.person(student)
    assert after is not None
    assert (after.family_name, after.email, after.registration_group) == ("Zed", "new@pupils.northbridge.example", "7B")
    assert (after.version, after.password_set_at, after.used_link, after.last_login_at, after.number) == (3, 1, "x", 2, 1)
    found = list(directory.matching(STUDENTS))
    assert [each.given_name for each in found] == ["Given2", "Given1"], "the list is in the new order"
    second = desk.person("S2")
    assert second is not None
    assert second.email is not None, "an empty cell changes nothing"


def test_the_language_of_mails_is_taken_shown_and_not_lost(desk: Desk) -> None:
    loaded = desk.load([row(1, language="Welsh"), row(2), row(3, language="Punjabi")])
    assert loaded["counts"]["new"] == 3
    assert [person.language for each in ("S1", "S2", "S3") if (person := desk.person(each))] == ["cy", None, None]
    preview = desk.preview(plain([row(1), row(2, language="PL"), row(3, language="")]))
    assert [(each["line"], each["facts"]) for each in preview["samples"]["changed"]] == [(3, ["language"])]
    assert desk.person("S2").language is None  # type: ignore[union-attr] # nothing changes before it is applied
    desk.apply(preview["id"])
    assert [person.language for each in ("S1", "S2") if (person := desk.person(each))] == ["cy", "pl"]
    again = desk.preview(plain([row(1, language="cym"), row(2, language="polski")]))
    assert again["counts"]["unchanged"] == 2
    person = desk.console.get(f"/admin/northbridge/people/{desk.person('S1').id}")  # type: ignore[union-attr]
    assert person.json_body["language"] == "cy"
    assert "Cymraeg" in desk.console.page(f"/admin/northbridge/people/{person.json_body['id']}").body.decode()


def test_a_crash_in_the_middle_is_made_good_by_the_next_delivery(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [*(row(number) for number in range(1, 700)), parent(1, "S1")]
    monkeypatch.setattr(apply_roster, "_AT_ONCE", 1)
    run = desk.preview(plain(rows))
    desk.console.post(f"{ROSTERS}/{run['id']}/apply", {})
    message = desk.console.system.messages("ROSTER_QUEUE")[0]
    write, calls = apply_roster._write, []

    def crashing(*arguments: Any, **named: Any) -> int:
        calls.append(1)
        lost = write(*arguments, **named)
        if len(calls) == 2:
            raise RuntimeError("the container is gone")
        return lost

    monkeypatch.setattr(apply_roster, "_write", crashing)
    assert desk.work(message) == 1
    assert desk.run(run["id"])["state"] == "running"
    assert desk.run(run["id"])["progress"] == {"done": 256, "total": 700}
    assert desk.work(message, attempt=2) == 0
    after = desk.run(run["id"])
    assert (after["state"], counts(after), after["links"]) == ("finished", (700, 0, 0, 0), 1)
    students = list(desk.worker.directory(SCHOOL).matching(STUDENTS))
    assert len({each.number for each in students}) == len(students) == 699


def test_after_the_last_try_the_run_says_that_it_failed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    run = desk.preview(plain([row(1)]))
    desk.console.post(f"{ROSTERS}/{run['id']}/apply", {})
    message = desk.console.system.messages("ROSTER_QUEUE")[0]

    def never(*_: Any) -> int:
        raise TryLater()

    monkeypatch.setattr(apply_roster, "_write", never)
    assert desk.work(message, attempt=LAST_TRY - 1) == 1
    assert desk.run(run["id"])["state"] == "running"
    assert desk.work(message, attempt=LAST_TRY) == 1
    assert desk.run(run["id"])["state"] == "failed"
    monkeypatch.undo()


def test_one_roster_at_a_time(desk: Desk) -> None:
    first, second = desk.preview(plain([row(1)])), desk.preview(plain([row(2)]))
    assert desk.console.post(f"{ROSTERS}/{first['id']}/apply", {}).status_code == 202
    answer = desk.console.post(f"{ROSTERS}/{second['id']}/apply", {})
    assert (answer.status_code, answer.json_body["code"]) == (409, "roster_running")
    assert desk.run(second["id"])["state"] == "previewed"
    desk.work(*desk.console.system.messages("ROSTER_QUEUE"))
    assert counts(desk.apply(second["id"])) == (1, 0, 0, 0)


def test_a_run_that_lost_its_lock_does_not_write(desk: Desk) -> None:
    run = desk.preview(plain([row(1)]))
    desk.console.post(f"{ROSTERS}/{run['id']}/apply", {})
    message = desk.console.system.messages("ROSTER_QUEUE")[0]
    desk.console.system.clock.now += 3601
    assert desk.worker.rosters(SCHOOL).keep_lock("another", int(desk.console.system.clock.now), 60)
    assert desk.work(message) == 0
    assert desk.person("S1") is None
    stopped = desk.worker.rosters(SCHOOL).get(run["id"])
    assert stopped is not None
    assert stopped.state == "failed"


def test_a_file_that_was_replaced_after_the_preview_is_not_applied(desk: Desk) -> None:
    run = desk.preview(plain([row(1)]))
    desk.put(run["id"], plain([row(1), row(2, role="teacher")]))
    run = desk.apply(run["id"])
    assert run["state"] == "failed"
    assert "not the one of the preview" in run["reason"]
    assert desk.person("S1") is None
    assert counts(desk.load([row(3)])) == (1, 0, 0, 0), "the lock is free again"


def test_only_a_run_that_waits_for_exactly_this_key_is_read(desk: Desk) -> None:
    roster = desk.start(plain([row(1)]))
    key = desk.keys[roster]
    other = key.replace(key[-4:], "0000")
    for hostile in (other, key.replace("northbridge", "southgate"), "rosters/../x", key + "/x", "exports/a", key.upper()):
        assert desk.work(desk.came(roster, key=hostile)) == 1, hostile
    assert desk.work(desk.came(roster, bucket="another-bucket")) == 1
    assert desk.run(roster)["state"] == "queued"


@pytest.mark.parametrize(
    "body", ["", "null", "[]", "{", '{"v":2,"kind":"apply"}', '{"v":1,"kind":"apply","school":"x","roster":1}', "[" * 9999]
)
def test_messages_that_say_nothing_are_poison(desk: Desk, body: str) -> None:
    assert desk.work(body) == 1


def test_s3_may_try_whether_the_queue_is_there(desk: Desk) -> None:
    assert desk.work({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "x"}) == 0


def test_a_roster_never_raises_anybody(desk: Desk) -> None:
    desk.load([row(1), row(2, role="teacher", mis_id="T2")])
    before = desk.items()
    hostile = [
        row(1, role="teacher"),
        row(3, role="admin"),
        row(2, role="student", mis_id="T2"),
        row(5, role=""),
    ]
    run = desk.preview(plain(hostile))
    assert counts(run) == (0, 0, 0, 4)
    assert {each["column"] for each in run["rejected"]} == {"role"}
    desk.apply(run["id"])
    assert desk.items() == before
    desk.load([row(4, role="administrator"), row(6, role="systemAdministrator")])
    made = [desk.person(f"S{number}") for number in (4, 6)]
    assert [(each.role, each.is_admin) for each in made if each] == [("staff", False)] * 2


def test_an_admins_account_is_not_touched(desk: Desk) -> None:
    desk.load([row(1, role="staff", mis_id="A1", year_group="", registration_group="")])
    admin = person_id(SCHOOL, "A1")
    desk.worker.directory(SCHOOL).change(admin, {"is_admin": True})
    given = {"role": "staff", "mis_id": "A1", "year_group": "", "registration_group": ""}
    for hostile in ({"email": "evil@x.example"}, {"username": "evil"}):
        run = desk.load([row(1, **given, **hostile)])
        assert counts(run) == (0, 0, 1, 0), hostile
        assert run["warned"] == 1
    assert counts(desk.load([row(1, **given, given_name="Renamed")])) == (0, 1, 0, 0)
    found = desk.person("A1")
    assert found is not None
    assert (found.given_name, found.is_admin, found.email) == ("Renamed", True, "s1@pupils.northbridge.example")
    # Nor can another row take what an admin signs in with: this one's, or the operator's.
    for hostile in ({"email": "s1@pupils.northbridge.example"}, {"username": "USER1"}, {"email": "ada@northbridge.example"}):
        desk.load([row(9, **{"email": "", "username": "", **hostile})])
        taken = desk.person("S9")
        assert taken is not None
        assert (taken.email, taken.username) == (None, None), hostile


def test_usernames_and_upns_of_others_are_left_out(desk: Desk) -> None:
    desk.load([row(1, upn=UPNS[0])])
    run = desk.preview(plain([row(2, username="user1"), row(3, upn=UPNS[0]), row(4, email="s1@pupils.northbridge.example")]))
    assert counts(run) == (3, 0, 0, 0)
    assert {each["kind"]: [cell["line"] for cell in each["rows"]] for each in run["warnings"]} == {"username": [2], "upn": [3]}
    desk.apply(run["id"])
    two, three, four = (desk.person(f"S{number}") for number in (2, 3, 4))
    assert (two and two.username, three and three.upn) == (None, None)
    assert (four and four.email) == "s1@pupils.northbridge.example", "an address may be shared"


def test_rows_that_contradict_each_other_are_rejected_and_shared_names_left_out(desk: Desk) -> None:
    rows = [row(1), row(2, mis_id="S1"), row(3), row(4, username="user3"), row(5, upn=UPNS[0]), row(6, upn=UPNS[0]), row(7)]
    run = desk.preview(plain(rows))
    assert counts(run) == (5, 0, 0, 2)
    assert [(each["line"], each["column"]) for each in run["rejected"]] == [(2, "mis_id"), (3, "mis_id")]
    assert {each["kind"]: [cell["line"] for cell in each["rows"]] for each in run["warnings"]} == {
        "username": [4, 5],
        "upn": [6, 7],
    }
    desk.apply(run["id"])
    assert [bool(desk.person(f"S{number}")) for number in range(1, 8)] == [False, False, True, True, True, True, True]


def test_rows_that_say_the_same_of_one_person_are_one_with_the_children_of_all(desk: Desk) -> None:
    rows = [row(1), row(2), parent(1, "S1"), parent(1, "S2"), row(3), row(3)]
    run = desk.load(rows)
    assert counts(run) == (4, 0, 2, 0)
    found = desk.person("P1")
    assert found is not None
    assert found.children == (person_id(SCHOOL, "S1"), person_id(SCHOOL, "S2"))
    assert [(each["kind"], [cell["line"] for cell in each["rows"]]) for each in run["warnings"]] == [
        ("mis_id", [5, 7]),
    ]


def test_links_go_only_between_parents_and_students_who_exist(desk: Desk) -> None:
    rows = [row(1), row(2, role="teacher", mis_id="T2"), parent(1, "S1", "T2", "NOBODY"), parent(2, "S1")]
    run = desk.load(rows)
    student, one = desk.person("S1"), desk.person("P1")
    assert student is not None
    assert one is not None
    assert one.children == (student.id,)
    assert student.parents == (person_id(SCHOOL, "P1"), person_id(SCHOOL, "P2"))
    assert run["links"] == 2
    # A file of parents only links them to students who are there already, and takes no link away.
    desk.load([parent(3, "S1")])
    student = desk.person("S1")
    assert student is not None
    assert len(student.parents) == 3


def test_a_file_for_another_school_is_refused_whole(desk: Desk) -> None:
    header = (*row(1), "school")
    run = desk.preview(plain([row(1, school="northbridge"), row(2, school="southgate")], header))
    assert (run["state"], counts(run)) == ("failed", (0, 0, 0, 0))
    assert "another school" in run["reason"]
    assert desk.console.post(f"{ROSTERS}/{run['id']}/apply", {}).status_code == 409


def test_other_schools_see_nothing(desk: Desk) -> None:
    run = desk.preview(plain([row(1)]))
    desk.console.token = desk.console.sign_in(HEAD_TEACHER, "southgate")
    paths = [f"/admin/southgate/rosters/{run['id']}", f"{ROSTERS}/{run['id']}", f"/admin/southgate/rosters/{'0' * 26}"]
    assert {(answer.status_code, answer.body) for answer in map(desk.console.get, paths)} == {
        (404, desk.console.get(paths[0]).body)
    }
    assert desk.console.post(f"/admin/southgate/rosters/{run['id']}/apply", {}).status_code == 404


def test_leavers_leave_and_come_back(desk: Desk) -> None:
    users = "sourcedId,status,enabledUser,orgSourcedIds,role,username,givenName,familyName,email,grades\n"
    active = "S1,active,true,,student,user1,Ann,Lee,a@x.example,07\nS2,active,true,,student,user2,Bo,Lee,,07\n"
    desk.apply(desk.preview(zipped(users=users + active), "r.zip")["id"])
    gone = active.replace("S1,active", "S1,tobedeleted").replace("S2,active,true", "S2,active,false")
    run = desk.preview(zipped(users=users + gone + "S3,tobedeleted,true,,student,,X,Y,,\n"), "r.zip")
    assert (counts(run), run["leaving"]) == ((0, 1, 1, 1), 1)
    desk.apply(run["id"])
    one, two = desk.person("S1"), desk.person("S2")
    assert one is not None
    assert two is not None
    assert (one.status, one.version, two.status) == ("left", 1, "active")
    assert desk.preview(zipped(users=users + active), "r.zip")["returning"] == 1


def test_the_demo_school_loads_whole_in_both_formats(desk: Desk, tmp_path: Path) -> None:
    files = write_demo(tmp_path, students=120)
    run = desk.preview(files["oneroster"].read_bytes(), "demo.zip")
    assert (run["counts"]["rejected"], run["warnings"][1:]) == (0, [])
    run = desk.apply(run["id"])
    assert counts(run) == (run["progress"]["total"], 0, 0, 0)
    again = desk.preview(files["plain_csv"].read_bytes(), "demo.csv")
    assert counts(again) == (0, 0, run["progress"]["total"], 0)
    before = desk.items()
    assert desk.apply(again["id"])["links"] == 0
    assert desk.items() == before


def test_audit_says_who_when_and_how_many_and_no_names(desk: Desk) -> None:
    desk.load([row(1)])
    desk.preview(b"nonsense\n1\n")
    events = desk.worker_audit()
    assert sorted(event["action"] for event in events) == [
        "roster.applied", "roster.apply", "roster.preview", "roster.refused", "roster.start", "roster.start"
    ]  # fmt: skip
    assert "Given1" not in json.dumps(events)
