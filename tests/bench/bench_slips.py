"""Slips: eight to a page with a QR code each, against reportlab and fpdf2; time, memory, and whether every code reads.

Each run has a process of its own, so that its peak memory is its own; runs take turns. Where valgrind is here, instructions of a
slip decide instead of time: what 400 take that 600 take more than 200. The careful peer is reportlab with QR
codes by zxing-cpp as inline masks; beside it stands what anybody would write first, with codes by segno as paths. All of them
use the built-in Helvetica and neither shape, tag nor embed, as ours does.
"""

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.bench.bars import Row, not_here, row
from tests.bench.instructions import of_one_pass
from tests.bench.memory import peak
from tests.bench.peers import Missing, use_peers

SIZE, ROUNDS = 1_500, 3
FEW = 200  # for peers that decide nothing: nobody's slips cost more where there are many (tests/house/test_sizes_of_benches.py)
COUNTED = 200, 600
LARGE, LARGEST = 10_000, 100_000
NOW = 1_795_000_000
ENDS = NOW + 90 * 86_400
KEY = b"k" * 32
ORIGIN = "https://latchkey.example"
HELP = "Questions? Ring the office on 01632 960000."
OTHERS = {
    "reportlab": ("reportlab with zxing-cpp and inline masks", "slips"),
    "paths": ("reportlab with segno and paths", ""),
    "fpdf2": ("fpdf2 with segno and rectangles", ""),
}
_CODE = 61  # points, a side
_BITS = bytes(ord("1" if each else "0") for each in range(256))  # a dark module is painted, and a 0


def main() -> Iterator[Row]:
    """The rows of the table, as they come."""
    found, counted = _timed(), _counted()
    if counted["met"] is not None:
        found[0] = {**found[0], "of": "", "bar": "", "met": None}
    yield from [*found, counted]
    yield _all_read(1_500)
    for name, size in (("slips", LARGE), ("slips", LARGEST), ("letters", LARGE), ("pin_table", LARGE)):
        yield _memory(name, size, _child(name, size), 100 if (name, size) == ("slips", LARGE) else None)


def _timed() -> list[Row]:
    """Slips a second, in turns: the careful peer first."""
    runs: dict[str, list[tuple[int, dict[str, float]]]] = {name: [] for name in MAKERS}
    for turn in range(ROUNDS):
        for name, done in runs.items():
            decides = name == "ours" or OTHERS[name][1]
            if decides or not turn:
                size = SIZE if decides else FEW
                done.append((size, _child(name, size)))
    each = {name: statistics.median(run["seconds"] / size for size, run in done) for name, done in runs.items()}
    found = []
    for name, (words, key) in OTHERS.items():
        size, ratio = runs[name][0][0], each[name] / each["ours"]
        got = f"{ratio:.1f} x ({1 / each['ours']:,.0f} slips/s against {1 / each[name]:,.0f} of {size:,} slips)"
        found.append(row(f"slips of {SIZE:,} students, to {words}", got, ratio, met=ratio >= 2.5 if key else None, of=key))
    return found


def _counted() -> Row:
    """Instructions of one slip, of ours and of the careful peer's."""
    what = f"instructions of a slip, to {OTHERS['reportlab'][0]}"
    few, many = COUNTED
    try:
        ours, theirs = (
            of_one_pass([sys.executable, "-m", "tests.bench.bench_slips", name], few=few, many=many)
            for name in ("ours", "reportlab")
        )
    except Missing as missing:
        return not_here(what, missing)
    got = f"{theirs / ours:.2f} x ({ours / 1e6:.2f} to {theirs / 1e6:.2f} million)"
    return row(what, got, theirs / ours, met=theirs / ours >= 2.5, of="slips")


def _memory(name: str, size: int, run: dict[str, float], bar: int | None) -> Row:
    highest = run["peak"]
    got = f"{highest:.0f} MB ({run['peak'] - run['before']:.0f} MB over the start), {size / run['seconds']:,.0f} students/s"
    words = f"peak memory of {name} for {size:,} students"
    got, met = f"{got}, file {run['bytes'] / 1e6:.1f} MB", highest <= bar if bar else None
    return row(words, got, highest, met=met, of="slips_memory" if bar else "")


