"""Readiness over time, without names; and the files, with names for admins."""

import csv
import io
from typing import Any
from urllib.parse import urlsplit

import pytest

from latchkey.readiness.model.figures import Figures, day_of
from tests.support.console import Console, make_person
from tests.support.openapi import check

FIGURES = "/admin/northbridge/readiness/figures"
DOWNLOAD = "/admin/northbridge/readiness/download"
DAY = 86_400


@pytest.fixture
def school(console: Console) -> Console:
    """Twelve students of year 7 of whom ten can log in, six of year 8 who cannot, three of year 9."""
    now = int(console.system.clock())
    ready = {"password_set_at": now - DAY, "last_login_at": now - 60}
    console.add(
        [
            *(make_person(number, **(ready if number < 10 else {"email": None})) for number in range(12)),
            *(make_person(20 + number, year_group="8", registration_group="8A") for number in range(6)),
            *(make_person(30 + number, year_group="9", registration_group="9A", **ready) for number in range(3)),
        ]
    )
    return console


def keep(console: Console, ago: int, **counts: int) -> None:
    """Keep the figures of a day so many days ago: students of year 7 by code."""
    at = int(console.system.clock()) - ago * DAY
    figures = Figures(day_of(at), {("student", "7"): counts})  # type: ignore[dict-item]
    console.system.wiring("daily").figures("northbridge").put(figures, at)


def text_of(answer: Any) -> str:
    return str(answer.body.decode())


def file_of(school: Console, answer: Any) -> bytes:
    """The file to which an answer leads."""
    assert answer.status_code == 303, answer.body
    key = urlsplit(answer.headers["Location"]).path[1:]
    found = school.system.wiring("console").client("s3").get_object(Bucket=school.system.environment["EXPORTS_BUCKET"], Key=key)
    return bytes(found["Body"].read())


def test_the_figures_of_today_add_up_and_small_groups_are_hidden_in_pairs(school: Console) -> None:
    answer = school.get(FIGURES)
    check("get", FIGURES, answer)
    found = answer.json_body
    assert (found["role"], found["total"], found["ready"]) == ("student", 21, 13)
    years = {each["year_group"]: (each["total"], each["ready"]) for each in found["by_year_group"]}
    assert years == {"7": (12, 10), "8": (6, None), "9": (3, None)}, "with one alone the sum would tell of it"
    assert {each["reason"]: each["count"] for each in found["reasons"]} == {"never_sent": 6, "no_address": 2}
    assert [each["total"] for each in found["days"]] == [21]


def test_where_fewer_than_five_cannot_the_reasons_are_not_said(school: Console) -> None:
    found = school.get(FIGURES, year_group="7").json_body
    assert (found["ready"], found["reasons"]) == (10, None)
    assert "the reasons are not shown" in text_of(school.page(FIGURES, year_group="7"))
    alone = school.get(FIGURES, year_group="9").json_body
    assert (alone["total"], alone["ready"], alone["reasons"]) == (3, None, [])
    assert school.get(FIGURES, role="staff").json_body["ready"] is None
    assert "fewer than 5" in text_of(school.page(FIGURES, role="staff"))


def test_days_follow_each_other_and_the_page_draws_them(school: Console) -> None:
    keep(school, 40, signed_in=3, no_address=17)
    keep(school, 20, signed_in=8, no_address=12)
    keep(school, 0, signed_in=1)  # of this morning: what is now stands in its place
    found = school.get(FIGURES).json_body
    assert [each["ready"] for each in found["days"]] == [3, 8, 13]
    page = text_of(school.page(FIGURES))
    assert "13 of 21" in page
    assert "10 more than on" in page
    assert page.count("<polyline") == 2
    assert page.count("<circle") == 3
    assert [each["ready"] for each in school.get(FIGURES, days="30").json_body["days"]] == [8, 13]
    assert "Figures are kept once a day" in text_of(school.page(FIGURES, role="parent"))


