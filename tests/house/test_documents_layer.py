"""The layer that prints: built as for Lambda, it holds what the code asks for, and stays small."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.sam import ROOT

LAYER = ROOT / "layers" / "documents"
OF_ALL = ("segno",)  # stands in the layer of all functions, which build_export has too
NEEDED = ("uharfbuzz", "bidi", "png.py", "manimgx_fonts", "manimgx_fonts_cjk")


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The layer's packages out of this environment, pruned as the build prunes them."""
    import png

    site, folder = Path(png.__file__).parent, tmp_path_factory.mktemp("layer")
    for name in (*NEEDED, *OF_ALL):
        subprocess.run(["cp", "-R", str(site / name), str(folder)], check=True)
    subprocess.run([sys.executable, str(LAYER.parent / "prune.py"), str(folder), str(LAYER / "needless.list")], check=True)
    return folder


def check_fonts(folder: Path) -> tuple[int, str]:
    """What the layer's build says of the fonts in a folder of packages."""
    done = subprocess.run(
        [sys.executable, str(LAYER / "check_fonts.py"), str(folder)], capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stderr


def test_its_fonts_are_byte_for_byte_those_that_were_looked_at(packages: Path) -> None:
    assert check_fonts(packages) == (0, "")
    assert "check_fonts.py" in (LAYER / "Makefile").read_text()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda font: font.write_bytes(font.read_bytes()[:-1] + b"\xff"), "is another file"),
        (lambda font: font.unlink(), "is missing"),
        (
            lambda font: font.with_name("Another.ttf").write_bytes(b"x"),
            "manimgx_fonts/Another.ttf is not a font that was looked at",
        ),
    ],
)
def test_the_build_refuses_another_font(packages: Path, tmp_path: Path, change: Callable[[Path], object], said: str) -> None:
    for name in ("manimgx_fonts", "manimgx_fonts_cjk"):
        shutil.copytree(packages / name, tmp_path / name, copy_function=os.symlink)
    font = tmp_path / "manimgx_fonts" / "NotoSansThai[wght].ttf"
    font.unlink()
    shutil.copy(packages / "manimgx_fonts" / font.name, font)
    change(font)
    code, error = check_fonts(tmp_path)
    assert code == 1
    assert said in error
    assert "0021-fonts.md" in error


def test_stays_far_below_what_lambda_allows(packages: Path) -> None:
    size = sum(path.stat().st_size for path in packages.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    assert 35e6 < size < 60e6


def test_prints_with_nothing_else(packages: Path) -> None:
    """In a fresh interpreter without the development environment, as in Lambda; botocore is not needed either."""
    script = """
from latchkey.login_details.formats.writer import new_writer
from latchkey.login_details.model.setting import Setting
from latchkey.login_details.model.runs import ExportRequest
from latchkey.login_details.model.scope import Scope
from latchkey.codes.model.login_details import LoginDetails
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from latchkey.login_details.paper.fonts import font_files
names = ["Ann Lee", "محمد", "王小明", "शर्मा"]
parts = []
wanted = ExportRequest(scope=Scope(), format="slips")
writer = new_writer(Setting(school=School(slug="n", name="N"), wanted=wanted, origin="https://o.example", now=1), parts.append)
writer.add([LoginDetails(student=Person(id="0", role="student", given_name=name, family_name=""), pin="P234-6789-CDFH",
         pin_ends=2) for name in names])
writer.finish()
assert writer.unprintable == 0 and len(font_files()) == 21
print(len(b"".join(parts)))
"""
    path = f"{ROOT / 'layers' / 'domain'}:{packages}"
    done = subprocess.run(
        [sys.executable, "-S", "-c", script], env={"PYTHONPATH": path}, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.stderr == ""
    assert int(done.stdout) > 10_000