def _child(name: str, size: int) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.bench_slips", name, str(size)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=1_800)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def run(name: str, size: int) -> dict[str, float]:
    """One file, timed, with the memory before and at its peak. The codes themselves are ready on both sides."""
    if name != "ours":
        use_peers()
    make = MAKERS.get(name) or (lambda count: ours(count, name))
    next(students(1))
    make(16)  # what has to be loaded or made once is not what is measured, on any side
    before, start = peak(), time.process_time()
    written = make(size)
    return {"seconds": time.process_time() - start, "before": before, "peak": peak(), "bytes": float(written)}


def students(count: int, audience: str = "students") -> Iterator[Any]:
    """Students with codes, 28 to a group; one name in 50 in another script."""
    from infra.demo_names import FAMILY, GIVEN
    from latchkey.codes.model import codes
    from latchkey.codes.model.login_details import LoginDetails
    from latchkey.people.model.person import Person

    pick = random.Random(7)
    for number in range(1, count + 1):
        given, family = (pick.choice(GIVEN), pick.choice(FAMILY)) if number % 50 else ("محمد", "खान")
        person = Person(
            id=f"{number:020d}",
            role="student",
            given_name=given,
            family_name=family,
            registration_group=f"{number // 28 // 8}{'ABCDEFGH'[number // 28 % 8]}",
        )
        parent = codes.code("parent", number, 1, KEY) if audience == "both" else ""
        yield LoginDetails(
            student=person,
            pin=codes.code("pin", number, 1, KEY),
            pin_ends=ENDS,
            parent_code=parent,
            parent_code_ends=ENDS,
            places=5,
        )


def ours(count: int, name: str = "slips", path: str = os.devnull) -> int:
    """The product's writer, fed as an export feeds it; how many bytes it wrote."""
    from latchkey.login_details.formats.writer import new_writer
    from latchkey.login_details.model.runs import FORMATS, ExportRequest
    from latchkey.login_details.model.scope import Scope
    from latchkey.login_details.model.setting import Setting
    from latchkey.schools.model.school import School, Settings

    school = School(slug="northbridge", name="Northbridge Academy", settings=Settings(help_line=HELP))
    kind = next(known for known in FORMATS if known == name)
    written = 0
    with Path(path).open("wb") as file:

        def write(data: bytes) -> None:
            nonlocal written
            written += file.write(data)

        wanted = ExportRequest(scope=Scope(), format=kind, audience="students")
        writer = new_writer(Setting(school=school, wanted=wanted, origin=ORIGIN, now=NOW), write)
        some: list[Any] = []
        for student in students(count):
            some.append(student)
            if len(some) == 100:
                writer.add(some)
                some = []
        writer.add(some)
        writer.finish()
    return written


def _runs(matrix: Any) -> Iterator[tuple[int, int, int]]:
    for y, line in enumerate(matrix):
        start = None
        for x, module in enumerate((*line, 0)):
            if module and start is None:
                start = x
            elif not module and start is not None:
                yield start, y, x - start
                start = None


def _path_of(text: str, canvas: Any, x: float, y: float) -> None:
    """A QR code by segno, as one path of runs."""
    import segno

    code = segno.make(text, error="m", micro=False)
    drawn = canvas.beginPath()
    scale = _CODE / len(code.matrix)
    for start, line, length in _runs(code.matrix):
        drawn.rect(x + start * scale, y + _CODE - (line + 1) * scale, length * scale, scale)
    canvas.drawPath(drawn, stroke=0, fill=1)


def _mask_of(text: str, canvas: Any, x: float, y: float) -> None:
    """A QR code by zxing-cpp, as a mask of one bit for each module in the page's own stream."""
    import zxingcpp

    modules = memoryview(
        zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M").to_image(scale=1, add_quiet_zones=False)
    )
    side, room = modules.shape[0], (modules.shape[0] + 7) // 8 * 8
    lines = bytes(modules).translate(_BITS)
    rows = (lines[start : start + side].ljust(room, b"1") for start in range(0, side * side, side))
    bits = "".join(f"{int(line, 2):0{room // 4}x}" for line in rows)
    canvas._code.append(f"q {_CODE} 0 0 {_CODE} {x:.2f} {y:.2f} cm BI /W {side} /H {side} /IM true /F /AHx ID {bits}> EI Q")


