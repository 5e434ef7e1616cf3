"""Every table of the demo school's login details, made on the deployed stack and opened by LibreOffice."""

import csv
import io
from pathlib import Path
from typing import Any

import httpx
import pytest

from latchkey.login_details.model.mail_merge import COLUMNS
from latchkey.office_files.csv import unguard
from tests.e2e.client import Product
from tests.support.office import AS_CSV, convert, sheets

pytestmark = pytest.mark.e2e
SCOPE = {"year_group": "7"}


@pytest.fixture(scope="module")
def admin(stack: Any) -> Product:
    return Product(stack).admin()


@pytest.fixture(scope="module")
def students(admin: Product) -> list[dict[str, str]]:
    """The students of year 7 with their codes, as the CSV has them behind its guards."""
    rows = csv.DictReader(io.StringIO(made(admin, "mail_merge_csv").decode("utf-8-sig"), newline=""))
    return [{name: unguard(cell) for name, cell in row.items()} for row in rows]


def made(admin: Product, kind: str, audience: str = "both") -> bytes:
    answer = admin.http.post(admin.console("exports"), json={"scope": SCOPE, "format": kind, "audience": audience})
    assert answer.status_code == 202, answer.text
    done = admin.finished(admin.console(f"exports/{answer.json()['id']}"))
    assert done["state"] == "finished", done
    link = admin.http.get(admin.console(f"exports/{done['id']}/download"))
    assert link.status_code == 303
    file = httpx.get(link.headers["Location"], timeout=60)
    assert file.status_code == 200
    assert f".{kind.rpartition('_')[2]}" in file.headers["Content-Disposition"] or not kind.endswith(("xlsx", "docx", "csv"))
    return file.content


def test_the_workbook_says_what_the_csv_says(admin: Product, students: list[dict[str, str]], tmp_path: Path) -> None:
    (tmp_path / "merge.xlsx").write_bytes(made(admin, "mail_merge_xlsx"))
    convert(tmp_path, ["merge.xlsx"], AS_CSV)
    (text,) = tmp_path.glob("merge-*.csv")
    header, *rows = csv.reader(io.StringIO(text.read_bytes().decode(), newline=""), strict=True)
    assert header == [*COLUMNS]
    assert [dict(zip(header, row, strict=True)) for row in rows] == students


def test_a_pin_table_has_a_sheet_for_each_group(admin: Product, students: list[dict[str, str]], tmp_path: Path) -> None:
    (tmp_path / "pins.xlsx").write_bytes(made(admin, "pin_table_xlsx", "students"))
    convert(tmp_path, ["pins.xlsx"], "fods")
    found = sheets(tmp_path / "pins.fods")
    assert [*found] == list(dict.fromkeys(student["RegGroup"] for student in students))
    pins = {row[3].text for rows in found.values() for row in rows[1:]}
    assert pins == {student["StudentPIN"] or "School sign-in" for student in students}
    assert not {student["UPN"] for student in students} & {cell.text for rows in found.values() for row in rows for cell in row}


@pytest.mark.parametrize(("kind", "end"), [("mis_codes", ""), ("sims_aspect", " until ")])
def test_the_mis_files_have_the_same_codes_by_upn(admin: Product, students: list[dict[str, str]], kind: str, end: str) -> None:
    _, *rows = csv.reader(io.StringIO(made(admin, kind, "parents").decode("ascii"), newline=""), strict=True)
    found = {row[0]: row[-1].partition(" until ")[0] for row in rows}
    assert found == {student["UPN"]: student["ParentCode"] for student in students if student["UPN"]}
    assert all(end in row[-1] for row in rows)


def test_the_letter_opens(admin: Product, tmp_path: Path) -> None:
    (tmp_path / "letter.docx").write_bytes(made(admin, "mail_merge_docx"))
    convert(tmp_path, ["letter.docx"], "fodt")
    text = (tmp_path / "letter.fodt").read_text(encoding="utf-8")
    assert 'text:column-name="StudentPIN"' in text
    assert 'text:column-name="ParentCode"' in text
