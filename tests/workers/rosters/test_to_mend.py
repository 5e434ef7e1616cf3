"""Rows that are left out, or of which a cell is: in words, by person, and as a file to mend and upload again."""

import csv
import io
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest

from latchkey.rosters.download_rejected import KEPT
from tests.support.console import HEAD_TEACHER, running_console
from tests.support.rosters import ROSTERS, UPNS, Desk, parent, plain, row, zipped
from tests.support.system import REGION


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with running_console(monkeypatch) as console:
        yield Desk(console, monkeypatch)


def to_mend(desk: Desk, roster: str) -> list[list[str]]:
    """The file, as a spreadsheet reads it."""
    answer = desk.console.get(f"{ROSTERS}/{roster}/rejected")
    assert answer.status_code == 303, answer.json_body
    url = urlsplit(answer.headers["Location"])
    assert "attachment" in parse_qs(url.query)["response-content-disposition"][0]
    found = boto3.client("s3", REGION).get_object(Bucket=desk.bucket, Key=url.path.lstrip("/").removeprefix(f"{desk.bucket}/"))
    return list(csv.reader(io.StringIO(found["Body"].read().decode("utf-8-sig"), newline="")))


ODD = [
    row(1, email="n/a at all"),
    row(2, upn="wrong", email="also wrong"),
    row(3, role="wizard"),
    row(4),
    row(5, registration_group="07-Oct"),
    parent(1, "S4", "S99", email="=cmd|x"),
    row(6, mis_id=""),
]


def test_what_cannot_be_used_is_said_in_words_and_by_person(desk: Desk) -> None:
    run = desk.preview(plain(ODD))
    titles = {each["title"]: each for each in run["warnings"] if each["rows"]}
    assert {*titles} == {
        "3 addresses cannot be used",
        "1 UPN cannot be used",
        "1 registration group looks like a date that a spreadsheet made",
        "1 link between a parent and a child names somebody who is nowhere",
    }
    addresses = titles["3 addresses cannot be used"]
    assert [(each["line"], each["name"]) for each in addresses["rows"]] == [
        (2, "Given1 Family1"),
        (3, "Given2 Family2"),
        (7, "Parent1 Family1"),
    ]
    assert addresses["done"] == "left out; the person is taken"
    page = desk.console.page(f"{ROSTERS}/{run['id']}").body.decode()
    assert "3 addresses cannot be used" in page
    assert "Given2 Family2" in page
    assert f"{ROSTERS}/{run['id']}/rejected" in page


def test_the_file_has_these_rows_under_their_own_header_with_reasons_and_no_formula(desk: Desk) -> None:
    run = desk.preview(plain(ODD))
    header, *rows = to_mend(desk, run["id"])
    assert header == [*plain([]).decode().strip().split(","), "Latchkey: why"]
    assert [each[0] for each in rows] == ["S1", "S2", "S3", "S5", "P1", ""]
    assert run["to_mend"]["rows"] == 6
    by_id = {each[0]: dict(zip(header, each, strict=True)) for each in rows}
    assert "email" in by_id["S2"]["Latchkey: why"]
    assert "upn" in by_id["S2"]["Latchkey: why"]
    assert by_id["P1"]["email"] == "'=cmd|x", "a spreadsheet must not take it for a formula"
    assert by_id["S3"]["role"] == "wizard"


def test_a_mended_file_can_be_uploaded_again(desk: Desk) -> None:
    header, *rows = to_mend(desk, desk.apply(desk.preview(plain(ODD))["id"])["id"])
    mended = [dict(zip(header, each, strict=True)) for each in rows if each[0] == "S3"]
    mended[0]["role"] = "student"
    run = desk.preview(plain(mended, header))
    assert (run["counts"]["new"], run["counts"]["rejected"], run["to_mend"]) == (1, 0, None)


def test_a_file_without_such_rows_and_one_that_is_gone_are_said_in_words(desk: Desk) -> None:
    fine = desk.preview(plain([row(1), row(1)]))
    assert fine["to_mend"] is None, "somebody who stands twice is taken once"
    answer = desk.console.get(f"{ROSTERS}/{fine['id']}/rejected")
    assert (answer.status_code, answer.json_body["code"]) == (409, "nothing_rejected")
    odd = desk.preview(plain(ODD))
    waiting = desk.start(None)
    assert "still being read" in desk.console.get(f"{ROSTERS}/{waiting}/rejected").json_body["detail"]
    desk.console.system.clock.now += KEPT
    desk.console.token = desk.console.sign_in(HEAD_TEACHER)
    answer = desk.console.get(f"{ROSTERS}/{odd['id']}/rejected")
    assert answer.status_code == 410
    assert "Upload the file again" in answer.json_body["detail"]
    assert desk.run(odd["id"])["to_mend"] is None


def test_nobody_else_gets_it(desk: Desk) -> None:
    run = desk.preview(plain(ODD))
    assert desk.console.get(f"/admin/southgate/rosters/{run['id']}/rejected").status_code == 404
    desk.console.token = None
    assert desk.console.get(f"{ROSTERS}/{run['id']}/rejected").status_code == 404


def test_all_of_many_are_in_it(desk: Desk) -> None:
    run = desk.preview(plain([row(number, role="wizard") for number in range(1, 501)]))
    assert len(run["rejected"]) == 200
    assert len(to_mend(desk, run["id"])) == 501


def test_of_a_bundle_it_is_the_table_of_people(desk: Desk) -> None:
    users = (
        "sourcedId,role,givenName,familyName,email,identifier\nA1,student,Ann,Lee,nothing,\nA2,student,Bo,Lee,b@mail.example,\n"
    )
    run = desk.preview(zipped(users=users), "people.zip")
    header, *rows = to_mend(desk, run["id"])
    assert (header[0], header[-1], [each[0] for each in rows]) == ("sourcedId", "Latchkey: why", ["A1"])


def test_a_row_that_is_longer_than_the_header_is_named(desk: Desk) -> None:
    run = desk.preview(plain([row(1, upn=UPNS[0])]) + b"S2,student,A,B,,,,,,,,more\n")
    assert [each[0] for each in to_mend(desk, run["id"])[1:]] == ["S2"]


def test_what_the_reader_writes_beside_the_uploads_starts_nothing(desk: Desk) -> None:
    assert desk.work(desk.came("", key="rejected/northbridge/01m7q5cqg0j6ar1q66c066yx5e.csv")) == 0