def reportlab(count: int, draw: Callable[[str, Any, float, float], None] = _mask_of) -> int:
    """Canvas and drawString."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "slips.pdf"
        canvas = Canvas(str(path), pagesize=A4, pageCompression=1)
        for place, student in enumerate(students(count)):
            if place and place % 8 == 0:
                canvas.showPage()
            x, y = place % 2 * 297.6, 808 - (place % 8 // 2 + 1) * 202
            for dx, dy, font, size, text in _texts(student):
                canvas.setFont(font, size)
                canvas.drawString(x + dx, y + dy, text)
            canvas.setDash(2, 3)
            canvas.line(x, y, x + 297.6, y)
            draw(f"{ORIGIN}/r/northbridge#{student.pin.replace('-', '')}", canvas, x + 214, y + 66)
        canvas.save()
        return path.stat().st_size


def fpdf2(count: int) -> int:
    """The same with fpdf2."""
    import segno
    from fpdf import FPDF

    pdf = FPDF(unit="pt", format="A4")
    for place, student in enumerate(students(count)):
        if place % 8 == 0:
            pdf.add_page()
        x, y = place % 2 * 297.6, 34 + place % 8 // 2 * 202
        for dx, dy, font, size, text in _texts(student):
            pdf.set_font("helvetica", "B" if "Bold" in font else "", size)
            pdf.text(x + dx, y + 202 - dy, text)
        pdf.set_dash_pattern(2, 3)
        pdf.line(x, y, x + 297.6, y)
        pdf.set_dash_pattern()
        code = segno.make(f"{ORIGIN}/r/northbridge#{student.pin.replace('-', '')}", error="m", micro=False)
        scale = _CODE / len(code.matrix)
        for start, line, length in _runs(code.matrix):
            pdf.rect(x + 214 + start * scale, y + 75 + line * scale, length * scale, scale, style="F")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "slips.pdf"
        pdf.output(str(path))
        return path.stat().st_size


def _texts(student: Any) -> Iterator[tuple[float, float, str, float, str]]:
    name = student.student.name.encode("latin-1", "replace").decode("latin-1")
    yield 22, 170, "Helvetica-Bold", 9.5, "Northbridge Academy"
    yield 22, 155, "Helvetica-Bold", 9.5, "For the student"
    yield 250, 155, "Helvetica-Bold", 11, student.student.registration_group
    yield 22, 139, "Helvetica-Bold", 14, name
    yield 22, 118, "Helvetica", 9.5, "1  Scan the square, or go to"
    yield 34, 106, "Helvetica-Bold", 9.5, "latchkey.example/r/northbridge"
    yield 22, 93, "Helvetica", 9.5, "2  Type your PIN, if it is not there yet."
    yield 22, 80, "Helvetica", 9.5, "3  Choose your own password."
    yield 22, 59, "Helvetica", 8.5, "Your PIN"
    yield 22, 41, "Helvetica-Bold", 20, student.pin
    yield 22, 27, "Helvetica", 9.5, "Works once, until 17 February 2027."
    yield 22, 15, "Helvetica", 8.5, HELP


MAKERS: dict[str, Callable[[int], int]] = {
    "ours": ours,
    "reportlab": reportlab,
    "paths": lambda count: reportlab(count, _path_of),
    "fpdf2": fpdf2,
}


def _all_read(count: int) -> Row:
    """Every QR code of every page, drawn by Poppler and read by ZXing."""
    import zxingcpp
    from PIL import Image

    wanted = {f"{ORIGIN}/r/northbridge#{student.pin.replace('-', '')}" for student in students(count)}
    read: set[str] = set()
    with tempfile.TemporaryDirectory() as folder:
        ours(count, path=f"{folder}/slips.pdf")
        subprocess.run(["pdftoppm", "-r", "130", "-gray", f"{folder}/slips.pdf", f"{folder}/p"], check=True, timeout=900)
        for path in Path(folder).glob("p*.pgm"):
            with Image.open(path) as picture:
                read |= {found.text for found in zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)}
    got = f"{len(read & wanted):,} of {len(wanted):,}"
    words = f"QR codes read from drawn pages of {count:,} students"
    return row(words, got, len(read & wanted) / len(wanted), met=read == wanted, of="slips_read")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.stdout.write(json.dumps(run(sys.argv[1], int(sys.argv[2]))))
    else:
        for entry in main():
            sys.stdout.write(f"{entry['what']}: {entry['got']} {entry['bar']}\n")
