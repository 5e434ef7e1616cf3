"""Hostile names go into every table, LibreOffice opens it, and they come out again: as text, in their own cells, unchanged."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from latchkey.codes.model.login_details import LoginDetails
from latchkey.login_details.formats.writer import new_writer
from latchkey.login_details.model.mail_merge import COLUMNS
from latchkey.login_details.model.runs import ExportRequest, Format
from latchkey.login_details.model.scope import Scope
from latchkey.login_details.model.setting import Setting
from latchkey.office_files.model.guard import guard, unguard
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from tests.support.hostile_names import CONTROLS, HOSTILE, LONG, NOT_TEXT
from tests.support.office import AS_CSV, COMMAS, Cell, convert, sheets
from tests.support.rosters import parse, plain

SURNAME, FORENAME, STUDENT = COLUMNS.index("Surname"), COLUMNS.index("Forename"), COLUMNS.index("StudentId")
BREAKING = (
    "a,=1+1",
    "a, =1+1",
    ",=1+1",
    '"x",=1+1',
    "O',=1+1",
    "x',=1+1',b",
    "a,=1+1';b",
    "'',=1+1",
    'a,"=1+1',
    "a,'=1+1",
    "a\n'=1+1'\n",
)
GONE = dict.fromkeys([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0xFFFE, 0xFFFF])
"""What the XML of LibreOffice's own format cannot hold, so its ``.fods`` leaves it out; its CSV has it."""


def details(number: int, name: str) -> LoginDetails:
    student = Person(
        id=f"{number:020d}",
        role="student",
        given_name=name,
        family_name=name,
        username=f"user{number}",
        mis_id=f"S{number}",
        year_group="7",
        registration_group="7A",
        number=number + 1,
    )
    return LoginDetails(student=student, pin="P234-6789-CDFH", pin_ends=1_795_046_400)


def made(kind: Format, names: tuple[str, ...] = HOSTILE) -> bytes:
    out = io.BytesIO()
    setting = Setting(
        school=School(slug="northbridge", name='=North "bridge" & <Co>'),
        wanted=ExportRequest(scope=Scope(), format=kind),
        origin="https://latchkey.example",
        now=1_790_000_000,
    )
    writer = new_writer(setting, out.write)
    for start in range(0, len(names), 50):
        writer.add([details(number, name) for number, name in enumerate(names[start : start + 50], start=start)])
    writer.finish()
    return out.getvalue()


@dataclass(frozen=True)
class Opened:
    """What LibreOffice made of the workbooks, the CSV and a CSV without guards; ``exported`` is the workbook saved as CSV."""

    workbook: list[list[Cell]]
    pin_table: list[list[Cell]]
    lines: list[list[Cell]]
    bare: list[list[Cell]]
    exported: list[list[str]]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    folder = tmp_path_factory.mktemp("office")
    (folder / "merge.xlsx").write_bytes(made("mail_merge_xlsx"))
    (folder / "pins.xlsx").write_bytes(made("pin_table_xlsx"))
    (folder / "lines.csv").write_bytes(made("mail_merge_csv"))
    convert(folder, ["merge.xlsx", "pins.xlsx"], "fods")
    convert(folder, ["merge.xlsx"], AS_CSV)
    (folder / "bare.csv").write_text('=1+1,"=1+1",+1+1\r\n', encoding="utf-8")
    convert(folder, ["lines.csv", "bare.csv"], "fods", reading=COMMAS)
    (text,) = folder.glob("merge-*.csv")
    exported = list(csv.reader(io.StringIO(text.read_bytes().decode(), newline=""), strict=True))
    return Opened(
        sheets(folder / "merge.fods")["Login details"],
        sheets(folder / "pins.fods")["7A"],
        sheets(folder / "lines.fods")["lines"],
        sheets(folder / "bare.fods")["bare"],
        exported,
    )


def as_shown(name: str) -> str:
    """LibreOffice shows every line break as one, and leaves out of .fods what XML cannot hold."""
    return name.replace("\r\n", "\n").replace("\r", "\n").translate(GONE)


