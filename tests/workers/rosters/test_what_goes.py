"""What the MIS took away: asked in the preview, done on a tick, never unasked, and undone with its roster."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import boto3
import pytest

from latchkey.people.model.person import Person
from latchkey.rosters.model.plain_csv import HEADER
from latchkey.shared.model.ids import person_id
from tests.support.console import running_console
from tests.support.rosters import ROSTERS, SCHOOL, UPNS, Crash, Desk, dying, parent, plain, row, zipped
from tests.support.system import REGION

TEACHER = row(1, mis_id="T1", role="teacher", year_group="", registration_group="", username="", email="t1@northbridge.example")
TEACHER_2 = {**TEACHER, "mis_id": "T2", "email": "t2@northbridge.example"}
ALL = [*(row(number) for number in range(1, 31)), TEACHER, TEACHER_2, parent(1, "S1", "S2"), parent(2, "S3")]


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with running_console(monkeypatch) as console:
        yield Desk(console, monkeypatch)


def asked(run: dict[str, Any]) -> dict[str, int]:
    return {each["name"]: each["count"] for each in run["decisions"] if each["name"] in {"missing", "gone_links", "gone_facts"}}


def decide(desk: Desk, run: dict[str, Any], name: str, option: str, **more: str) -> Any:
    return desk.console.post(f"{ROSTERS}/{run['id']}/decide", {"name": name, "option": option, **more})


def of(desk: Desk, mis_id: str) -> Person:
    found = desk.person(mis_id)
    assert found is not None
    return found


def test_who_is_not_in_the_file_stays_unless_an_admin_says_they_left(desk: Desk) -> None:
    """Case 40: with a plain CSV nobody could ever leave."""
    desk.load(ALL)
    run = desk.preview(plain(ALL[1:31]))
    assert asked(run) == {"missing": 2}
    assert run["missing"] == {"student": 1, "teacher": 1, "staff": 0}
    (question,) = [each for each in run["decisions"] if each["name"] == "missing"]
    assert (question["chosen"], question["default"]) == ("keep", "keep")
    assert {each["name"] for each in question["people"]} == {"Given1 Family1"}
    desk.apply(run["id"])
    assert of(desk, "S1").status == "active", "never unasked"

    again = desk.preview(plain(ALL[1:31]))
    assert decide(desk, again, "missing", "leave").status_code == 200
    done = desk.apply(again["id"])
    assert done["gone"]["missing_left"] == 2
    assert [(of(desk, each).status, of(desk, each).version) for each in ("S1", "T2", "S2")] == [
        ("left", 1),
        ("left", 1),
        ("active", 0),
    ]
    assert desk.console.post(f"{ROSTERS}/{again['id']}/undo", {}).status_code == 202
    desk.work(*desk.console.system.messages("ROSTER_QUEUE"))
    assert (of(desk, "S1").status, of(desk, "T2").status) == ("active", "active")


def test_a_file_that_is_read_in_many_pieces_is_read_once(desk: Desk) -> None:
    """What is asked about some rows must not begin the file again below who reads the next ones."""
    rows = [row(number) for number in range(1, 2_001)]
    run = desk.preview(plain(rows))
    assert (run["state"], run["counts"]["new"], run["progress"]["done"]) == ("previewed", 2_000, 2_000)


def test_admins_people_added_by_hand_and_other_roles_are_never_missing(desk: Desk) -> None:
    desk.load(ALL)
    directory = desk.worker.directory(SCHOOL)
    directory.change(person_id(SCHOOL, "T1"), {"is_admin": True})
    directory.change(person_id(SCHOOL, "S1"), {"status": "disabled"})
    directory.change(person_id(SCHOOL, "S2"), {"mis_id": None})
    run = desk.preview(plain([*ALL[2:29], TEACHER_2]))
    assert asked(run) == {"missing": 1}
    only_students = desk.preview(plain(ALL[:30]))
    assert asked(only_students) == {}, "the file has no teachers, so none is missing"


def test_a_row_that_cannot_be_taken_is_in_the_file(desk: Desk) -> None:
    desk.load(ALL)
    run = desk.preview(plain([{**row(1), "role": "wizard"}, *ALL[1:32], {**row(30), "given_name": "", "family_name": ""}]))
    assert asked(run) == {}


def test_many_leave_only_when_their_number_is_typed(desk: Desk) -> None:
    desk.load(ALL)
    run = desk.preview(plain(ALL[:5]))
    (question,) = [each for each in run["decisions"] if each["name"] == "missing"]
    assert (question["count"], question["confirm"]) == (25, 25)
    for wrong in ({}, {"confirm": "24"}, {"confirm": ""}):
        answer = decide(desk, run, "missing", "leave", **wrong)
        assert (answer.status_code, [*answer.json_body["fields"]]) == (422, ["confirm"])
    assert "type their number" in desk.console.page(f"{ROSTERS}/{run['id']}").body.decode()
    assert decide(desk, run, "missing", "leave", confirm=" 25").status_code == 200
    assert desk.apply(run["id"])["gone"]["missing_left"] == 25


def test_more_people_than_the_preview_named_are_not_ended(desk: Desk) -> None:
    desk.load(ALL)
    run = desk.preview(plain(ALL[1:32]))
    assert decide(desk, run, "missing", "leave").status_code == 200
    desk.load([row(77)])
    done = desk.apply(run["id"])
    assert (done["gone"]["missing_left"], done["gone"]["missing_kept"]) == (0, 2)
    assert of(desk, "S1").status == "active"
    assert "more than the preview named" in desk.console.page(f"{ROSTERS}/{run['id']}").body.decode()


def test_a_delta_makes_nobody_missing(desk: Desk) -> None:
    desk.load(ALL)
    manifest = "propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\nfile.users,delta\n"
    users = "sourcedId,status,role,givenName,familyName\nS1,active,student,Given1,Family1\n"
    run = desk.preview(zipped(users=users, manifest=manifest), "delta.zip")
    assert asked(run) == {}


def test_a_separated_parent_loses_child_and_address_on_a_tick(desk: Desk) -> None:
    """Case 41: the files 48-parent-unlinked-1 and -2."""
    child = row(1, mis_id="q48s", username="q48s", upn=UPNS[0], email="")
    ex = parent(1, "q48s", mis_id="q48p", email="ex.partner@mail.example")
    gone = {**ex, "children": "", "email": ""}
    desk.load([child, ex])
    run = desk.preview(plain([child, gone]))
    assert asked(run) == {"gone_links": 1, "gone_facts": 1}
    kept = desk.apply(run["id"])
    assert (of(desk, "q48p").email, of(desk, "q48s").parents) == ("ex.partner@mail.example", (of(desk, "q48p").id,))
    assert kept["gone"] == {"missing_left": 0, "missing_kept": 0, "unlinked": 0, "emptied": 0}

    run = desk.preview(plain([child, gone]))
    for name in ("gone_links", "gone_facts"):
        assert decide(desk, run, name, "take").status_code == 200
    done = desk.apply(run["id"])
    assert (done["gone"]["unlinked"], done["gone"]["emptied"]) == (1, 1)
    assert (of(desk, "q48p").email, of(desk, "q48p").email_key, of(desk, "q48p").children) == (None, None, ())
    assert of(desk, "q48s").parents == ()
    assert asked(desk.preview(plain([child, gone]))) == {}
    desk.console.post(f"{ROSTERS}/{done['id']}/undo", {})
    desk.work(*desk.console.system.messages("ROSTER_QUEUE"))
    assert (of(desk, "q48p").email, of(desk, "q48p").children) == ("ex.partner@mail.example", (of(desk, "q48s").id,))
    assert of(desk, "q48s").parents == (of(desk, "q48p").id,)


def test_a_cell_that_cannot_be_used_and_a_column_that_is_not_there_take_nothing_away(desk: Desk) -> None:
    desk.load([row(1), parent(1, "S1")])
    assert asked(desk.preview(plain([row(1, email="none at all", username="!!"), parent(1, "S1")]))) == {}
    fewer = [name for name in HEADER if name not in {"email", "username", "children"}]
    rows = [{name: each[name] for name in fewer if name in each} for each in (row(1), parent(1))]
    assert asked(desk.preview(plain(rows, fewer))) == {}


def test_a_username_with_which_somebody_signs_in_is_theirs(desk: Desk) -> None:
    desk.load([row(1), row(2)])
    desk.worker.directory(SCHOOL).change(person_id(SCHOOL, "S1"), {"password_set_at": 1})
    run = desk.preview(plain([row(1, username=""), row(2, username="")]))
    assert asked(run) == {"gone_facts": 1}


def test_a_link_to_a_child_who_is_not_in_the_file_stays(desk: Desk) -> None:
    desk.load([row(1), row(2), parent(1, "S1", "S2")])
    assert asked(desk.preview(plain([row(1), parent(1, "S1")]))) == {"missing": 1}
    assert asked(desk.preview(plain([row(1), row(2), parent(1, "S1")]))) == {"gone_links": 1}


def test_a_crash_after_any_write_is_made_good(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    first = [row(1), row(2), row(3), parent(1, "S1", "S2"), parent(2, "S2")]
    for step in range(1, 40):
        desk.load(first)
        run = desk.preview(plain([row(1), row(2), parent(1, "S1", email=""), parent(2, "S2")]))
        assert asked(run) == {"missing": 1, "gone_links": 1, "gone_facts": 1}, step
        decide(desk, run, "missing", "leave", confirm="1")
        decide(desk, run, "gone_links", "take")
        decide(desk, run, "gone_facts", "take")
        assert desk.console.post(f"{ROSTERS}/{run['id']}/apply", {}).status_code == 202
        desk.console.system.messages("ROSTER_QUEUE")
        message = {"v": 1, "kind": "apply", "school": SCHOOL, "roster": run["id"]}
        with monkeypatch.context() as patch:
            count = dying(desk.worker.client("dynamodb"), patch, step)
            with suppress(Crash):
                desk.work(message)
        desk.console.system.clock.now += 1000
        assert desk.work(message) == 0
        assert desk.run(run["id"])["state"] == "finished"
        mother, child = of(desk, "P1"), of(desk, "S2")
        assert (mother.email, mother.children, child.parents) == (None, (of(desk, "S1").id,), (of(desk, "P2").id,)), step
        assert of(desk, "S3").status == "left"
        if count[0] < step:
            return
    pytest.fail("it never came to its end")


def gone_of_a_send(desk: Desk, **select: Any) -> int:
    """How many a send to these would skip because they have left."""
    answer = desk.console.post(
        f"/admin/{SCHOOL}/sends", {"kind": "password_link", "select": select or {"filter": {}}, "dry_run": True}
    )
    assert answer.status_code == 200, answer.json_body
    return sum(each["count"] for each in answer.json_body["skipped"] if "left" in each["reason"])


def test_parents_all_of_whose_children_have_left_get_no_message_and_others_do(desk: Desk) -> None:
    teacher = {**parent(5, "S1"), **{name: TEACHER[name] for name in ("mis_id", "role", "email")}}
    desk.load([row(1), row(2), parent(1, "S1"), parent(2, "S1", "S2"), parent(3), teacher])
    ids = [person_id(SCHOOL, each) for each in ("P1", "P2", "P3", "T1")]
    for select in ({"ids": ids}, {"filter": {}}, {"filter": {"role": "parent"}}):
        assert gone_of_a_send(desk, **select) == 0
    desk.worker.directory(SCHOOL).change(person_id(SCHOOL, "S1"), {"status": "left"})
    assert gone_of_a_send(desk, ids=ids) == 1, "the parent of S1 alone"
    assert gone_of_a_send(desk, filter={"role": "parent"}) == 1
    assert gone_of_a_send(desk, filter={}) == 2, "and S1"
    assert of(desk, "P1").status == "active", "the account stays"
    desk.worker.directory(SCHOOL).change(person_id(SCHOOL, "S1"), {"status": "active"})
    assert gone_of_a_send(desk, ids=ids) == 0


def test_staff_become_teachers_and_back_on_a_tick(desk: Desk) -> None:
    desk.load([TEACHER, row(1)])
    run = desk.preview(plain([{**TEACHER, "role": "staff"}, row(1)]))
    assert (run["counts"]["rejected"], [each["name"] for each in run["decisions"]]) == (1, ["roles_here"])
    desk.apply(run["id"])
    assert of(desk, "T1").role == "teacher", "never unasked"
    run = desk.preview(plain([{**TEACHER, "role": "staff"}, row(1)]))
    assert decide(desk, run, "roles_here", "take").status_code == 200
    desk.work(*desk.console.system.messages("ROSTER_QUEUE"))
    assert desk.run(run["id"])["counts"] == {"new": 0, "changed": 1, "unchanged": 1, "rejected": 0}
    done = desk.apply(run["id"])
    assert (of(desk, "T1").role, of(desk, "T1").version) == ("staff", 1)
    listed = desk.console.get(f"/admin/{SCHOOL}/people", role="staff").json_body["items"]
    assert of(desk, "T1").id in {each["id"] for each in listed}
    assert desk.console.post(f"{ROSTERS}/{done['id']}/undo", {}).status_code == 202
    desk.work(*desk.console.system.messages("ROSTER_QUEUE"))
    assert (of(desk, "T1").role, of(desk, "T1").version) == ("teacher", 2)
    listed = desk.console.get(f"/admin/{SCHOOL}/people", role="teacher").json_body["items"]
    assert of(desk, "T1").id in {each["id"] for each in listed}


def test_the_whole_list_of_the_missing_can_be_downloaded(desk: Desk) -> None:
    desk.load(ALL)
    run = desk.preview(plain(ALL[:5]))
    assert f"{run['id']}/missing" in desk.console.page(f"{ROSTERS}/{run['id']}").body.decode()
    way = desk.console.get(f"{ROSTERS}/{run['id']}/missing")
    assert way.status_code == 303
    key = f"rejected/{SCHOOL}/{run['id']}-missing.csv"
    assert key in way.headers["Location"]
    lines = boto3.client("s3", REGION).get_object(Bucket=desk.bucket, Key=key)["Body"].read().decode("utf-8-sig").splitlines()
    assert (len(lines), lines[0]) == (26, "mis_id,role,given_name,family_name,year_group,registration_group")
    nobody = desk.preview(plain(ALL))
    assert desk.console.get(f"{ROSTERS}/{nobody['id']}/missing").json_body["code"] == "nobody_missing"
