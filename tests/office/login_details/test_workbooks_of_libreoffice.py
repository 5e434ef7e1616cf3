"""Workbooks as LibreOffice saves them are read as LibreOffice shows them; ours come back through it unchanged."""

from pathlib import Path

from latchkey.office_files.csv import MARK, block
from latchkey.office_files.xlsx import Workbook
from tests.support.hostile_names import HOSTILE, LONG
from tests.support.office import COMMAS, convert
from tests.support.workbooks import table

HEADER = ["mis_id", "role", "surname"]
# LibreOffice writes _x0041_ as it stands, which every reader takes for an A.
NAMES = [name for name in HOSTILE if name not in LONG and name.isprintable() and "_x" not in name]


def test_workbooks_that_libreoffice_saved(tmp_path: Path) -> None:
    with (tmp_path / "ours.xlsx").open("wb") as file:
        book = Workbook(file.write)
        for name in ("7A", "7B"):
            book.sheet(name, HEADER, [10, 10, 10])
            book.add([[f"{name}{number}", "student", each] for number, each in enumerate(NAMES)])
        book.finish()
    rows = [["S1", "2026-10-07", "1,901"], ["007", "TRUE", "12.50"], ["=1+1", "09:30", "=1/0"]]
    (tmp_path / "typed.csv").write_bytes("\r\n".join(",".join(f'"{cell}"' for cell in row) for row in [HEADER, *rows]).encode())
    (tmp_path / "back").mkdir()
    convert(tmp_path, ["ours.xlsx", "--outdir", "back"], "xlsx")
    convert(tmp_path, ["typed.csv"], "xlsx", reading=COMMAS.replace("false,false,true", "false,true,true"))
    header, found = table((tmp_path / "back" / "ours.xlsx").read_bytes())
    assert header == HEADER
    assert [cells for _, cells in found] == [
        [f"{group}{n}", "student", name] for group in ("7A", "7B") for n, name in enumerate(NAMES)
    ]
    assert [cells for _, cells in table((tmp_path / "typed.xlsx").read_bytes())[1]] == [
        ["S1", "2026-10-07", "1901"],
        ["7", "TRUE", "12.5"],
        ["2", "09:30:00", "#DIV/0!"],
    ]


def test_a_csv_of_ours_becomes_a_workbook_with_guards_that_are_text(tmp_path: Path) -> None:
    (tmp_path / "ours.csv").write_bytes(
        MARK + block([HEADER]) + block([[f"S{n}", "student", name] for n, name in enumerate(NAMES)])
    )
    convert(tmp_path, ["ours.csv"], "xlsx", reading=COMMAS)
    _, found = table((tmp_path / "ours.xlsx").read_bytes())
    assert [cells[0] for _, cells in found] == [f"S{n}" for n in range(len(NAMES))]