def test_a_workbook_holds_every_name_as_text(opened: Opened) -> None:
    header, *rows = opened.workbook
    assert [cell.text for cell in header] == [*COLUMNS]
    assert [as_shown(row[SURNAME].text) for row in rows] == [as_shown(name) for name in HOSTILE]
    assert [row[STUDENT].text for row in rows] == [f"S{number}" for number in range(len(HOSTILE))]
    cells = [cell for row in rows for cell in row]
    assert {cell.kind for cell in cells} <= {"string", ""}
    assert not [cell for cell in cells if cell.formula or cell.links]


def test_so_does_a_pin_table(opened: Opened) -> None:
    header, *rows = opened.pin_table
    assert [cell.text for cell in header][:4] == ["Surname", "Forename", "Username", "PIN"]
    assert [as_shown(row[0].text) for row in rows] == [as_shown(name) for name in HOSTILE]
    assert {row[3].text for row in rows} == {"P234-6789-CDFH"}
    assert not [cell for row in rows for cell in row if cell.formula or cell.links or cell.kind not in {"string", ""}]


def test_a_csv_opened_as_a_spreadsheet_runs_nothing_and_shifts_nothing(opened: Opened) -> None:
    assert opened.bare[0][0].formula, "LibreOffice does not show formulas, so this test shows nothing"
    header, *rows = opened.lines
    assert [cell.text for cell in header] == [*COLUMNS]
    assert [row[STUDENT].text for row in rows] == [f"S{number}" for number in range(len(HOSTILE))]
    assert not [cell for row in rows for cell in row if cell.formula or cell.links]
    for name, row in zip(HOSTILE, rows, strict=True):
        if name not in {*NOT_TEXT, *LONG}:
            assert as_shown(row[SURNAME].text) == as_shown(guard(name)), ascii(name)


@pytest.mark.parametrize("mark", ["39", "0"], ids=["apostrophe", "none"])
def test_nothing_runs_whatever_separates_cells_and_whatever_quotes_them(tmp_path: Path, mark: str) -> None:
    """Separators all at once, and another quotation mark than ours: cells shift, but none becomes a formula."""
    (tmp_path / "lines.csv").write_bytes(made("mail_merge_csv", (*HOSTILE, *BREAKING)))
    (tmp_path / "bare.csv").write_text("x;=1+1\r\n", encoding="utf-8")
    convert(tmp_path, ["lines.csv", "bare.csv"], "fods", reading=COMMAS.replace("44,34", f"44/59/9/124,{mark}"))
    assert sheets(tmp_path / "bare.fods")["bare"][0][1].formula, "no formula is found, so this test shows nothing"
    assert not [cell for row in sheets(tmp_path / "lines.fods")["lines"] for cell in row if cell.formula or cell.links]


def test_names_come_back_through_a_workbook_that_libreoffice_saves_as_csv(opened: Opened) -> None:
    names = [line[SURNAME] for line in opened.exported[1:]]
    assert names == [name.replace("\r\n", "\n") for name in HOSTILE]
    assert [line[FORENAME] for line in opened.exported[1:]] == names


@pytest.mark.parametrize("way", ["mail_merge_csv", "mail_merge_xlsx"])
def test_the_roster_import_takes_them_as_if_they_had_never_been_away(opened: Opened, way: str) -> None:
    """Whatever a roster accepts comes back unchanged; whatever it refuses is refused for the same reason."""
    lines = opened.exported
    if way == "mail_merge_csv":
        text = made("mail_merge_csv").decode("utf-8-sig")
        lines = [[unguard(cell) for cell in line] for line in csv.reader(io.StringIO(text, newline=""), strict=True)]
    back = parse(roster((line[STUDENT], line[SURNAME], line[FORENAME]) for line in lines[1:]))
    direct = parse(roster((f"S{number}", name, name) for number, name in enumerate(HOSTILE)))
    assert back.rows == direct.rows
    assert len(direct.rows) > 120
    assert [(each.line, each.reason) for each in back.rejected] == [(each.line, each.reason) for each in direct.rejected]
    assert {*CONTROLS}.isdisjoint(row.family_name for row in back.rows)


def roster(people: Iterable[tuple[str, str, str]]) -> bytes:
    """A roster of students with these MIS ids, family and given names."""
    header = ("mis_id", "role", "family_name", "given_name")
    return plain([dict(zip(header, (one, "student", family, given), strict=True)) for one, family, given in people], header)
