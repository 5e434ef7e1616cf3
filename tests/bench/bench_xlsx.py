"""Workbooks: rows a second and memory against xlsxwriter in its constant memory mode, and the letter for Word.

Both sides write the same ready rows to a file, in processes of their own, in turns; medians of CPU time.
"""

import io
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.bench.bench_export import ODD, PLAIN, _ready_rows
from tests.bench.memory import peak

SIZE = 100_000
ROUNDS = 5
SOME = 2_000  # ready rows, written again and again, so that they do not count as memory


def main() -> list[dict[str, Any]]:
    """The rows of the table."""
    runs: dict[str, list[dict[str, float]]] = {"ours": [], "xlsxwriter": []}
    for _ in range(ROUNDS):
        for which, found in runs.items():
            found.append(_child(which, SIZE))
    mine, other = (statistics.median(run["seconds"] for run in runs[which]) for which in ("ours", "xlsxwriter"))
    got = f"{other / mine:.1f} x ({SIZE / mine:,.0f} against {SIZE / other:,.0f} rows/s of CPU)"
    what = f"XLSX of {SIZE:,} students and 15 columns, to xlsxwriter in constant memory"
    size = runs["ours"][0]["size"] / runs["xlsxwriter"][0]["size"]
    memory = [_child("ours", count)["over"] for count in (SIZE // 10, SIZE)]
    written = f"{memory[0]:.1f} MB at {SIZE // 10:,} rows, {memory[1]:.1f} MB at {SIZE:,}"
    return [
        {"what": what, "bar": "≥ 5 x", "got": got, "met": other / mine >= 5, "value": other / mine},
        {"what": "size of the file, to the same", "bar": "", "got": f"{size:.2f} x", "met": None, "value": size},
        {"what": "memory over the start", "bar": "", "got": written, "met": None, "value": memory[1]},
        _letter(),
    ]


def _letter() -> dict[str, Any]:
    from latchkey.login_details.formats.writer import new_writer
    from latchkey.login_details.model.runs import ExportRequest
    from latchkey.login_details.model.scope import Scope
    from latchkey.login_details.model.setting import Setting
    from latchkey.schools.model.school import School

    school, out = School(slug="northbridge", name="Northbridge Academy"), io.BytesIO()
    wanted = ExportRequest(scope=Scope(), format="mail_merge_docx", rows="family")
    start = time.process_time()
    writer = new_writer(Setting(school=school, wanted=wanted, origin="https://latchkey.example", now=0), out.write)
    writer.finish()
    taken = time.process_time() - start
    got = f"{taken * 1e3:.0f} ms, {len(out.getvalue()) / 1024:.0f} kB, however many students"
    return {"what": "letter for Word", "bar": "", "got": got, "met": None, "value": taken}


def _child(which: str, size: int) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.bench_xlsx", which, str(size)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=600)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def run(which: str, size: int) -> dict[str, float]:
    """Write one workbook."""
    rows = _ready_rows(min(SOME, size), (*PLAIN * 18, *ODD))
    blocks = (rows[start : start + 100] for _ in range(0, size, SOME) for start in range(0, len(rows), 100))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.xlsx"
        # What has to be loaded once is not what is measured.
        _WRITE[which](path, iter([rows[:100]]))
        before, start = peak(), time.process_time()
        _WRITE[which](path, blocks)
        seconds = time.process_time() - start
        return {"seconds": seconds, "over": peak() - before, "size": float(path.stat().st_size)}


def _ours(path: Path, blocks: Iterator[Sequence[Sequence[str]]]) -> None:
    from latchkey.login_details.model.mail_merge import COLUMNS
    from latchkey.office_files.xlsx import Workbook

    with path.open("wb") as file:
        book = Workbook(file.write)
        book.sheet("Login details", COLUMNS, [20] * len(COLUMNS))
        for rows in blocks:
            book.add(rows)
        book.finish()


def _theirs(path: Path, blocks: Iterator[Sequence[Sequence[str]]]) -> None:
    from xlsxwriter import Workbook  # type: ignore[import-untyped]

    from latchkey.login_details.model.mail_merge import COLUMNS

    book = Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("Login details")
    text = book.add_format({"num_format": "@"})
    for column, name in enumerate(COLUMNS):
        sheet.write_string(0, column, name, text)
    number = 0
    for rows in blocks:
        for row in rows:
            number += 1
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell, text)
    book.close()


_WRITE = {"ours": _ours, "xlsxwriter": _theirs}

if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.stdout.write(json.dumps(run(sys.argv[1], int(sys.argv[2]))))
    else:
        for line in main():
            sys.stdout.write(f"{line['what']}: {line['got']} {line['bar']}\n")
