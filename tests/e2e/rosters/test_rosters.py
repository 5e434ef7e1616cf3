"""Rosters on the deployed stack: uploaded straight to S3, previewed, applied; what is bad is refused with a reason."""

import secrets

import httpx
import pytest

from tests.e2e.client import Product
from tests.e2e.school import HEADER, apply, name_of_group, table, undo, upload
from tests.support.workbooks import excel, raw

pytestmark = pytest.mark.e2e


def test_a_roster_is_previewed_then_applied_and_applying_it_again_changes_nothing(admin: Product) -> None:
    new = f"e2e-{secrets.token_hex(4)}"
    rows = [
        [new, "student", "=HYPERLINK(1)", "O’Neil-Ünal", "", new, "", "7", "7Z", ""],
        [f"{new}-p", "parent", "Pat", "O’Neil-Ünal", f"{new}@e2e.example", "", "", "", "", new],
    ]
    preview = upload(admin, table(*rows))
    assert preview["state"] == "previewed"
    assert preview["counts"]["new"] == 2
    assert admin.get(admin.console("people"), q=new)["items"] == [], "nothing before it is applied"
    done = apply(admin, preview)
    assert (done["state"], done["progress"]["done"]) == ("finished", done["progress"]["total"])
    student = admin.person(role="student", q=new)
    assert (student["given_name"], student["family_name"]) == ("=HYPERLINK(1)", "O’Neil-Ünal")
    parent = admin.get(admin.console(f"people/{admin.person(role='parent', q=new)['id']}"))
    assert [child["id"] for child in parent["children"]] == [student["id"]]
    again = upload(admin, excel(("Read me", [["Saved in Excel"]]), ("People", [[*HEADER], *rows])), "roster.xlsx")
    assert "Only the sheet People was read. Not read: Read me." in [warning["text"] for warning in again["warnings"]]
    assert {name: again["counts"][name] for name in ("new", "changed", "unchanged")} == {"new": 0, "changed": 0, "unchanged": 2}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("roster.zip", b"this is no zip"),
        ("roster.xlsx", raw('<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "a">]><worksheet>&a;</worksheet>')),
        ("roster.csv", b"PK\x03\x04 this is no zip either"),
        ("roster.csv", b"mis_id\n1\n"),
        ("roster.csv", "\n".join([",".join(HEADER), "1,student,Zo\x81,Lee,,,,7,7A,"]).encode("latin-1")),
        ("roster.csv", b"\x00\x00\x00\x00"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_reason(admin: Product, name: str, content: bytes) -> None:
    refused = upload(admin, content, name)
    assert refused["state"] == "failed"
    assert refused["reason"]
    assert admin.http.post(admin.console(f"rosters/{refused['id']}/apply")).status_code == 409


def test_bad_rows_are_listed_with_line_and_column_and_raise_nobody(admin: Product) -> None:
    preview = upload(
        admin,
        table(
            ["e2e-10", "admin", "Eve", "Evil", "eve@e2e.example", "", "", "", "", ""],
            ["e2e-11", "student", "Una", "Upn", "", "", "A801200005001", "7", "7A", ""],
            ["e2e-12", "student", "Dan", "Double", "", "", "", "7", "7A", ""],
            ["e2e-12", "student", "Don", "Double", "", "", "", "7", "7A", ""],
        ),
    )
    assert preview["counts"]["rejected"] == 3
    assert preview["counts"]["new"] == 1
    assert {row["line"] for row in preview["rejected"]} == {2, 4, 5}
    assert all(row["column"] and row["reason"] for row in preview["rejected"])
    assert [(each["kind"], [row["line"] for row in each["rows"]]) for each in preview["warnings"]] == [("upn", [3])]
    way = admin.http.get(admin.console(f"rosters/{preview['id']}/rejected"), follow_redirects=False)
    assert way.status_code == 303
    to_mend = httpx.get(way.headers["Location"]).content.decode("utf-8-sig").splitlines()
    assert (len(to_mend), to_mend[0].endswith("Latchkey: why")) == (5, True)


def test_a_report_as_a_spreadsheet_wrote_it_is_read(admin: Product) -> None:
    group = name_of_group()
    lines = ["Pupil list;;;", "sep was here;;;", "Adno;Type;Forename;Surname;Reg Group;E-mail"]
    lines += [f"{group}-1;Pupil;Zoë;Nuñez;{group};zoe at home", f"{group}-2;Pupil;Seán;;{group}"]
    preview = upload(admin, "\r\n".join(lines).encode("cp1252"))
    assert (preview["state"], preview["counts"]["new"], preview["counts"]["rejected"]) == ("previewed", 2, 0)
    assert any("Zoë Nuñez" in each["text"] for each in preview["warnings"])
    assert apply(admin, preview)["state"] == "finished"
    people = admin.all(admin.console("people"), role="student", registration_group=group)
    assert sorted((each["given_name"], each["family_name"], each["email"]) for each in people) == [
        ("Seán", "", None),
        ("Zoë", "Nuñez", None),
    ]
    undone = undo(admin, preview)
    assert (undone["state"], undone["counts"]["removed"], undone["kept"]) == ("finished", 2, [])
    assert admin.all(admin.console("people"), role="student", registration_group=group) == []


def test_a_larger_file_than_allowed_and_another_key_are_refused_by_s3(admin: Product) -> None:
    form = admin.http.post(admin.console("rosters"), json={"filename": "roster.csv"}).json()["upload"]
    elsewhere = {**form["fields"], "key": "rosters/southgate/x/y"}
    assert httpx.post(form["url"], data=elsewhere, files={"file": ("r.csv", b"x")}).status_code == 403
    assert httpx.post(form["url"], data=form["fields"], files={"file": ("r.csv", b"")}).status_code in {400, 403}


def test_a_change_of_mis_is_one_decision_and_the_accounts_go_on(admin: Product) -> None:
    """The same people, every id new."""
    new = f"mis-{secrets.token_hex(4)}"

    def rows(mark: str, year: str) -> bytes:
        return table(
            [f"{new}{mark}a", "student", "Ola", "Berg", f"{new}.ola@e2e.example", f"{new}.ola", "", year, "7A", ""],
            [f"{new}{mark}t", "teacher", "Tor", "Berg", f"{new}.tor@e2e.example", f"{new}.tor", "", "", "", ""],
            [f"{new}{mark}p", "parent", "Pia", "Berg", f"{new}.pia@e2e.example", "", "", "", "", f"{new}{mark}a"],
        )

    apply(admin, upload(admin, rows("-old-", "7")))
    before = {role: admin.person(role=role, q=new)["id"] for role in ("student", "teacher", "parent")}
    preview = upload(admin, rows("-new-", "8"))
    assert ("new_ids", 3, "take_over") in [(each["name"], each["count"], each["chosen"]) for each in preview["decisions"]]
    assert preview["counts"]["changed"] == 3
    done = apply(admin, preview)
    assert (done["state"], done["counts"]["new"], done["counts"]["changed"]) == ("finished", 0, 3)
    after = {role: admin.person(role=role, q=new) for role in before}
    assert {role: each["id"] for role, each in after.items()} == before
    assert (after["student"]["mis_id"], after["student"]["year_group"]) == (f"{new}-new-a", "8")
    again = upload(admin, rows("-new-", "8"))
    assert (again["counts"]["unchanged"], "new_ids" in str(again["decisions"])) == (3, False)
