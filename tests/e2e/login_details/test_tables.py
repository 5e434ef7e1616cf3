"""Every table of login details, made on the deployed stack and opened by LibreOffice."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import pytest

from latchkey.login_details.model.mail_merge import COLUMNS
from latchkey.office_files.model.guard import unguard
from tests.e2e.client import Product
from tests.e2e.school import Group, download, enrol, made, new_group, people
from tests.support.office import AS_CSV, convert, sheets

pytestmark = pytest.mark.e2e


@dataclass(frozen=True)
class Table:
    """Two groups of the school; nothing here changes them."""

    admin: Product
    groups: list[Group]
    ids: list[str]

    def made(self, kind: str, audience: str = "both") -> bytes:
        """A file about them."""
        done = made(self.admin, "exports", scope={"ids": self.ids}, format=kind, audience=audience)
        file = download(self.admin, done["download"])
        assert f".{kind.rpartition('_')[2]}" in file.headers["Content-Disposition"] or not kind.endswith(("xlsx", "docx", "csv"))
        return file.content


@pytest.fixture(scope="module")
def table(admin: Product) -> Table:
    groups = [new_group(3), new_group(2)]
    enrol(admin, [row for each in groups for row in each.rows])
    return Table(admin, groups, [person["id"] for each in groups for person in people(admin, each)])


@pytest.fixture(scope="module")
def students(table: Table) -> list[dict[str, str]]:
    """The students with their codes, as the CSV has them behind its guards."""
    rows = csv.DictReader(io.StringIO(table.made("mail_merge_csv").decode("utf-8-sig"), newline=""))
    return [{name: unguard(cell) for name, cell in row.items()} for row in rows]


def test_the_workbook_says_what_the_csv_says(table: Table, students: list[dict[str, str]], tmp_path: Path) -> None:
    (tmp_path / "merge.xlsx").write_bytes(table.made("mail_merge_xlsx"))
    convert(tmp_path, ["merge.xlsx"], AS_CSV)
    (text,) = tmp_path.glob("merge-*.csv")
    header, *rows = csv.reader(io.StringIO(text.read_bytes().decode(), newline=""), strict=True)
    assert header == [*COLUMNS]
    assert [dict(zip(header, row, strict=True)) for row in rows] == students


def test_a_pin_table_has_a_sheet_for_each_group(table: Table, students: list[dict[str, str]], tmp_path: Path) -> None:
    (tmp_path / "pins.xlsx").write_bytes(table.made("pin_table_xlsx", "students"))
    convert(tmp_path, ["pins.xlsx"], "fods")
    found = sheets(tmp_path / "pins.fods")
    assert [*found] == list(dict.fromkeys(student["RegGroup"] for student in students))
    assert {*found} == {each.name for each in table.groups}
    pins = {row[3].text for rows in found.values() for row in rows[1:]}
    assert pins == {student["StudentPIN"] or "School sign-in" for student in students}
    assert not {student["UPN"] for student in students} & {cell.text for rows in found.values() for row in rows for cell in row}


@pytest.mark.parametrize(("kind", "end"), [("mis_codes", ""), ("sims_aspect", " until ")])
def test_the_mis_files_have_the_same_codes_by_upn(table: Table, students: list[dict[str, str]], kind: str, end: str) -> None:
    _, *rows = csv.reader(io.StringIO(table.made(kind, "parents").decode("ascii"), newline=""), strict=True)
    found = {row[0]: row[-1].partition(" until ")[0] for row in rows}
    assert found == {student["UPN"]: student["ParentCode"] for student in students}
    assert len(found) == 5
    assert all(end in row[-1] for row in rows)


def test_the_letter_opens(table: Table, tmp_path: Path) -> None:
    (tmp_path / "letter.docx").write_bytes(table.made("mail_merge_docx"))
    convert(tmp_path, ["letter.docx"], "fodt")
    text = (tmp_path / "letter.fodt").read_text(encoding="utf-8")
    assert 'text:column-name="StudentPIN"' in text
    assert 'text:column-name="ParentCode"' in text