def test_a_long_span_shows_each_week_and_stays_light(school: Console) -> None:
    for ago in range(1, 731):
        keep(school, ago, signed_in=ago, no_address=5)
    answer = school.page(FIGURES, days="731")
    assert answer.status_code == 200
    assert len(answer.body) <= 60_000
    found = school.get(FIGURES, days="731").json_body
    assert 104 <= len(found["days"]) <= 107
    assert found["days"][0]["ready"] == 730


def test_no_page_and_no_file_of_figures_names_anybody(school: Console) -> None:
    for text in (text_of(school.page(FIGURES)), file_of(school, school.page(f"{FIGURES}/download")).decode()):
        assert "Given" not in text
        assert "user1" not in text
        assert "@northbridge" not in text


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"role": "governor"}, "role"),
        ({"days": "31"}, "days"),
        ({"year_group": "77"}, "year_group"),
        ({"role": "parent", "year_group": "7"}, "year_group"),
        ({"who": "x"}, "who"),
    ],
)
def test_what_there_is_none_of_is_named(school: Console, query: dict[str, str], field: str) -> None:
    answer = school.get(FIGURES, **query)
    assert answer.status_code == 422
    assert field in answer.json_body["fields"]


def test_the_file_has_who_cannot_why_and_what_helps(school: Console) -> None:
    school.add([make_person(99, given_name="=1+1", family_name="Evil", email=None)])
    rows = [*csv.DictReader(io.StringIO(file_of(school, school.page(DOWNLOAD)).decode("utf-8-sig")))]
    assert len(rows) == 10  # the head teacher has no password either
    assert {row["Can log in"] for row in rows} == {"no"}
    first = next(row for row in rows if row["Year group"] == "8")
    assert (first["Why"], first["What helps"]) == ("Never sent a link", "Send a password link")
    assert not any(row["Name"].startswith("=") for row in rows)
    named = [*csv.DictReader(io.StringIO(file_of(school, school.page(DOWNLOAD, reason="no_address")).decode("utf-8-sig")))]
    assert len(named) == 3
    ready = [*csv.DictReader(io.StringIO(file_of(school, school.page(DOWNLOAD, standing="ready")).decode("utf-8-sig")))]
    assert len(ready) == 13
    events = [
        each for each in school.get("/admin/northbridge/audit").json_body["items"] if each["action"] == "readiness.download"
    ]
    assert sorted(each["facts"]["rows"] for each in events) == [3, 10, 13]


def test_a_workbook_has_the_same(school: Console) -> None:
    answer = school.page(DOWNLOAD, format="xlsx", role="student")
    assert "cannot-log-in-student" in answer.headers["Location"]
    assert file_of(school, answer)[:2] == b"PK"
    figures = school.page(f"{FIGURES}/download", format="xlsx")
    assert "northbridge-readiness-figures-student" in figures.headers["Location"]
    assert file_of(school, figures)[:2] == b"PK"


def test_the_file_of_figures_hides_what_the_page_hides(school: Console) -> None:
    text = file_of(school, school.page(f"{FIGURES}/download")).decode("utf-8-sig")
    assert "8,6,hidden: fewer than 5,hidden: fewer than 5,hidden: fewer than 5" in text
    assert "7,12,10,2,83" in text
    assert "Never sent a link,6" in text


@pytest.mark.parametrize("path", [DOWNLOAD, f"{FIGURES}/download"])
def test_a_file_of_another_kind_is_refused(school: Console, path: str) -> None:
    assert school.get(path, format="pdf").status_code == 422
    assert school.get(path, colour="red").status_code == 422


def test_more_people_than_a_file_can_have_are_asked_for_in_parts(school: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("latchkey.readiness.download_readiness.MOST", 5)
    answer = school.get(DOWNLOAD)
    assert answer.status_code == 422
    assert "Choose a role or a year group" in answer.json_body["detail"]
