"""Choosing people in the list, by its form and by script, and what is started of them."""

import csv
import io
from typing import Any

import pytest

from tests.support.console import Console, make_person

PEOPLE = "/admin/northbridge/people"
SELECTION = f"{PEOPLE}/selection"
IDS = [make_person(number).id for number in range(1, 8)]


@pytest.fixture
def school(console: Console) -> Console:
    """Students 1 to 3 of year 7, 4 and 5 of year 8, 6 of year 9 without an address, and a teacher."""
    years = {1: "7", 2: "7", 3: "7", 4: "8", 5: "8", 6: "9"}
    console.add(
        make_person(number, year_group=year, email=f"p{number}@x.example" if number < 6 else None)
        for number, year in years.items()
    )
    console.add([make_person(7, role="teacher", year_group=None, registration_group=None)])
    return console


def choose(school: Console, **body: Any) -> dict[str, Any]:
    answer = school.post(SELECTION, body)
    assert answer.status_code == 200, answer.body
    found: dict[str, Any] = answer.json_body
    return found


def press(school: Console, **fields: Any) -> Any:
    """The form of a page with the first two people on it."""
    return school.form(SELECTION, {"page_ids": " ".join(IDS[:2]), "at": "1", **fields})


def test_a_script_adds_takes_out_and_clears(school: Console) -> None:
    first = choose(school, add=IDS[:2])
    assert (first["count"], first["added"]) == (2, 2)
    assert choose(school, remove=IDS[:1])["count"] == 1
    whole = choose(school, filter={"role": "student", "year_group": ["7", "8"]})
    assert (whole["count"], whole["id"]) == (5, first["id"])
    assert choose(school, remove=IDS[4:5])["taken_out"] == 1
    assert school.get(SELECTION).json_body["count"] == 4
    assert choose(school, clear=True)["count"] == 0


@pytest.mark.parametrize(
    "body", [{"add": "x"}, {"add": ["x"]}, {"filter": []}, {"filter": {"role": "head"}}, {"who": "all"}, {"clear": "maybe"}]
)
def test_what_cannot_be_used_is_refused(school: Console, body: dict[str, Any]) -> None:
    assert school.post(SELECTION, body).status_code == 422


def test_the_form_keeps_ticks_whatever_is_pressed(school: Console) -> None:
    sent = press(school, **{f"id.{IDS[0]}": "on", "page": "2", "filter.role": "student"})
    assert sent.headers["Location"] == f"{PEOPLE}?role=student&page=2#list"
    sent = press(school, **{f"id.{IDS[1]}": "on", "do": "show", "year_group": "8", "status": "not_ready", "q": "given"})
    assert sent.headers["Location"] == f"{PEOPLE}?year_group=8&q=given&standing=not_ready#list"
    found = school.get(SELECTION).json_body
    assert found["count"] == 1, "the first is no longer ticked"
    page = school.page(PEOPLE).body.decode()
    assert page.count(" checked>") == 1
    assert 'data-count="1"' in page


def test_all_on_the_page_all_that_match_and_clear(school: Console) -> None:
    assert press(school, do="page").headers["Location"] == f"{PEOPLE}#chosen"
    assert school.get(SELECTION).json_body["count"] == 2
    sent = press(school, **{"do": "filter", "filter.role": "student", "filter.year_group": "8"})
    assert sent.headers["Location"] == f"{PEOPLE}?role=student&year_group=8#chosen"
    assert school.get(SELECTION).json_body["count"] == 4
    press(school, do="clear")
    assert school.get(SELECTION).json_body == {
        "id": school.get(SELECTION).json_body["id"], "count": 0, "filters": [], "added": 0, "taken_out": 0,
        "ends_at": school.get(SELECTION).json_body["ends_at"],
    }  # fmt: skip


def test_a_search_for_an_address_never_stands_in_the_address_it_leads_to(school: Console) -> None:
    assert "p1%40" not in press(school, do="show", q="p1@x.example").headers["Location"]


def test_a_selection_is_sent_to_marked_and_filled_in(school: Console) -> None:
    chosen = choose(school, add=[IDS[5]], filter={"role": "student", "year_group": "8"})
    select = {"selection": chosen["id"]}
    tried = school.post("/admin/northbridge/sends", {"kind": "password_link", "select": select, "dry_run": True}).json_body
    assert (tried["total"], tried["to_send"], tried["name"]) == (3, 2, "Password links to 3 people")
    sent = school.post("/admin/northbridge/sends", {"kind": "password_link", "select": select})
    assert sent.status_code == 202
    kept = school.post(f"{PEOPLE}/leaving", {"select": select, "dry_run": True}).json_body
    assert kept["count"] == 3
    page = school.page(f"{PEOPLE}/emails", selection=chosen["id"]).body.decode()
    assert page.count('name="email.') == 3
    choose(school, clear=True)
    again = school.post("/admin/northbridge/sends", {"kind": "password_link", "select": select})
    assert again.status_code == 422, "an old page sends nothing"


def test_a_form_with_ticks_that_were_not_kept_yet_sends_to_these(school: Console) -> None:
    ticked = {
        "kind": "password_link",
        "to": "selection",
        "page_ids": " ".join(IDS[:3]),
        f"id.{IDS[0]}": "on",
        f"id.{IDS[2]}": "on",
    }
    page = school.form(f"{PEOPLE}/leaving", ticked).body.decode()
    assert "Given1 Family0001" in page
    assert "Given2 Family0002" not in page
    nobody = school.form(f"{PEOPLE}/leaving", {"to": "selection", "page_ids": " ".join(IDS[:3])})
    assert nobody.status_code == 422


def test_another_admin_has_another_selection(school: Console) -> None:
    chosen = choose(school, add=IDS[:2])
    other = make_person(90, role="staff", is_admin=True, year_group=None, registration_group=None)
    school.add([other])
    school.token = school.sign_in(other)
    assert school.get(SELECTION).json_body["count"] == 0
    body = {"kind": "password_link", "select": {"selection": chosen["id"]}}
    assert school.post("/admin/northbridge/sends", body).status_code == 422


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_list_is_downloaded_without_codes_and_ids(school: Console, form: str) -> None:
    answer = school.get(f"{PEOPLE}/download", format=form, role="student", year_group="8")
    assert answer.status_code == 303, answer.body
    assert "people-" in answer.headers["Location"]
    assert school.get(f"{PEOPLE}/download", format="pdf").status_code == 422


def test_the_file_says_what_the_list_says(school: Console) -> None:
    from latchkey.people.model.people_filter import parse
    from latchkey.records.download_people import HEADER, row_of
    from latchkey.roll.read_roll import read_roll

    system = school.system.wiring("console")
    found, roll = system.schools.get("northbridge"), read_roll(system, "northbridge")
    assert found is not None
    rows = [row_of(each, roll, found) for each in roll.meant(parse({"year_group": ["8", "9"]}))]
    text = "\n".join(map(str, (HEADER, *rows)))
    assert [row[0] for row in rows] == ["Given4 Family0004", "Given5 Family0005", "Given6 Family0006"]
    assert rows[2][4:7] == ["", "user6", "No e-mail address"]
    assert "M4" not in text
    assert csv.reader(io.StringIO(text))
