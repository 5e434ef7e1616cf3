"""Workbooks: rows a second and memory against xlsxwriter in its constant memory mode and a writer in Rust; the letter for Word.

All write the same ready rows to a file, in processes of their own, in turns; medians of CPU time. The Rust writer is
rustpy-xlsxwriter as its own introduction uses it: rows as dictionaries out of a generator, constant memory, no cell formats.
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

from tests.bench.bars import Row, row
from tests.bench.bench_export import ODD, PLAIN, _ready_rows
from tests.bench.memory import peak
from tests.bench.peers import peers, use_peers

SIZE = 50_000
ROUNDS = 3
SOME = 2_000  # ready rows, written again and again, so that they do not count as memory


def main() -> list[Row]:
    """The rows of the table."""
    runs: dict[str, list[dict[str, float]]] = {"ours": [], "xlsxwriter": [], "rust": []}
    peers()
    for _ in range(ROUNDS):
        for which, found in runs.items():
            found.append(_child(which, SIZE))
    mine, other, rust = (statistics.median(run["seconds"] for run in found) for found in runs.values())
    got = f"{other / mine:.1f} x ({SIZE / mine:,.0f} against {SIZE / other:,.0f} rows/s of CPU)"
    what = f"XLSX of {SIZE:,} students and 15 columns, to xlsxwriter in constant memory"
    quick = f"{rust / mine:.2f} x ({SIZE / mine:,.0f} against {SIZE / rust:,.0f} rows/s of CPU)"
    size = runs["ours"][0]["size"] / runs["xlsxwriter"][0]["size"]
    memory = [_child("ours", count)["over"] for count in (SIZE // 10, SIZE)]
    written = f"{memory[0]:.1f} MB at {SIZE // 10:,} rows, {memory[1]:.1f} MB at {SIZE:,}"
    return [
        row(what, got, other / mine, met=other / mine >= 10, of="xlsx"),
        row("the same, to a writer in Rust (rustpy-xlsxwriter)", quick, rust / mine),
        row("size of the file, to xlsxwriter's", f"{size:.2f} x", size),
        row("memory over the start", written, memory[1]),
        _letter(),
    ]


def _letter() -> Row:
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
    return row("letter for Word", got, taken)


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
        for cells in rows:
            number += 1
            for column, cell in enumerate(cells):
                sheet.write_string(number, column, cell, text)
    book.close()


def _rust(path: Path, blocks: Iterator[Sequence[Sequence[str]]]) -> None:
    use_peers()
    from rustpy_xlsxwriter import FastExcel  # type: ignore[import-untyped]

    from latchkey.login_details.model.mail_merge import COLUMNS

    rows = (dict(zip(COLUMNS, cells, strict=True)) for block in blocks for cells in block)
    FastExcel(str(path)).sheet("Login details", rows).save()


_WRITE = {"ours": _ours, "xlsxwriter": _theirs, "rust": _rust}

if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.stdout.write(json.dumps(run(sys.argv[1], int(sys.argv[2]))))
    else:
        for line in main():
            sys.stdout.write(f"{line['what']}: {line['got']} {line['bar']}\n")
