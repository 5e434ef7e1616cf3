"""Contacts from upload to files, through the console's routes and the workers' handlers."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from latchkey.contacts import write_files
from latchkey.contacts.stores import notes
from latchkey.errors import TryLater
from tests.support.console import running_console
from tests.support.contacts import CONTACTS, SCHOOL, UPNS, Desk, sims, student, table

NOE, TESS, LILY = student(0, "Noé", "Blair"), student(1, "Tess", "Moor"), student(2, "Lily", "Blair")
ANA, IAN = ("Mrs", "Ana", "Blair"), ("Mr", "Ian", "Blair")


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with running_console(monkeypatch) as console:
        console.add([NOE, TESS, LILY])
        yield Desk(console, monkeypatch)


def siblings() -> bytes:
    """Two siblings with the same two parents, in the way of SIMS: one row for each of the four, in Windows-1252."""
    rows = [
        sims(child, parent, email=email, priority=priority)
        for child in (NOE, LILY)
        for parent, email, priority in ((ANA, "ana.blair@mail.example", "1"), (IAN, "ian.blair@mail.example", "2"))
    ]
    return table(*rows, encoding="cp1252")


def test_a_sims_report_becomes_files_by_student_parent_and_family(desk: Desk) -> None:
    run = desk.join(siblings())
    assert run["state"] == "finished", run
    found = {
        name: run[name] for name in ("families", "matched", "parents", "invited", "unmatched_students", "unmatched_contacts")
    }
    assert found == {
        "families": 1, "matched": 2, "parents": 2, "invited": 2, "unmatched_students": 1, "unmatched_contacts": 0,
    }  # fmt: skip
    (family,) = desk.rows(run["id"], "family")
    assert (family["Parents"], family["Children"]) == ("Mrs Ana Blair, Mr Ian Blair", "Lily, Noé")
    assert (family["Parent1Email"], family["Parent2Email"]) == ("ana.blair@mail.example", "ian.blair@mail.example")
    assert [family[f"Child{number}UPN"] for number in (1, 2)] == [UPNS[2], UPNS[0]]
    codes = [family[f"Child{number}ParentCode"] for number in (1, 2)]
    assert all(codes)
    assert codes[0] != codes[1]
    parents = desk.rows(run["id"], "parent")
    assert sorted((row["ParentForename"], row["ParentEmail"], row["Child1ParentCode"]) for row in parents) == [
        ("Ana", "ana.blair@mail.example", codes[0]),
        ("Ian", "ian.blair@mail.example", codes[0]),
    ]
    assert all((row["Child1Forename"], row["Child2Forename"]) == ("Lily", "Noé") for row in parents)
    students = desk.rows(run["id"], "student")
    assert [(row["Forename"], row["ParentCode"], row["Parent1Forename"], row["Parent2Forename"]) for row in students] == [
        ("Lily", codes[0], "Ana", "Ian"),
        ("Noé", codes[1], "Ana", "Ian"),
    ]
    assert desk.file(run["id"], "family", "xlsx").startswith(b"PK")
    assert [row["Forename"] for row in desk.rows(run["id"], "unmatched_students")] == ["Tess"]
    assert "Are these names right? Noé Blair." in run["warnings"]


def test_the_upload_is_deleted_once_it_was_read_and_no_message_names_anybody(desk: Desk) -> None:
    run = desk.start(siblings())
    assert desk.uploads() == [desk.keys[run]]
    assert desk.read(desk.came(run)) == 0
    assert desk.uploads() == []
    (message,) = desk.console.system.messages("EXPORT_QUEUE")
    assert json.loads(message) == {"v": 1, "school": SCHOOL, "contacts": run}


def test_codes_are_those_of_login_details_and_stay_the_same(desk: Desk) -> None:
    run = desk.join(siblings())
    before = desk.rows(run["id"], "student")
    assert desk.console.post(f"{CONTACTS}/{run['id']}/files", {}).status_code == 202
    again = desk.finish(run["id"])
    assert again["state"] == "finished"
    assert desk.rows(run["id"], "student") == before
    revealed = desk.console.system.wiring("console").directory(SCHOOL).person(NOE.id)
    assert revealed is not None
    assert revealed.parent_code is not None
    assert (revealed.parent_code.generation, revealed.pin) == (1, None)


def test_messages_that_come_twice_change_nothing(desk: Desk) -> None:
    run = desk.start(siblings())
    assert desk.read(desk.came(run), desk.came(run)) == 0
    messages = desk.console.system.messages("EXPORT_QUEUE")
    assert desk.write(*messages, *messages) == 0
    first = desk.run(run)
    assert desk.read(desk.came(run)) == 0
    assert desk.write(*desk.console.system.messages("EXPORT_QUEUE"), *messages) == 0
    assert desk.run(run) == first
    actions = [event["action"] for event in desk.console.system.wiring("console").audit(SCHOOL).page()[0]]
    assert [actions.count(f"contacts.{word}") for word in ("start", "read", "files")] == [1, 1, 1]


def test_a_file_that_is_put_again_is_deleted_unread(desk: Desk) -> None:
    run = desk.join(siblings())
    desk.put(run["id"], b"UPN,Contact,Email\r\n")
    assert desk.read(desk.came(run["id"])) == 0
    assert desk.uploads() == []
    assert desk.finish(run["id"]) == run


def test_a_later_upload_takes_the_place_of_an_earlier_one(desk: Desk) -> None:
    first = desk.join(siblings())
    desk.wait(1)
    second = desk.join(table(sims(NOE, ANA, email="ana.blair@mail.example")))
    assert desk.run(first["id"])["replaced"] is True
    assert desk.console.get(f"{CONTACTS}/{first['id']}/download", rows="parent", format="csv").status_code == 410
    assert len(desk.rows(second["id"], "parent")) == 1
    directory = desk.console.system.wiring("console").client("dynamodb").scan(TableName="DirectoryTable")["Items"]
    kept = [item["pk"]["S"] for item in directory if "#CONTACTS#" in item["pk"]["S"]]
    assert {*kept} == {f"{SCHOOL}#CONTACTS#{second['id']}"}
    assert all("expires_at" in item for item in directory if "#CONTACTS#" in item["pk"]["S"])


def test_an_upload_that_ends_after_a_later_one_is_not_taken(desk: Desk) -> None:
    early = desk.start(siblings())
    desk.wait(5)
    late = desk.join(siblings())
    assert desk.read(desk.came(early)) == 0
    run = desk.finish(early)
    assert (run["state"], run["reason"][:12]) == ("failed", "A newer file")
    assert desk.run(late["id"])["state"] == "finished"
    assert desk.uploads() == []


def test_what_did_not_match_is_listed_both_ways_with_reasons(desk: Desk) -> None:
    gone = student(3, "Ivy", "Marsh", status="left")
    desk.console.add([gone])
    stranger = student(4, "Max", "Rudd")
    nameless = ("", "Tess", "Moor", "7A", "Year  7", "", *("Ms", "Lea", "Moor"), "Mother", "1", "T", "F", "lea@mail.example")
    run = desk.join(
        table(
            sims(stranger, ("Ms", "Kay", "Rudd"), email="kay@mail.example"),
            sims(gone, ("Ms", "Dee", "Marsh"), email="dee@mail.example"),
            nameless,
            sims(LILY, ("", "", "")),
        )
    )
    assert (run["matched"], run["unmatched_students"], run["unmatched_contacts"]) == (0, 3, 3)
    contacts = [(row["line"], row["contact"], row["reason"]) for row in run["lists"]["unmatched_contacts"]]
    assert contacts == [
        (2, "Kay Rudd", "no student here has this UPN"),
        (3, "Dee Marsh", "the student has left the school, or their account is switched off"),
        (4, "Lea Moor", "the row has neither a UPN nor an id"),
    ]
    assert run["lists"]["unmatched_contacts"][2]["looks_like"]["label"] == "Tess Moor, 7A"
    students = {row["student"]["name"]: row["reason"] for row in run["lists"]["unmatched_students"]}
    assert students == {
        "Lily Blair": "is in the file without a contact",
        "Noé Blair": "is not in the file",
        "Tess Moor": "is not in the file",
    }
    listed = desk.rows(run["id"], "unmatched_contacts")
    assert [row["LooksLike"] for row in listed] == ["", "", "Tess Moor, 7A"]
    assert desk.rows(run["id"], "parent") == []


def test_lost_zeros_are_found_and_anothers_id_is_not_believed(desk: Desk) -> None:
    header = ("Admission Number", "Student", "Contact Name", "Contact Email")
    content = table(
        ("4510", "Noé Blair", "Mrs Ana Blair", "ana@mail.example"),
        ("004511", "Max Rudd", "Ms Kay Rudd", "kay@mail.example"),
        header=header,
    )
    run = desk.join(content)
    assert run["matched"] == 1
    assert [row["reason"] for row in run["lists"]["unmatched_contacts"]] == ["the id is that of a student with another name"]
    assert [row["ParentEmail"] for row in desk.rows(run["id"], "parent")] == ["ana@mail.example"]


def test_who_has_a_court_order_is_in_no_file_nor_is_their_address(desk: Desk) -> None:
    run = desk.join(
        table(
            sims(NOE, ANA, email="home@mail.example"),
            sims(NOE, IAN, email="home@mail.example", priority="2", court="T"),
            sims(TESS, ("Ms", "Lea", "Moor"), email="lea@mail.example"),
            sims(TESS, ("Mr", "Rob", "Moor"), email="rob@mail.example", priority="3", responsible="F"),
        ),
        whom="all",
    )
    assert sorted(row["ParentForename"] for row in desk.rows(run["id"], "parent")) == ["Lea", "Rob"]
    refused = {(row["Parent"], row["Reason"]) for row in desk.rows(run["id"], "not_invited")}
    assert refused == {
        ("Mrs Ana Blair", "has the same address as somebody with a court order or restricted access"),
        ("Mr Ian Blair", "has a court order or restricted access"),
    }
    assert desk.console.post(f"{CONTACTS}/{run['id']}/files", {"whom": "usual"}).status_code == 202
    again = desk.finish(run["id"])
    assert (again["whom"], again["not_invited"]) == ("usual", 3)
    assert [row["ParentForename"] for row in desk.rows(run["id"], "parent")] == ["Lea"]


def test_columns_that_are_not_known_are_asked_for(desk: Desk) -> None:
    header = ("Schoolnr", "Who", "Mail to")
    run = desk.join(table(("004510", "Ana Blair", "ana@mail.example"), header=header))
    assert (run["state"], run["step"], run["columns"]["header"]) == ("paused", "columns", list(header))
    path = f"{CONTACTS}/{run['id']}"
    assert desk.uploads() == [desk.keys[run["id"]]]
    assert desk.console.get(f"{path}/download", rows="parent", format="csv").status_code == 409
    wrong: list[Any] = [
        {},
        {"upn": "Nothing"},
        {"nonsense": 1},
        {"upn": 1, "email": 1},
        {"email": 3},
        "x",
        {"upn": 99, "email": 3},
    ]
    assert [desk.console.post(f"{path}/map", {"columns": each}).status_code for each in wrong] == [422] * len(wrong)
    named = {"student_id": 1, "name": "Who", "email": 3}
    assert desk.console.post(f"{path}/map", {"columns": named}).status_code == 202
    assert desk.console.post(f"{path}/map", {"columns": named}).status_code == 409
    done = desk.finish(run["id"])
    assert (done["state"], done["matched"]) == ("finished", 1)
    assert [row["ParentEmail"] for row in desk.rows(run["id"], "parent")] == ["ana@mail.example"]
    assert desk.uploads() == []


def test_an_upload_of_yesterday_is_not_read_any_more(desk: Desk) -> None:
    run = desk.join(table(("004510", "Ana Blair", "ana@mail.example"), header=("Schoolnr", "Who", "Mail to")))
    desk.wait(86_400)
    answer = desk.console.post(f"{CONTACTS}/{run['id']}/map", {"columns": {"student_id": 1, "email": 3}})
    assert (answer.status_code, answer.json_body["code"]) == (409, "too_old")
    late = desk.start(siblings())
    desk.wait(86_400)
    assert desk.read(desk.came(late)) == 0
    assert desk.run(late)["state"] == "failed"
    assert desk.keys[late] not in desk.uploads()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xd0\xcf\x11\xe0 old Excel", "Excel workbook of the old kind"),
        (b"PK\x03\x04 no zip", "not a zip"),
        (b"<html><p>Sign in</p></html>", "not a Common Transfer File"),
        (b'<!DOCTYPE a [<!ENTITY b "bbbb">]><CTfile/>', "document type"),
        (b" \r\n\r\n", "empty"),
        (b'UPN,Contact,Email\r\n"', "quotation marks"),
    ],
)
def test_a_file_that_cannot_be_used_says_why_and_is_deleted(desk: Desk, content: bytes, reason: str) -> None:
    run = desk.join(content)
    assert run["state"] == "failed"
    assert reason in run["reason"]
    assert desk.uploads() == []


def test_a_file_of_more_contacts_than_any_school_has_fills_no_disk(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "_LARGEST", 64 * 4096)
    rows = [sims(NOE, ("", f"Given{number}", "x" * 90), email=f"{number}@mail.example") for number in range(2_000)]
    run = desk.join(table(*rows))
    assert (run["state"], run["reason"][:31]) == ("failed", "The file has more contacts than")
    assert desk.uploads() == []


def test_files_end_after_a_day_and_can_be_made_again(desk: Desk) -> None:
    run = desk.join(siblings())
    desk.wait(86_400)
    assert desk.console.get(f"{CONTACTS}/{run['id']}/download", rows="parent", format="csv").status_code == 410
    assert desk.run(run["id"])["files"] == []
    assert desk.console.post(f"{CONTACTS}/{run['id']}/files", {}).status_code == 202
    assert desk.finish(run["id"])["files"]
    assert len(desk.rows(run["id"], "parent")) == 2


def test_what_is_known_of_parents_is_forgotten_after_90_days(desk: Desk) -> None:
    run = desk.join(siblings())
    desk.wait(90 * 86_400)
    answer = desk.console.post(f"{CONTACTS}/{run['id']}/files", {})
    assert (answer.status_code, answer.json_body["code"]) == (409, "not_kept")
    assert [*desk.console.system.wiring("console").kept_parents(SCHOOL).pages(run["id"], int(desk.console.system.clock.now))] == [
        []
    ]


def test_slips_are_for_those_without_an_address(desk: Desk) -> None:
    run = desk.join(table(sims(NOE, ANA, email="ana@mail.example"), sims(TESS, ("Ms", "Lea", "Moor")), sims(LILY, ANA)))
    assert run["without_address"] == 2
    answer = desk.console.post(f"{CONTACTS}/{run['id']}/slips", {"idempotency_key": "once-only"})
    assert answer.status_code == 202
    export = desk.console.get(answer.json_body["path"]).json_body
    assert (export["format"], export["audience"], export["scope"]["ids"]) == ("slips", "parents", [LILY.id, TESS.id])
    none = desk.join(table(sims(NOE, ANA, email="ana@mail.example")))
    assert desk.console.post(f"{CONTACTS}/{none['id']}/slips", {}).status_code == 409


def test_these_parents_can_be_invited_once_they_are_read(desk: Desk) -> None:
    early = desk.console.post(f"{CONTACTS}/{desk.start(siblings())}/invite", {"dry_run": True})
    assert (early.status_code, early.json_body["code"]) == (409, "not_kept")
    run = desk.join(siblings())["id"]
    answer = desk.console.post(f"{CONTACTS}/{run}/invite", {"dry_run": True})
    tried = answer.json_body
    assert answer.status_code == 200, tried
    assert tried["kind"] == "parent_invitation"
    assert tried["name"] == "Invitations to parents in the contacts"
    assert tried["to_send"] >= 1
    body = {"idempotency_key": "once-only"}
    first, second = (desk.console.post(f"{CONTACTS}/{run}/invite", body) for _ in range(2))
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json_body["id"] == second.json_body["id"]
    assert first.headers["Location"] == f"/admin/northbridge/sends/{first.json_body['id']}"


def test_a_writer_that_breaks_off_leaves_nothing_half_and_goes_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    run = desk.start(siblings())
    assert desk.read(desk.came(run)) == 0
    (message,) = desk.console.system.messages("EXPORT_QUEUE")
    real = write_files._put_all

    def breaks(*_: object) -> Any:
        raise TryLater()

    monkeypatch.setattr(write_files, "_put_all", breaks)
    assert desk.write(message) == 1
    assert desk.run(run)["state"] == "running"
    monkeypatch.setattr(write_files, "_put_all", real)
    assert desk.write(message, attempt=2) == 0
    assert desk.run(run)["state"] == "finished"
    assert len(desk.rows(run, "student")) == 2


def test_after_the_last_try_the_admin_sees_that_it_failed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> Any:
        raise TryLater()

    run = desk.start(siblings())
    assert desk.read(desk.came(run)) == 0
    real = write_files._put_all
    monkeypatch.setattr(write_files, "_put_all", breaks)
    assert desk.write(*desk.console.system.messages("EXPORT_QUEUE"), attempt=14) == 1
    found = desk.run(run)
    assert (found["state"], "kept" in found["reason"]) == ("failed", True)
    assert "Make the files again" in desk.console.page(f"{CONTACTS}/{run}").body.decode()
    monkeypatch.setattr(write_files, "_put_all", real)
    assert desk.console.post(f"{CONTACTS}/{run}/files", {}).status_code == 202
    again = desk.finish(run)
    assert (again["state"], again["reason"], len(desk.rows(run, "student"))) == ("finished", None, 2)


def test_no_cell_of_the_file_becomes_a_formula(desk: Desk) -> None:
    run = desk.join(table(sims(NOE, ("", '=HYPERLINK("http://x")', "@Blair"), email="ana@mail.example")))
    (row,) = desk.rows(run["id"], "parent")
    assert (row["ParentForename"], row["ParentSurname"]) == ('\'=HYPERLINK("http://x")', "'@Blair")


def test_a_reader_whose_time_runs_short_hands_over(desk: Desk) -> None:
    run = desk.start(siblings())
    assert desk.read(desk.came(run), seconds=40) == 0
    (message,) = desk.console.system.messages("ROSTER_QUEUE")
    assert json.loads(message) == {"v": 1, "kind": "contacts", "school": SCHOOL, "contacts": run}
    assert desk.uploads() == [desk.keys[run]]
    assert desk.read(message) == 0
    assert desk.finish(run)["parents"] == 2
    assert len(desk.rows(run, "parent")) == 2


def test_a_writer_whose_time_runs_short_hands_over(desk: Desk) -> None:
    run = desk.start(siblings())
    assert desk.read(desk.came(run)) == 0
    assert desk.write(*desk.console.system.messages("EXPORT_QUEUE"), seconds=40) == 0
    assert desk.run(run)["state"] == "running"
    assert desk.finish(run)["state"] == "finished"
