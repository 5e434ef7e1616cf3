"""Columns of a roster: shown, chosen by an admin, remembered for the next file with the same header."""

from html import unescape
from typing import Any

import pytest

from latchkey.rosters.stores.columns import RosterColumns
from tests.support.console import Console
from tests.support.rosters import ROSTERS, SCHOOL, Desk, plain, row

STAFF = "Personal code,First,Surname,Work mail,Diät\nE1,Zoë,O’Neill,zoe@work.example,vegan\nE2,Ann,Lee,ann@work.example,none\n"
CHOICE = {"columns": {"0": "mis_id", "1": "given_name", "2": "family_name", "3": "email"}, "role": "staff"}


@pytest.fixture
def desk(console: Console, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(console, monkeypatch)


def choose(desk: Desk, run: dict[str, Any], choice: dict[str, Any]) -> Any:
    return desk.console.post(f"{ROSTERS}/{run['id']}/map", choice)


def work(desk: Desk) -> None:
    assert desk.work(*desk.console.system.messages("ROSTER_QUEUE")) == 0


def fields(run: dict[str, Any]) -> dict[str, str]:
    return {each["column"]: each["field"] for each in run["columns"] if each["field"]}


def mapped(desk: Desk, content: str = STAFF, choice: dict[str, Any] = CHOICE) -> dict[str, Any]:
    run = desk.preview(content.encode())
    assert choose(desk, run, choice).status_code == 202
    work(desk)
    return desk.run(run["id"])


def test_a_file_without_known_words_asks_and_is_read_as_chosen(desk: Desk) -> None:
    run = desk.preview(STAFF.encode())
    assert (run["state"], run["reading"]["missing"], fields(run)) == (
        "previewed",
        ["mis_id", "role"],
        {"Surname": "family_name"},
    )
    assert run["counts"] == dict.fromkeys(("new", "changed", "unchanged", "rejected"), 0)
    refused = desk.console.post(f"{ROSTERS}/{run['id']}/apply", {})
    assert (refused.status_code, refused.json_body["code"]) == (409, "columns_missing")
    begun = choose(desk, run, CHOICE)
    assert (begun.status_code, begun.json_body["state"]) == (202, "running")
    work(desk)
    again = desk.run(run["id"])
    assert (again["state"], again["counts"]["new"], again["reading"]["from"]) == ("previewed", 2, "chosen")
    assert [each["samples"] for each in again["columns"]] == [
        ["E1", "E2"],
        ["Zoë", "Ann"],
        ["O’Neill", "Lee"],
        ["ann@work.example", "zoe@work.example"],
        [],
    ], "accents first; what is not read is not shown"
    desk.apply(run["id"])
    zoe = desk.person("E1")
    assert zoe is not None
    assert (zoe.role, zoe.given_name, zoe.family_name, zoe.email) == ("staff", "Zoë", "O’Neill", "zoe@work.example")
    actions = [event["action"] for event in desk.worker_audit()]
    assert actions.count("roster.map") == 1


def test_a_choice_is_remembered_for_the_school_under_the_header(desk: Desk) -> None:
    mapped(desk)
    other = desk.preview(STAFF.upper().encode())
    assert (other["reading"]["from"], other["counts"]["new"]) == ("last_time", 2)
    page = desk.console.page(f"{ROSTERS}/{other['id']}").body.decode()
    assert "Everybody in this file is taken as other staff, as last time" in page
    moved = desk.preview(STAFF.replace("Personal code,First", "First,Personal code").encode())
    assert moved["reading"]["missing"], "another order is another header"


def test_applying_confirms_what_was_shown(desk: Desk) -> None:
    first = desk.preview(plain([row(1)]))
    assert first["reading"] == {
        "from": "words", "role": None, "missing": [], "proposed_role": None, "looks_like": "Latchkey's own table",
    }  # fmt: skip
    desk.apply(first["id"])
    assert desk.preview(plain([row(2)]))["reading"]["from"] == "last_time"
    roster = desk.console.system.wiring("console").roster_columns(SCHOOL)
    found = desk.console.system.wiring("console").rosters(SCHOOL).get(first["id"])
    assert found is not None
    assert found.reading is not None
    assert roster.remembered(found.reading["fingerprint"]) is not None


def test_bad_choices_are_refused_at_once_and_change_nothing(desk: Desk) -> None:
    run = desk.preview(STAFF.encode())
    answer = choose(desk, run, {"columns": {"0": "email", "3": "email", "7": "upn"}, "role": "admin"})
    assert answer.status_code == 422
    assert set(answer.json_body["fields"]) == {"columns.3", "columns.7", "role", "mis_id", "name"}
    for bad in ({"columns": []}, {}, {"columns": {}, "more": 1}, {"columns": {"0": 1}, "role": 2}):
        assert choose(desk, run, bad).status_code == 422
    assert desk.run(run["id"])["reading"]["missing"] == ["mis_id", "role"]
    assert desk.console.system.messages("ROSTER_QUEUE") == []


def test_a_form_shows_what_is_wrong_at_its_field_and_keeps_what_was_chosen(desk: Desk) -> None:
    run = desk.preview(STAFF.encode())
    page = desk.console.page(f"{ROSTERS}/{run['id']}").body.decode()
    assert "which column has the id" in page
    assert "Apply this roster" not in page
    wrong = desk.console.form(f"{ROSTERS}/{run['id']}/map", {"columns.0": "mis_id", "columns.1": "mis_id", "role": "staff"})
    body = unescape(wrong.body.decode())
    assert wrong.status_code == 422
    assert "Two columns cannot both be this one" in body
    assert '<option value="staff" selected>' in body
    assert body.count('<option value="mis_id" selected>') == 2
    right = {f"columns.{place}": name for place, name in CHOICE["columns"].items()} | {"columns.4": "", "role": "staff"}
    done = desk.console.form(f"{ROSTERS}/{run['id']}/map", right)
    assert (done.status_code, done.headers["Location"]) == (303, f"{ROSTERS}/{run['id']}")
    work(desk)
    assert desk.run(run["id"])["counts"]["new"] == 2


def test_two_admins_at_once(desk: Desk) -> None:
    run = desk.preview(STAFF.encode())
    other = {"columns": {"0": "mis_id", "1": "full_name"}, "role": "teacher"}
    assert choose(desk, run, CHOICE).status_code == 202
    late = choose(desk, run, other)
    assert (late.status_code, late.json_body["code"]) == (409, "not_previewed")
    work(desk)
    assert desk.run(run["id"])["reading"]["role"] == "staff"


def test_a_message_that_never_left_is_sent_by_asking_again(desk: Desk) -> None:
    run = desk.preview(STAFF.encode())
    choose(desk, run, CHOICE)
    desk.console.system.messages("ROSTER_QUEUE")  # lost
    again = choose(desk, run, CHOICE)
    assert (again.status_code, again.json_body["state"]) == (200, "running")
    work(desk)
    assert desk.run(run["id"])["counts"]["new"] == 2
    assert choose(desk, run, CHOICE).status_code == 200, "and now there is nothing to do"
    assert desk.console.system.messages("ROSTER_QUEUE") == []


def test_a_file_that_is_gone_is_said_and_the_choice_is_kept(desk: Desk) -> None:
    import boto3

    from tests.support.system import REGION

    run = desk.preview(STAFF.encode())
    boto3.client("s3", REGION).delete_object(Bucket=desk.bucket, Key=desk.keys[run["id"]])
    assert choose(desk, run, CHOICE).status_code == 202
    work(desk)
    gone = desk.run(run["id"])
    assert gone["state"] == "failed"
    assert "Upload it again" in gone["reason"]
    assert desk.preview(STAFF.encode())["counts"]["new"] == 2


def test_what_is_applied_is_what_was_previewed_whatever_is_remembered_meanwhile(desk: Desk) -> None:
    run = mapped(desk)
    mapped(desk, choice={"columns": {"0": "mis_id", "1": "family_name"}, "role": "teacher"})
    desk.apply(run["id"])
    person = desk.person("E1")
    assert person is not None
    assert (person.role, person.family_name) == ("staff", "O’Neill")


def test_columns_cannot_be_chosen_once_a_roster_is_applied_or_by_somebody_else(desk: Desk) -> None:
    run = mapped(desk)
    desk.apply(run["id"])
    assert choose(desk, run, CHOICE).status_code == 409
    assert desk.console.post(f"{ROSTERS}/{'0' * 26}/map", CHOICE).status_code == 404


def test_pupils_of_a_report_without_roles_are_asked_about_once(desk: Desk) -> None:
    report = "Adno,Forename,Surname,Reg,Year\n001,Uma,Yates,7A,Year  7\n".encode("cp1252")
    run = desk.preview(report)
    assert run["reading"]["proposed_role"] == "student"
    assert run["reading"]["looks_like"] == "a SIMS report"
    page = desk.console.page(f"{ROSTERS}/{run['id']}").body.decode()
    assert '<option value="student" selected>' in page
    columns = {str(each["place"]): each["field"] for each in run["columns"]}
    assert choose(desk, run, {"columns": columns, "role": "student"}).status_code == 202
    work(desk)
    desk.apply(run["id"])
    again = desk.preview(report.replace(b"001,Uma", b"002,Uta"))
    assert (again["reading"]["role"], again["counts"]["new"]) == ("student", 1)


def test_a_list_of_accounts_leads_to_update_emails(desk: Desk) -> None:
    run = desk.preview(b"user_id,login_id,first_name,last_name,email,status\nc1,r@x.example,Ruth,Sole,r@x.example,active\n")
    assert run["state"] == "failed"
    assert "Update e-mails" in run["reason"]
    assert 'href="/admin/northbridge/people/emails"' in desk.console.page(f"{ROSTERS}/{run['id']}").body.decode()


def test_another_reading_with_fewer_rows_to_show_leaves_none_of_the_old(desk: Desk) -> None:
    content = "Adno,Role,Surname,Code\n" + "".join(f"x {number},Pupil,Lee,c{number}\n" for number in range(250))
    run = desk.preview(content.encode())
    assert (run["counts"]["rejected"], len(run["rejected"])) == (250, 200)
    assert choose(desk, run, {"columns": {"3": "mis_id", "1": "role", "2": "family_name"}}).status_code == 202
    work(desk)
    again = desk.run(run["id"])
    assert (again["counts"]["new"], again["rejected"]) == (250, [])


def test_only_the_preview_that_was_looked_at_is_applied(desk: Desk) -> None:
    run = desk.preview(plain([row(1)]))
    page = desk.console.page(f"{ROSTERS}/{run['id']}").body.decode()
    assert f'name="preview" value="{run["preview"]}"' in page
    columns = {str(each["place"]): each["field"] for each in run["columns"] if each["field"] != "username"}
    assert choose(desk, run, {"columns": columns}).status_code == 202
    work(desk)
    late = desk.console.post(f"{ROSTERS}/{run['id']}/apply", {"preview": run["preview"]})
    assert (late.status_code, late.json_body["code"]) == (409, "preview_changed")
    for wrong in ("x", True, 1.5, "1" * 10):
        assert desk.console.post(f"{ROSTERS}/{run['id']}/apply", {"preview": wrong}).status_code == 422
    seen = desk.run(run["id"])["preview"]
    assert desk.console.form(f"{ROSTERS}/{run['id']}/apply", {"preview": str(seen)}).status_code == 303
    work(desk)
    person = desk.person("S1")
    assert person is not None
    assert person.username is None


def test_a_worker_that_dies_while_it_keeps_the_columns_is_followed_by_another(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, times = RosterColumns.write, []

    def dying(self: RosterColumns, *given: Any) -> None:
        times.append(1)
        if len(times) == 1:
            raise RuntimeError("died")
        write(self, *given)

    monkeypatch.setattr(RosterColumns, "write", dying)
    roster = desk.start(STAFF.encode())
    assert desk.work(desk.came(roster)) == 1
    assert desk.run(roster)["columns"] == []
    assert desk.work(desk.came(roster)) == 0
    assert desk.run(roster)["reading"]["missing"] == ["mis_id", "role"]
